// TensorFlow.js 4.22, backend wasm: transposing a tensor without elements traps.
// NODE_PATH=adapters/node_modules node wasm-empty-batch.cjs
// Proof: confirmed

const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const { dirname } = require("node:path");

async function main() {
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  try {
    const y = tf.transpose(tf.zeros([0, 4, 6, 7]), [0, 2, 3, 1]);
    console.log("shape", y.shape, [...y.dataSync()]);
    console.log("not reproduced");
  } catch (e) {
    console.log(String(e));
    console.log(e instanceof WebAssembly.RuntimeError ? "confirmed" : "not reproduced");
  }
}

main();
