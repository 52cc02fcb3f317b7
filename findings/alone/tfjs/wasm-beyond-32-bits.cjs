// TensorFlow.js 4.22, backend wasm: parameters are cut to 32 bits, and what is computed then is not bounded
// by the tensors. A dilation of 2^31 leaves one tap outside the padding; here several count, or memory
// beyond the tensors is read.
// NODE_PATH=adapters/node_modules node wasm-beyond-32-bits.cjs
// Proof: confirmed

const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const { dirname } = require("node:path");

const right = new Array(9).fill(1).join(" ");

function convolve() {
  const y = tf.conv2d(tf.ones([1, 1, 9, 1]), tf.ones([1, 9, 1, 1]), 1, "same", "NHWC", [1, 2 ** 31]);
  return [...y.dataSync()].join(" ");
}

async function main() {
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(1);
  await tf.setBackend("cpu");
  console.log("cpu:", convolve());
  await tf.setBackend("wasm");
  let got;
  try {
    got = convolve();
  } catch (e) {
    got = String(e);
  }
  console.log("wasm:", got);
  console.log(got === right ? "not reproduced" : "confirmed");
}

main();
