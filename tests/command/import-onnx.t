#!/usr/bin/env lua5.4
-- import-onnx.t: Conv nodes of ONNX models become cases: shapes are inferred, paddings recognised. The models are encoded here,
-- field by field of the schema, so that nothing but the reader under test uses runner/api/onnx.proto.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local path, output = folder .. "/model.onnx", folder .. "/cases.yaml"

tap.write(folder .. "/built.lua", "print(onnx.available or false)")
if select(2, tap.run("lua " .. folder .. "/built.lua")) ~= "true\n" then
  tap.write(path, "\0")
  local status, _, err = tap.run("import " .. path)
  tap.ok(status == 2 and err:find("built without protobuf-c", 1, true), "a program without protobuf-c says so")
  tap.skip("ONNX models", "this program was built without protobuf-c")
  tap.done()
end

-- ---- protobuf

local function varint(n)
  local bytes = {}
  repeat
    local rest = n >> 7
    bytes[#bytes + 1] = string.char(n & 127 | (rest ~= 0 and 128 or 0))
    n = rest
  until n == 0
  return table.concat(bytes)
end
local function integer(field, n) return varint(field << 3) .. varint(n) end
local function bytes(field, text) return varint(field << 3 | 2) .. varint(#text) .. text end
local function each(field, list, encode)
  local parts = {}
  for i, v in ipairs(list) do parts[i] = encode(field, v) end
  return table.concat(parts)
end

-- ---- ONNX

local FLOAT, INT64 = 1, 7

local function tensor(name, shape, values)
  local data = values and bytes(9, string.pack("<" .. ("i8"):rep(#values), table.unpack(values))) or ""
  return each(1, shape, integer) .. integer(2, values and INT64 or FLOAT) .. bytes(8, name) .. data
end
local function value(name, shape)
  local dims = {}
  for i, extent in ipairs(shape) do dims[i] = bytes(1, type(extent) == "string" and bytes(2, extent) or integer(1, extent)) end
  return bytes(1, name) .. bytes(2, bytes(1, integer(1, FLOAT) .. bytes(2, table.concat(dims))))
end
local function attribute(name, v)
  if type(v) == "number" then return bytes(1, name) .. integer(3, v) .. integer(20, 2) end
  if type(v) == "string" then return bytes(1, name) .. bytes(4, v) .. integer(20, 3) end
  return bytes(1, name) .. each(8, v, integer) .. integer(20, 7)
end
local function node(op, inputs, out, attributes)
  local parts = {}
  for name, v in pairs(attributes or {}) do parts[#parts + 1] = bytes(5, attribute(name, v)) end
  return each(1, inputs, bytes) .. bytes(2, out) .. bytes(3, "the " .. out) .. bytes(4, op) .. table.concat(parts)
end
local function model(inputs, constants, nodes)
  local graph = each(1, nodes, bytes) .. each(5, constants, bytes) .. each(11, inputs, bytes)
  return integer(1, 8) .. bytes(7, graph) .. bytes(8, integer(2, 17))
end

local function import(text, options)
  tap.write(path, text)
  os.remove(output)
  local status, out, err = tap.run(("import %s -o %s %s"):format(path, output, options or ""))
  return select(2, tap.run("list --ids --tier full " .. output)), out, status, err
end

-- A model of one Conv on an input of 1x4x9x10, its weight 6x4x3x3.
local function conv(attributes, bias)
  return model({value("x", {1, 4, 9, 10})}, {tensor("w", {6, 4 // (attributes.group or 1), 3, 3}), tensor("b", {6})},
    {node("Conv", {"x", "w", bias and "b"}, "y", attributes)})
end

local function becomes(name, attributes, id, bias, input)
  tap.is(import(conv(attributes, bias)), ("conv2d:in=%s,out=6,k=3%s\n"):format(input or "1x4x9x10", id), name)
end

local function is_left_out(name, text, reason)
  local _, out, _, err = import(text)
  tap.has(out .. err, reason, name .. ": " .. reason)
end

becomes("a plain Conv", {}, ",bias=false")
becomes("with a bias", {}, "", true)
becomes("attributes", {pads = {1, 2, 1, 2}, strides = {2, 1}, dilations = {1, 2}, group = 2}, ",s=2x1,p=1x2,d=1x2,g=2,bias=false")
becomes("auto_pad VALID", {auto_pad = "VALID"}, ",bias=false")
becomes("auto_pad SAME_UPPER that is even", {auto_pad = "SAME_UPPER"}, ",p=1,bias=false")
becomes("padding at the end that no window reaches", {pads = {0, 1, 0, 0}, strides = {1, 2}}, ",s=1x2,p=0x1,bias=false")
becomes("auto_pad SAME_LOWER that is odd, where padding at the end reaches no window", {auto_pad = "SAME_LOWER", strides = {1, 2}},
  ",s=1x2,p=1,bias=false")
becomes("auto_pad SAME_UPPER that is odd: the odd zeros are input", {auto_pad = "SAME_UPPER", strides = {1, 2}}, ",s=1x2,p=1x0,bias=false",
  nil, "1x4x9x11")
tap.has(tap.read(output), "(Conv); width padded by 0 before and 1 after: the difference is input", "which the case's `about` says")
becomes("SAME_UPPER of an even extent alone", {auto_pad = "SAME_UPPER", strides = {2, 2}, dilations = {2, 1}}, ",s=2,p=2x0,d=2x1,bias=false",
  nil, "1x4x9x11")
becomes("pads of both sides that differ", {pads = {1, 1, 2, 2}}, ",p=1,bias=false", nil, "1x4x10x11")
becomes("pads of one side", {pads = {0, 0, 2, 0}}, ",bias=false", nil, "1x4x11x10")
is_left_out("negative pads", conv {pads = {0, 0, -1, 0}}, "'the y' (Conv): padding of 0 before and -1 after: a call can't cut its input")
is_left_out("an unknown auto_pad", conv {auto_pad = "SOME"}, "auto_pad: 'SOME'")
is_left_out("a stride of 0", conv {strides = {0, 1}}, "strides or dilations below 1")
is_left_out("attributes of another kind", conv {strides = "x"}, "'the y' (Conv): attributes of other kinds than Conv has")
is_left_out("groups that don't divide", conv {group = 4, dilations = {1, 1}, pads = {0, 0, 0, 0}}, "torch.nn.Conv2d rejects it: ")

local even = model({value("x", {1, 2, 8, 8})}, {tensor("w", {2, 2, 4, 4})}, {node("Conv", {"x", "w"}, "y", {auto_pad = "SAME_UPPER"})})
tap.is(import(even), "conv2d:in=1x2x8x8,out=2,k=4,p=same,bias=false\n", "an even kernel with SAME_UPPER is torch's `same`")

-- ---- a Pad before a Conv

local function padded(pads, mode, attributes)
  return model({value("x", {1, 2, 8, 8})}, {tensor("w", {2, 2, 3, 3}), tensor("p", {8}, pads)},
    {node("Pad", {"x", "p"}, "z", {mode = mode}), node("Conv", {"z", "w"}, "y", attributes)})
end
local around, corner = {0, 0, 1, 1, 0, 0, 1, 1}, {0, 0, 0, 0, 0, 0, 1, 1}
tap.is(import(padded(around, "constant")), "conv2d:in=1x2x8x8,out=2,k=3,p=1,bias=false\n", "zeros around are padding")
tap.is(import(padded(around, "constant", {pads = {1, 1, 1, 1}})), "conv2d:in=1x2x8x8,out=2,k=3,p=2,bias=false\n", "and add to the Conv's own")
for mode, torch in pairs {reflect = "reflect", edge = "replicate", wrap = "circular"} do
  tap.is(import(padded(around, mode)), ("conv2d:in=1x2x8x8,out=2,k=3,p=1,bias=false,mode=%s\n"):format(torch), mode .. " is padding_mode " .. torch)
end
tap.is(import(padded(around, "reflect", {pads = {1, 1, 1, 1}})), "conv2d:in=1x2x10x10,out=2,k=3,p=1,bias=false\n",
  "reflected, then zeros: the Conv gets the padded input")
tap.is(import(padded(corner, "constant", {strides = {2, 2}})), "conv2d:in=1x2x9x9,out=2,k=3,s=2,bias=false\n",
  "padding of one side: the Conv gets the padded input")
tap.is(import(padded(corner, "reflect", {pads = {0, 0, 1, 1}})), "conv2d:in=1x2x10x10,out=2,k=3,bias=false\n",
  "padding of one side after a Pad: the Conv gets both")
is_left_out("padding of channels", padded({0, 1, 1, 1, 0, 0, 1, 1}, "constant"), "torch.nn.Conv2d rejects it: ")

-- ---- shapes

local weights = {tensor("w1", {8, 3, 3, 3}), tensor("w2", {4, 8, 1, 1}), tensor("w3", {2, 8, 1, 1}), tensor("w4", {5, 6, 1, 1}),
  tensor("sizes", {4}, {1, 6, 20, 30}), tensor("to", {3}, {1, 6, -1}), tensor("back", {4}, {0, 0, 5, 5})}
local chain = {
  node("Conv", {"x", "w1"}, "a", {strides = {2, 2}, pads = {1, 1, 1, 1}}), node("BatchNormalization", {"a"}, "b"), node("Relu", {"b"}, "c"),
  node("MaxPool", {"c"}, "d", {kernel_shape = {3, 3}, strides = {2, 2}, pads = {1, 1, 1, 1}}), node("Conv", {"d", "w2"}, "e"),
  node("Conv", {"d", "w3"}, "f"), node("Concat", {"e", "f"}, "g", {axis = 1}), node("Sigmoid", {"g"}, "h"), node("Mul", {"g", "h"}, "i"),
  node("GlobalAveragePool", {"i"}, "j"), node("Conv", {"j", "w4"}, "k"), node("Conv", {"i", "w4"}, "l"),
  node("Resize", {"i", "", "", "sizes"}, "m"), node("Conv", {"m", "w4"}, "n"), node("Transpose", {"i"}, "o", {perm = {0, 1, 3, 2}}),
  node("Conv", {"o", "w4"}, "p"), node("Reshape", {"i", "to"}, "q"), node("Reshape", {"q", "back"}, "r"),
}
local ids = [[
conv2d:in=%dx3x32x64,out=8,k=3,s=2,p=1,bias=false
conv2d:in=%dx8x8x16,out=4,k=1,bias=false
conv2d:in=%dx8x8x16,out=2,k=1,bias=false
conv2d:in=%dx6x1x1,out=5,k=1,bias=false
conv2d:in=%dx6x8x16,out=5,k=1,bias=false
conv2d:in=1x6x20x30,out=5,k=1,bias=false
conv2d:in=%dx6x16x8,out=5,k=1,bias=false
]]
local function expected(batch) return (ids:gsub("%%d", batch)) end
local net = model({value("x", {"batch", 3, 32, 64})}, weights, chain)
tap.is(import(net, "--set batch=5"), expected(5), "shapes are followed through the usual operators")
local rest, out = import(net)
tap.is(rest, "conv2d:in=1x6x20x30,out=5,k=1,bias=false\n", "a shape with a name in it can't be imported, one that doesn't hang on it can")
tap.has(out, "left out: " .. path .. ": node 'the a' (Conv): the shape of 'x' can't be inferred: 'x' has the extent 'batch': --set batch=NUMBER",
  "and it says which name")
tap.has(out, "node 'the e' (Conv): the shape of 'd' can't be inferred: 'x' has the extent 'batch'", "and so does what follows from it")
tap.is(select(3, import(net, "--set batch=99999999999999999999")), 2, "a huge number for a name is bad usage")

local told = model({value("x", {1, 2, 8, 8}), value("z", {1, 7, 3, 3})}, {tensor("w", {2, 7, 1, 1})},
  {node("Mystery", {"x"}, "z"), node("Conv", {"z", "w"}, "y")})
tap.is(import(told), "conv2d:in=1x7x3x3,out=2,k=1,bias=false\n", "what the model says of a value counts where an operator is unknown")
is_left_out("an operator that is not followed", model({value("x", {1, 2, 8, 8})}, {tensor("w", {2, 2, 1, 1})},
  {node("Mystery", {"x"}, "z"), node("Conv", {"z", "w"}, "y")}), "the shape of 'z' can't be inferred: Mystery is not followed")
is_left_out("a weight that is computed", model({value("x", {1, 2, 8, 8})}, {}, {node("Conv", {"x", "w"}, "y")}), "the shape of 'w' can't be inferred")

-- ---- what is none of ours

local one = model({value("x", {1, 2, 8})}, {tensor("w", {2, 2, 3})}, {node("Conv", {"x", "w"}, "y")})
is_left_out("one dimension", one, "'the y' (Conv): 1-dimensional")
is_left_out("three dimensions", model({value("x", {1, 2, 8, 8, 8})}, {tensor("w", {2, 2, 3, 3, 3})}, {node("Conv", {"x", "w"}, "y")}), "3-dimensional")
for op, why in pairs {ConvTranspose = "a transposed convolution", QLinearConv = "its arithmetic is quantised", ConvInteger = "its arithmetic is quantised"} do
  is_left_out(op, model({value("x", {1, 2, 8, 8})}, {tensor("w", {2, 2, 3, 3})}, {node(op, {"x", "w"}, "y")}), ("'the y' (%s): %s"):format(op, why))
end
is_left_out("a huge input", model({value("x", {1, 1 << 62, 8, 8})}, {tensor("w", {2, 2, 1, 1})}, {node("Conv", {"x", "w"}, "y")}), "left out: ")
is_left_out("a huge weight", model({value("x", {1, 2, 8, 8})}, {tensor("w", {1 << 62, 2, 1, 1})}, {node("Conv", {"x", "w"}, "y")}), "more than can be held")
is_left_out("a negative extent", model({value("x", {1, 2, -8, 8})}, {tensor("w", {2, 2, 1, 1})}, {node("Conv", {"x", "w"}, "y")}), "left out: ")

-- ---- malformed files

for name, text in pairs {["an empty file"] = "", ["text"] = "hello world\n", ["no graph"] = integer(1, 8), ["a cut file"] = net:sub(1, #net // 2)} do
  local _, printed, how, words = import(text)
  tap.ok(how == 2 and printed == "" and words:find("model.onnx: not an ONNX model", 1, true), name .. " is no model")
end
math.randomseed(11)
local fell = 0
for _ = 1, 150 do
  local at, plain = math.random(#net), net
  for _ = 1, math.random(1, 4) do
    plain = plain:sub(1, at - 1) .. string.char(math.random(0, 255)) .. plain:sub(at + math.random(1, 2))
    at = math.random(#plain)
  end
  local _, _, how, words = import(plain, "--set batch=1")
  if (how ~= 0 and how ~= 2 and how ~= 4) or words:find("traceback") then
    fell = fell + 1
    print("# status " .. how .. ": " .. words)
  end
end
tap.is(fell, 0, "150 models with wrong bytes end in status 0, 2 or 4, without a traceback")

tap.done()
