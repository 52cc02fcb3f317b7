// plain.mjs: a child in JavaScript: float32 and complex64, forward, zeros, one group.

import { count, Subject, Unsupported } from "../../adapters/conv2d_subject.mjs";

const subject = new Subject({
  name: "plain", version: "1",
  capabilities: { dtypes: ["float32", "complex64"], layouts: [], padding_modes: ["zeros"], directions: ["forward"] },
});

const extent = (p, n, a) => Math.floor((n + 2 * p.padding[a] - p.dilation[a] * (p.kernel_size[a] - 1) - 1) / p.stride[a]) + 1;

// The product of element i of x and element j of w is added to the sum, which has as many parts as they.
function addProduct(sum, x, i, w, j) {
  if (sum.length === 1) {
    sum[0] += x[i] * w[j];
    return;
  }
  const [a, b, c, d] = [x[2 * i], x[2 * i + 1], w[2 * j], w[2 * j + 1]];
  sum[0] += a * c - b * d;
  sum[1] += a * d + b * c;
}

function element(p, sum, x, w, [n, k, i, j], [, channels, height, width]) {
  for (let c = 0; c < channels; c++)
    for (let r = 0; r < p.kernel_size[0]; r++)
      for (let s = 0; s < p.kernel_size[1]; s++) {
        const h = i * p.stride[0] + r * p.dilation[0] - p.padding[0];
        const v = j * p.stride[1] + s * p.dilation[1] - p.padding[1];
        if (h >= 0 && h < height && v >= 0 && v < width)
          addProduct(sum, x, ((n * channels + c) * height + h) * width + v,
            w, ((k * channels + c) * p.kernel_size[0] + r) * p.kernel_size[1] + s);
      }
  return sum;
}

subject.forward = async (p, input, weight, bias) => {
  if (p.groups !== 1 || !Array.isArray(p.padding) || input.shape.length !== 4) throw new Unsupported("not here");
  const [n, , h, v] = input.shape;
  const shape = [n, p.out_channels, extent(p, h, 0), extent(p, v, 1)];
  const parts = p.dtype === "complex64" ? 2 : 1;
  const data = new Float32Array(parts * count(shape));
  const x = input.compact(), w = weight.compact(), b = bias?.compact();
  for (let o = 0; o < data.length / parts; o++) {
    const row = Math.floor(o / shape[3]), plane = Math.floor(row / shape[2]), k = plane % shape[1];
    const sum = Array.from({ length: parts }, (_, part) => b?.[parts * k + part] ?? 0);
    data.set(element(p, sum, x, w, [Math.floor(plane / shape[1]), k, row % shape[2], o % shape[3]], input.shape), parts * o);
  }
  console.log("computed", shape);
  return { shape, data };
};

await subject.serve();
