// tfjs.mjs: TensorFlow.js (npm @tensorflow/tfjs), backend cpu or, with --wasm, WebAssembly.
// tf.conv2d takes images channels-last: the adapter transposes with tf.transpose, adds the bias with
// tf.add, and pads with tf.mirrorPad where the mode is reflect.

import { count, Subject, Unsupported } from "./conv2d_subject.mjs";
import * as tf from "@tensorflow/tfjs";

const backend = process.argv.includes("--wasm") ? "wasm" : "cpu";
if (backend === "wasm") {
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).pathname);
  wasm.setThreadsCount(1);
}
await tf.setBackend(backend);
await tf.ready();

const subject = new Subject({
  name: `TensorFlow.js ${backend}`, version: tf.version.tfjs, url: "https://www.tensorflow.org/js",
  description: "tf.conv2d; transposed, padded and biased by further operations of the library",
  claims: [],
  capabilities: {
    dtypes: ["float32"], layouts: ["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"],
    padding_modes: ["zeros", "reflect"], directions: ["forward"],
  },
});

function refuse(p, input, weight) {
  if (p.groups !== 1) throw new Unsupported("tf.conv2d has no groups");
  if (Math.max(...p.stride) > 1 && Math.max(...p.dilation) > 1) throw new Unsupported("strides with dilations");
  if ([input, weight].some((t) => count(t.shape) > 1e8)) throw new Unsupported("tensors beyond the adapter's memory");
}

/** [[top, bottom], [left, right]] */
function margins(p) {
  if (p.padding === "valid") return [[0, 0], [0, 0]];
  if (p.padding !== "same") return p.padding.map((n) => [n, n]);
  return p.kernel_size.map((k, i) => {
    const whole = p.dilation[i] * (k - 1);
    return [Math.floor(whole / 2), Math.ceil(whole / 2)];
  });
}

function convolve(p, input, weight, bias) {
  const batch = input.shape.length === 4 ? input.shape : [1, ...input.shape];
  const around = [[0, 0], ...margins(p), [0, 0]];
  let x = tf.transpose(tf.tensor4d(input.compact(), batch), [0, 2, 3, 1]);
  const w = tf.transpose(tf.tensor4d(weight.compact(), weight.shape), [2, 3, 1, 0]);
  let pad = typeof p.padding === "string" ? p.padding : around;
  if (p.padding_mode === "reflect") {
    x = tf.mirrorPad(x, around, "reflect");
    pad = "valid";
  }
  let y = tf.conv2d(x, w, p.stride, pad, "NHWC", p.dilation);
  if (bias) y = tf.add(y, tf.tensor1d(bias.compact()));
  y = tf.transpose(y, [0, 3, 1, 2]);
  return { shape: input.shape.length === 4 ? y.shape : y.shape.slice(1), data: y.dataSync() };
}

/** Memory that can't be had is no fault. After a trap the module's memory is not to be trusted: the
 *  process ends, which is what a native library would do. */
function explain(e) {
  if (e instanceof WebAssembly.RuntimeError) {
    console.error(e);
    process.abort();
  }
  return e instanceof RangeError ? new Unsupported(e.message) : e;
}

subject.forward = async (p, input, weight, bias) => {
  refuse(p, input, weight);
  try {
    return tf.tidy(() => convolve(p, input, weight, bias));
  } catch (e) {
    throw explain(e);
  }
};

await subject.serve();
