// conv2d_subject.mjs: the child's side of the process bridge (specs/pipe.md), for Node.
//
// A whole subject:
//
//   import { Subject } from "./conv2d_subject.mjs";
//
//   const subject = new Subject({ name: "mylib", version: "2.1", capabilities: { dtypes: ["float32"] } });
//   subject.forward = async (p, input, weight, bias) => mylib.conv2d(input.compact(), ...);
//   await subject.serve();
//
// `p` has the arguments of torch.nn.Conv2d; bias is undefined where there is none. A result is a typed
// array in row-major order. Throw Unsupported if the call is valid but not offered, and Invalid if it breaks
// a rule. Import this module first: from then on console.log goes to stderr. Native code that prints to
// descriptor 1 would break the protocol.

import { readSync, writeSync } from "node:fs";

const PROTOCOL = 1;

// No other code writes replies. (Even reading process.stdout would make the socket non-blocking.)
Object.defineProperty(process, "stdout", { value: process.stderr });

export class Unsupported extends Error {}
export class Invalid extends Error {}

let dtypes = {}; // { float32: "<f4", ... }, from the bridge's hello

// By kind and size. Types without a typed array of their own come as unsigned integers, complex numbers as their two parts.
const PARTS = { c8: Float32Array, c16: Float64Array };
const ARRAYS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array };
const UNSIGNED = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };
const kindOf = (dtype) => dtypes[dtype].slice(1);
const arrayOf = (dtype) => PARTS[kindOf(dtype)] ?? ARRAYS[kindOf(dtype)] ?? UNSIGNED[dtypes[dtype].slice(2)];
const partsOf = (dtype) => (kindOf(dtype) in PARTS ? 2 : 1);

export const count = (shape) => shape.reduce((a, b) => a * b, 1);

/** A tensor as it lies in the runner's memory: `data` from the lowest to the highest element. */
export class Tensor {
  constructor({ dtype, shape, strides, offset }, buffer) {
    Object.assign(this, { dtype, shape, strides, offset, data: new (arrayOf(dtype))(buffer) });
  }

  /** A typed array of the elements in row-major order; of complex ones both parts in turn. */
  compact() {
    const { shape, strides, data } = this;
    const parts = partsOf(this.dtype);
    const out = new data.constructor(parts * count(shape));
    const index = shape.map(() => 0);
    for (let i = 0, at = this.offset; i < out.length; i += parts) {
      for (let part = 0; part < parts; part++) out[i + part] = data[parts * at + part];
      for (let a = shape.length - 1; a >= 0; a--) {
        at += strides[a];
        if (++index[a] < shape[a]) break;
        at -= shape[a] * strides[a];
        index[a] = 0;
      }
    }
    return out;
  }
}

export const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

/** A tensor of zeros, without memory of its own. */
const zeros = (dtype, shape) =>
  new Tensor({ dtype, shape, strides: shape.map(() => 0), offset: 0 }, new ArrayBuffer(16));

// ---- the wire

const MOST_AT_ONCE = 1 << 30; // bytes: a call of the system takes less than 2 GiB

let waiting = Buffer.alloc(0);

/** More bytes from standard input; false at its end. */
function fill() {
  const chunk = Buffer.allocUnsafe(1 << 16);
  const n = readSync(0, chunk);
  waiting = Buffer.concat([waiting, chunk.subarray(0, n)]);
  return n > 0;
}

function readLine() {
  for (let end; (end = waiting.indexOf(10)) < 0; ) if (!fill()) return null;
  const end = waiting.indexOf(10);
  const line = waiting.toString("utf8", 0, end);
  waiting = waiting.subarray(end + 1);
  return line;
}

/** Exactly n bytes, in a buffer of their own. */
function readBytes(n) {
  const out = new Uint8Array(n);
  let used = Math.min(n, waiting.length);
  out.set(waiting.subarray(0, used));
  waiting = waiting.subarray(used);
  while (used < n) {
    const more = readSync(0, out, used, Math.min(n - used, MOST_AT_ONCE));
    if (!more) process.exit(0);
    used += more;
  }
  return out.buffer;
}

function writeAll(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at, Math.min(bytes.length - at, MOST_AT_ONCE));
}

// ---- the subject

/** What a call gives, in the order of the functions' results; not all need be asked for. */
const RESULTS = {
  forward: ["output"],
  backward: ["grad_input", "grad_weight", "grad_bias"],
  init_parameters: ["weight", "bias"],
};

/** What torch.nn.Conv2d gives for an input of this shape. */
function expectedShape(p, shape) {
  const length = (n, axis) => {
    const [k, s, d] = [p.kernel_size[axis], Math.max(p.stride[axis], 1), p.dilation[axis]];
    const both = p.padding === "same" ? d * (k - 1) : typeof p.padding === "string" ? 0 : 2 * p.padding[axis];
    return Math.floor((n + both - d * (k - 1) - 1) / s) + 1;
  };
  return [...shape.slice(0, -3), p.out_channels, length(shape.at(-2), 0), length(shape.at(-1), 1)];
}

/** Of the result of that name; inputs: the tensors of the call, by name. */
function rightShape(p, name, inputs) {
  const weight = [p.out_channels, Math.floor(p.in_channels / Math.max(p.groups, 1)), ...p.kernel_size];
  if (name === "output") return expectedShape(p, inputs.input.shape);
  if (name === "grad_input") return inputs.input?.shape;
  return name === "grad_weight" || name === "weight" ? weight : [p.out_channels];
}

/** result: an array, or {shape, data}. If it has not the shape that the call offers, one of the two is wrong. */
function payloadOf(result, output, p, inputs) {
  const [is, offered] = [String(result.shape ?? output.shape), String(output.shape)];
  if (is !== offered && offered === String(rightShape(p, output.name, inputs)))
    throw new Error(`the function's ${output.name} has the shape [${is}], and [${offered}] is right`);
  if (is !== offered) throw new Invalid(`${output.name} is offered as ${offered}, and is ${is}`);
  return bytesOf(result.data ?? result);
}

const STATUS = [[Unsupported, "unsupported"], [Invalid, "invalid"], [Error, "error"]];

export class Subject {
  /** about: {name, version, description, url, claims, own, environment, numerics, jobs, capabilities}. Set forward, and what else there is of
   *  outputShape (p, shape) -> shape, backward (p, input, weight, gradOutput) -> [three arrays],
   *  initParameters (p, seed) -> [weight, bias]. Without outputShape, a forward pass over zeros must
   *  return {shape, data}. */
  constructor(about) {
    this.about = about;
  }

  async shapeOf(p, shape) {
    if (this.outputShape) return this.outputShape(p, shape);
    const weight = [p.out_channels, p.in_channels / p.groups, ...p.kernel_size];
    const bias = p.bias ? zeros(p.dtype, [p.out_channels]) : undefined;
    return (await this.forward(p, zeros(p.dtype, shape), zeros(p.dtype, weight), bias)).shape;
  }

  async call(request, tensors) {
    const p = request.params;
    switch (request.op) {
      case "forward": return [await this.forward(p, tensors.input, tensors.weight, tensors.bias)];
      case "backward":
        if (!this.backward) throw new Unsupported("there is no backward");
        return this.backward(p, tensors.input, tensors.weight, tensors.grad_output);
      case "init_parameters":
        if (!this.initParameters) throw new Unsupported("there is no initParameters");
        return this.initParameters(p, BigInt(request.seed));
      default: throw new Error(`the protocol has no op ${request.op}`);
    }
  }

  /** Whether the call is of int32 sums of bytes, and these are offered (DTYPE-11). */
  isSums(request) {
    const of = Object.fromEntries([...request.inputs, ...request.outputs].map((t) => [t.name, t.dtype]));
    const offered = this.about.capabilities?.int32_sums?.length > 0;
    return offered && /^u?int8$/.test(request.params.dtype) && of.output === "int32" && (of.bias ?? "int32") === "int32";
  }

  async answer(request, tensors) {
    if (request.op === "hello") {
      dtypes = request.dtypes;
      return [{ status: "ok", protocol: PROTOCOL, ...this.about }, []];
    }
    const { kernel_size, stride, dilation, padding } = request.params;
    const numbers = [kernel_size, stride, dilation, padding, request.shape ?? []].flat();
    if (!numbers.every((n) => typeof n === "string" || Number.isSafeInteger(n)))
      throw new Unsupported("integers beyond 53 bits");
    if (request.op === "output_shape")
      return [{ status: "ok", shape: await this.shapeOf(request.params, request.shape) }, []];
    for (const o of request.outputs)
      if (o.dtype !== request.params.dtype && !this.isSums(request)) throw new Invalid(`${o.name} is offered as ${o.dtype}, and is ${request.params.dtype}`);
    const results = await this.call(request, tensors);
    const payloads = request.outputs.map((o) => payloadOf(results[RESULTS[request.op].indexOf(o.name)], o, request.params, tensors));
    return [{ status: "ok", bytes: payloads.map((b) => b.length) }, payloads];
  }

  async guarded(request, tensors) {
    try {
      return await this.answer(request, tensors);
    } catch (e) {
      const [, status] = STATUS.find(([kind]) => e instanceof kind) ?? [null, "error"];
      return [{ status, message: String(e?.message ?? e).split("\n")[0].slice(0, 2000) }, []];
    }
  }

  /** Answers calls until the runner closes its end. */
  async serve() {
    for (let line; (line = readLine()) !== null; ) {
      const request = JSON.parse(line);
      const tensors = {};
      for (const about of request.inputs ?? []) tensors[about.name] = new Tensor(about, readBytes(about.bytes));
      const [reply, payloads] = await this.guarded(request, tensors);
      writeAll(Buffer.from(JSON.stringify({ seq: request.seq, ...reply }) + "\n"));
      payloads.forEach(writeAll);
    }
    process.exit(0);
  }
}
