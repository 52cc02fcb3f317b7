// TensorFlow.js 4.22, backend cpu: mirrorPad takes no empty batch: it compares the padding of that axis, 0,
// with its size less one, -1.
// NODE_PATH=adapters/node_modules node cpu-mirror-pad.cjs
// Proof: confirmed

const tf = require("@tensorflow/tfjs");

async function main() {
  await tf.setBackend("cpu");
  const around = [[0, 0], [5, 5], [2, 2], [0, 0]];
  console.log("one image:", tf.mirrorPad(tf.zeros([1, 6, 7, 4]), around, "reflect").shape);
  try {
    console.log("none:", tf.mirrorPad(tf.zeros([0, 6, 7, 4]), around, "reflect").shape);
    console.log("not reproduced");
  } catch (e) {
    console.log("none:", e.message);
    console.log("confirmed");
  }
}

main();
