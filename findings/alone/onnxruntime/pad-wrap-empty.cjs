// ONNX Runtime 1.30, CPU provider: Pad in the mode wrap fails on a tensor without elements, which the
// other modes take.
// NODE_PATH=adapters/node_modules node pad-wrap-empty.cjs
// Proof: confirmed

const { onnx } = require("onnx-proto");
const ort = require("onnxruntime-node");

function modelOf(mode, images) {
  const float = (name, shape) =>
    ({ name, type: { tensorType: { elemType: 1, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } });
  const pads = BigInt64Array.of(0n, 0n, 1n, 1n, 0n, 0n, 1n, 1n);
  return onnx.ModelProto.encode({
    irVersion: 9, opsetImport: [{ domain: "", version: 19 }],
    graph: {
      name: "pad",
      node: [{
        opType: "Pad", input: ["x", "pads"], output: ["y"],
        attribute: [{ name: "mode", type: onnx.AttributeProto.AttributeType.STRING, s: Buffer.from(mode) }],
      }],
      initializer: [{ name: "pads", dataType: 7, dims: [8], rawData: Buffer.from(pads.buffer) }],
      input: [float("x", [images, 1, 3, 3])], output: [float("y", [images, 1, 5, 5])],
    },
  }).finish();
}

async function pad(mode, images) {
  const session = await ort.InferenceSession.create(modelOf(mode, images), { logSeverityLevel: 4 });
  const { y } = await session.run({ x: new ort.Tensor("float32", new Float32Array(images * 9), [images, 1, 3, 3]) });
  return y.dims;
}

async function main() {
  console.log("edge, no image:", await pad("edge", 0));
  console.log("wrap, one image:", await pad("wrap", 1));
  try {
    console.log("wrap, no image:", await pad("wrap", 0));
    console.log("not reproduced");
  } catch (e) {
    console.log("wrap, no image:", e.message);
    console.log("confirmed");
  }
}

main();
