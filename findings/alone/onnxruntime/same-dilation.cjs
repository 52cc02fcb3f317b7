// ONNX Runtime 1.30, CPU provider: Conv with auto_pad SAME_UPPER refuses dilations, though the padding is
// well defined, and though the same padding in numbers is taken.
// NODE_PATH=adapters/node_modules node same-dilation.cjs
// Proof: confirmed

const { onnx } = require("onnx-proto");
const ort = require("onnxruntime-node");

function modelOf(dilation) {
  const float = (name, shape) =>
    ({ name, type: { tensorType: { elemType: 1, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } });
  const Type = onnx.AttributeProto.AttributeType;
  return onnx.ModelProto.encode({
    irVersion: 9, opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "conv",
      node: [{
        opType: "Conv", input: ["x", "w"], output: ["y"],
        attribute: [{ name: "auto_pad", type: Type.STRING, s: Buffer.from("SAME_UPPER") },
                    { name: "dilations", type: Type.INTS, ints: [dilation, dilation] }],
      }],
      input: [float("x", [1, 1, 5, 5]), float("w", [1, 1, 3, 3])], output: [float("y", [1, 1, 5, 5])],
    },
  }).finish();
}

async function convolve(dilation) {
  const ones = (shape) => new ort.Tensor("float32", new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);
  const session = await ort.InferenceSession.create(modelOf(dilation), { logSeverityLevel: 4 });
  const { y } = await session.run({ x: ones([1, 1, 5, 5]), w: ones([1, 1, 3, 3]) });
  return y.dims;
}

async function main() {
  console.log("dilation 1:", await convolve(1));
  try {
    console.log("dilation 2:", await convolve(2));
    console.log("not reproduced");
  } catch (e) {
    console.log("dilation 2:", e.message);
    console.log("confirmed");
  }
}

main();
