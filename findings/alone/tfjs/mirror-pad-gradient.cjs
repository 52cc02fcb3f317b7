// TensorFlow.js 4.22: the gradient of mirrorPad is cut out of the padded gradient; what flows through the
// mirrored copies is lost. The sum of a row of 3, reflected by 1 on either side, counts its middle
// three times: the gradient is 1 3 1.
// NODE_PATH=adapters/node_modules node mirror-pad-gradient.cjs
// Proof: confirmed

const tf = require("@tensorflow/tfjs");

async function main() {
  await tf.setBackend("cpu");
  const gradient = tf.grad((x) => tf.sum(tf.mirrorPad(x, [[1, 1]], "reflect")));
  const got = [...gradient(tf.tensor1d([1, 2, 3])).dataSync()].join(" ");
  console.log(got);
  console.log(got === "1 1 1" ? "confirmed" : "not reproduced");
}

main();
