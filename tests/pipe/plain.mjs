// plain.mjs: a child in JavaScript: float32, forward, zeros, one group.

import { count, Subject, Unsupported } from "../../adapters/conv2d_subject.mjs";

const subject = new Subject({
  name: "plain", version: "1",
  capabilities: { dtypes: ["float32"], layouts: [], padding_modes: ["zeros"], directions: ["forward"] },
});

const extent = (p, n, a) => Math.floor((n + 2 * p.padding[a] - p.dilation[a] * (p.kernel_size[a] - 1) - 1) / p.stride[a]) + 1;

function element(p, x, w, [n, k, i, j], [, channels, height, width]) {
  let sum = 0;
  for (let c = 0; c < channels; c++)
    for (let r = 0; r < p.kernel_size[0]; r++)
      for (let s = 0; s < p.kernel_size[1]; s++) {
        const h = i * p.stride[0] + r * p.dilation[0] - p.padding[0];
        const v = j * p.stride[1] + s * p.dilation[1] - p.padding[1];
        if (h >= 0 && h < height && v >= 0 && v < width)
          sum += x[((n * channels + c) * height + h) * width + v]
            * w[((k * channels + c) * p.kernel_size[0] + r) * p.kernel_size[1] + s];
      }
  return sum;
}

subject.forward = async (p, input, weight, bias) => {
  if (p.groups !== 1 || !Array.isArray(p.padding) || input.shape.length !== 4) throw new Unsupported("not here");
  const [n, , h, v] = input.shape;
  const shape = [n, p.out_channels, extent(p, h, 0), extent(p, v, 1)];
  const data = new Float32Array(count(shape));
  const x = input.compact(), w = weight.compact(), b = bias?.compact();
  for (let o = 0; o < data.length; o++) {
    const row = Math.floor(o / shape[3]), plane = Math.floor(row / shape[2]), k = plane % shape[1];
    data[o] = element(p, x, w, [Math.floor(plane / shape[1]), k, row % shape[2], o % shape[3]], input.shape) + (b?.[k] ?? 0);
  }
  console.log("computed", shape);
  return { shape, data };
};

await subject.serve();
