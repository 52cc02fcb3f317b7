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
  description: "tf.conv2d and its gradients; transposed, padded and biased by further operations of the library",
  claims: [],
  capabilities: {
    dtypes: ["float32"], layouts: ["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"],
    padding_modes: ["zeros", "reflect"], directions: ["forward", "backward"],
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

/** The layer as a function of the library's tensors, NCHW. */
function layer(p, input, weight, bias) {
  const around = [[0, 0], ...margins(p), [0, 0]];
  let x = tf.transpose(input, [0, 2, 3, 1]);
  let pad = typeof p.padding === "string" ? p.padding : around;
  if (p.padding_mode === "reflect") {
    x = tf.mirrorPad(x, around, "reflect");
    pad = "valid";
  }
  const w = tf.transpose(weight, [2, 3, 1, 0]);
  if (tf.backend_util.computeConv2DInfo(x.shape, w.shape, p.stride, p.dilation, pad).outShape.reduce((a, b) => a * b, 1) > 1e8) {
    throw new Unsupported("tensors beyond the adapter's memory");
  }
  const y = tf.conv2d(x, w, p.stride, pad, "NHWC", p.dilation);
  return tf.transpose(bias ? tf.add(y, bias) : y, [0, 3, 1, 2]);
}

/** A tensor of the call as the library's, with a batch. */
const tensor4d = (t) => tf.tensor4d(t.compact(), t.shape.length === 4 ? t.shape : [1, ...t.shape]);

/** Back to the shape of the caller. */
const result = (t, ndim) => ({ shape: ndim === 4 ? t.shape : t.shape.slice(1), data: t.dataSync() });

function convolve(p, input, weight, bias) {
  return result(layer(p, tensor4d(input), tensor4d(weight), bias && tf.tensor1d(bias.compact())), input.shape.length);
}

function gradients(p, input, weight, gradOutput) {
  const parameters = [tensor4d(input), tensor4d(weight), ...(p.bias ? [tf.zeros([p.out_channels])] : [])];
  const [x, w, b] = tf.grads((...t) => layer(p, ...t))(parameters, tensor4d(gradOutput));
  return [result(x, input.shape.length), result(w, 4), b && { shape: b.shape, data: b.dataSync() }];
}

/** A lack of memory is no fault. After a trap the module's memory can't be trusted, so the process ends,
 *  as it would with a native library. */
function explain(e) {
  if (e instanceof WebAssembly.RuntimeError) {
    console.error(e);
    process.abort();
  }
  const missing = e instanceof RangeError || /not registered for backend|not yet supported in gradients/.test(e.message);
  return missing ? new Unsupported(e.message) : e;
}

function guarded(p, input, weight, work) {
  refuse(p, input, weight);
  try {
    return tf.tidy(work);
  } catch (e) {
    throw explain(e);
  }
}

subject.forward = (p, input, weight, bias) => guarded(p, input, weight, () => convolve(p, input, weight, bias));

subject.backward = (p, input, weight, gradOutput) =>
  guarded(p, input, weight, () => gradients(p, input, weight, gradOutput));

await subject.serve();
