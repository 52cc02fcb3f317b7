// onnxruntime.mjs: ONNX Runtime's CPU provider (npm onnxruntime-node), or with --web its WebAssembly build (npm
// onnxruntime-web), one Conv node for a call.
// Weight and bias are inputs of the graph; with --initializer they are part of the model, where other
// kernels serve. Padding modes are a Pad node in front; 'same' is auto_pad SAME_UPPER.

import { bytesOf, count, Subject, Unsupported } from "./conv2d_subject.mjs";
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const constant = process.argv.includes("--initializer");
const web = process.argv.includes("--web");
const ort = await import(web ? "onnxruntime-web" : "onnxruntime-node");
if (web) ort.env.wasm.numThreads = 1;
const TYPES = { float32: 1, float16: 10 };
const PAD_MODES = { reflect: "reflect", replicate: "edge", circular: "wrap" };

const subject = new Subject({
  name: web ? "ONNX Runtime Web" : "ONNX Runtime", version: ort.env.versions.node ?? ort.env.versions.web ?? ort.env.versions.common, url: "https://onnxruntime.ai/",
  description: `${web ? "WebAssembly" : "CPU provider"}, ${constant ? "weight and bias in the model" : "weight and bias as inputs"}; compact copies by the adapter`,
  claims: [], own: ["layout"],
  capabilities: {
    dtypes: Object.keys(TYPES), layouts: ["nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"],
    padding_modes: ["zeros", ...Object.keys(PAD_MODES)], directions: ["forward"],
  },
});

const { AttributeType } = onnx.AttributeProto;
const ints = (name, values) => ({ name, type: AttributeType.INTS, ints: values });
const int = (name, i) => ({ name, type: AttributeType.INT, i });
const string = (name, s) => ({ name, type: AttributeType.STRING, s: Buffer.from(s) });

/** [top, left, bottom, right] */
function margins(p) {
  if (p.padding === "valid") return [0, 0, 0, 0];
  if (p.padding !== "same") return [...p.padding, ...p.padding];
  const whole = p.kernel_size.map((k, i) => p.dilation[i] * (k - 1));
  const first = whole.map((n) => Math.floor(n / 2));
  return [...first, ...whole.map((n, i) => n - first[i])];
}

function convNode(p, input, padded) {
  const pads = Array.isArray(p.padding) && !padded ? ints("pads", margins(p)) : null;
  const auto = padded || p.padding === "valid" ? "VALID" : "SAME_UPPER";
  return {
    opType: "Conv", input: [input, "weight", ...(p.bias ? ["bias"] : [])], output: ["output"],
    attribute: [
      ints("kernel_shape", p.kernel_size), ints("strides", p.stride), ints("dilations", p.dilation), int("group", p.groups),
      pads ?? string("auto_pad", auto),
    ],
  };
}

const int64s = (name, values) =>
  ({ name, dataType: 7, dims: [values.length], rawData: bytesOf(BigInt64Array.from(values, BigInt)) });

function valueInfo(name, elemType, shape) {
  return { name, type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } };
}

/** The model's bytes. tensors: {input, weight, bias}, each {shape, data}. */
function modelOf(p, tensors) {
  const type = TYPES[p.dtype];
  const padded = p.padding_mode !== "zeros";
  const fixed = constant ? ["weight", "bias"].filter((n) => tensors[n]) : [];
  const [top, left, bottom, right] = padded ? margins(p) : [];
  const pad = { opType: "Pad", input: ["input", "pads"], output: ["padded"], attribute: [string("mode", PAD_MODES[p.padding_mode] ?? "")] };
  const initializer = fixed.map((name) => ({
    name, dataType: type, dims: tensors[name].shape,
    rawData: bytesOf(tensors[name].data),
  }));
  if (padded) initializer.push(int64s("pads", [0, 0, top, left, 0, 0, bottom, right]));
  const names = Object.keys(tensors).filter((n) => !fixed.includes(n));
  return onnx.ModelProto.encode({
    irVersion: 9, opsetImport: [{ domain: "", version: 19 }],
    graph: {
      name: "conv2d", node: [...(padded ? [pad] : []), convNode(p, padded ? "padded" : "input", padded)], initializer,
      input: names.map((n) => valueInfo(n, type, tensors[n].shape)),
      output: [{ name: "output", type: { tensorType: { elemType: type } } }],
    },
  }).finish();
}

/** What the library's errors mean. It says itself what it does not implement, and when memory is short. */
function explain(e) {
  const message = String(e?.message ?? e);
  const notOffered = /Could not find an implementation|Failed to allocate memory/;
  return notOffered.test(message) ? new Unsupported(message) : e;
}

subject.forward = async (p, input, weight, bias) => {
  if (input.shape.length !== 4) throw new Unsupported("Conv wants a batch");
  if ([input, weight].some((t) => count(t.shape) > 1e8)) throw new Unsupported("tensors beyond the adapter's memory");
  const tensors = {};
  for (const [name, t] of Object.entries({ input, weight, ...(bias && { bias }) })) tensors[name] = { shape: t.shape, data: t.compact() };
  let session;
  try {
    session = await ort.InferenceSession.create(modelOf(p, tensors), { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
    const feeds = Object.fromEntries(session.inputNames.map((n) => [n, new ort.Tensor(p.dtype, tensors[n].data, tensors[n].shape)]));
    const { output } = await session.run(feeds);
    return { shape: [...output.dims], data: output.data };
  } catch (e) {
    throw explain(e);
  } finally {
    await session?.release();
  }
};

await subject.serve();
