// TensorFlow.js 4.22, backend wasm: NaN times -1 is -infinity: the kernels clamp to limits that nobody asked
// for, and a NaN with a sign is below them. NaN times 1, and the backend cpu, give NaN.
// NODE_PATH=adapters/node_modules node wasm-nan.cjs
// Proof: confirmed

const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const { dirname } = require("node:path");

function convolve() {
  const x = tf.tensor4d([1, NaN, 1], [1, 1, 3, 1]);
  return [...tf.conv2d(x, tf.tensor4d([-1], [1, 1, 1, 1]), 1, "valid").dataSync()];
}

async function main() {
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(1);
  await tf.setBackend("cpu");
  console.log("cpu: 1 NaN 1 times -1 is", ...convolve());
  await tf.setBackend("wasm");
  const got = convolve();
  console.log("wasm: 1 NaN 1 times -1 is", ...got);
  console.log(got[1] === -Infinity ? "confirmed" : "not reproduced");
}

main();
