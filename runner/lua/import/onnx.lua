-- onnx.lua: the Conv nodes of an ONNX model, each as a call of nn.Conv2d.
-- A Pad before a Conv becomes the padding of the call where nn.Conv2d has it, else the call gets the padded input.

local layer = require "import.layer"
local shapes = require "import.shapes"

local reader = {}

local UNSUPPORTED = {
  ConvTranspose = "a transposed convolution", ConvInteger = "its arithmetic is quantised",
  QLinearConv = "its arithmetic is quantised", DeformConv = "a deformable convolution",
  FusedConv = "fused with what follows it",
}
local MODES = {reflect = "reflect", edge = "replicate", wrap = "circular"}

-- Why a shape is not known, in words.
local function unknown(x, name)
  return ("the shape of '%s' can't be inferred%s"):format(name, x.cause[name] and ": " .. x.cause[name] or "")
end

-- Whether a list has so many integers.
local function is_integers(list, length)
  if type(list) ~= "table" or #list ~= length then return false end
  for _, v in ipairs(list) do
    if math.type(v) ~= "integer" then return false end
  end
  return true
end

local LENGTHS = {strides = 2, dilations = 2, kernel_shape = 2, pads = 4}

-- Whether the attributes of a Conv in two dimensions are of the kinds that it has.
local function are_well_formed(a)
  for name, length in pairs(LENGTHS) do
    if a[name] ~= nil and not is_integers(a[name], length) then return false end
  end
  return math.type(a.group or 1) == "integer" and type(a.auto_pad or "") == "string"
end

-- Stride, kernel, dilation, and padding before and after along both axes; or nil and why not.
local function geometry(n, input, weight)
  local a, g = n.attributes, {kernel_size = {}, stride = {}, dilation = {}, before = {}, after = {}}
  for i = 1, 2 do
    local k, s, d = weight[i + 2], (a.strides or {})[i] or 1, (a.dilations or {})[i] or 1
    if s < 1 or d < 1 then return nil, "strides or dilations below 1" end
    g.kernel_size[i], g.stride[i], g.dilation[i] = k, s, d
    g.before[i], g.after[i] = shapes.padding(a, i, input[i + 2], k, s, d)
    if not g.before[i] then return nil, ("auto_pad: '%s'"):format(a.auto_pad) end
  end
  return g
end

-- The padding of a call that does what a Pad node and the Conv do on the Pad's input, and the padding_mode; or nil where
-- nn.Conv2d can't pad so.
local function with_pad(x, g, pad, input)
  local pads, mode = shapes.pads(x, pad), pad.attributes.mode or "constant"
  local value = x.values(pad.inputs[3])
  if not is_integers(pads, 8) or pads[1] ~= 0 or pads[2] ~= 0 or pads[5] ~= 0 or pads[6] ~= 0 then return nil end
  if mode == "constant" and ((pad.attributes.value or 0) ~= 0 or value and value[1] ~= 0) then return nil end
  local own = g.before[1] + g.before[2] + g.after[1] + g.after[2]
  if mode ~= "constant" and (own ~= 0 or not MODES[mode]) then return nil end
  local before, after = {}, {}
  for i = 1, 2 do
    before[i], after[i] = g.before[i] + pads[i + 2], g.after[i] + pads[i + 6]
    if mode ~= "constant" and before[i] ~= after[i] then return nil end
  end
  local on = {input = input, kernel_size = g.kernel_size, stride = g.stride, dilation = g.dilation}
  return layer.padding(on, before, after), MODES[mode]
end

local function type_of(model, n)
  for _, v in ipairs(model.values) do
    if v.name == n.inputs[1] and v.type then return v.type end
  end
  local w = model.constants[n.inputs[2]]
  return w and w.type or "float32"
end

-- The call of a Conv, and a note on it where it needs one; or nil and why not.
local function keys_of(model, x, n, producers)
  local input, weight = x.shape(n.inputs[1] or ""), x.shape(n.inputs[2] or "")
  if not weight then return nil, unknown(x, n.inputs[2] or "") end
  if not is_integers(weight, 4) then return nil, ("%d-dimensional"):format(#weight - 2) end
  if not input then return nil, unknown(x, n.inputs[1] or "") end
  if not is_integers(input, 4) then return nil, ("an input of %d dimensions"):format(#input) end
  if not are_well_formed(n.attributes) then return nil, "attributes of other kinds than Conv has" end
  local g, why = geometry(n, input, weight)
  if not g then return nil, why end
  local pad = producers[n.inputs[1]]
  local before = pad and pad.op == "Pad" and x.shape(pad.inputs[1] or "")
  if not is_integers(before, 4) then before = nil end
  local keys = {
    input = input, in_channels = weight[2] * (n.attributes.group or 1), out_channels = weight[1], kernel_size = g.kernel_size,
    stride = g.stride, dilation = g.dilation, groups = n.attributes.group or 1, dtype = type_of(model, n),
    bias = (n.inputs[3] or "") ~= "",
  }
  local padding, mode
  if before then padding, mode = with_pad(x, g, pad, before) end
  if padding then
    keys.input, keys.padding, keys.padding_mode = before, padding, mode
    return keys
  end
  local good, note = layer.pad(keys, g.before, g.after)
  return good and keys or nil, note
end

local function read_node(model, x, n, place, producers)
  local keys, note = keys_of(model, x, n, producers)
  if not keys then return layer.left_out(place, "%s", note) end
  return {place = place, name = n.name ~= "" and n.name or n.outputs[1], calls = {keys}, note = note}
end

--- The entries of a model. given: numbers for the names of extents.
function reader.read(path, given)
  local model = onnx.read(path)
  local x, producers, entries = shapes.infer(model, given), {}, {}
  for _, n in ipairs(model.nodes) do
    for _, name in ipairs(n.outputs) do producers[name] = n end
  end
  for i, n in ipairs(model.nodes) do
    local place = ("%s: node '%s' (%s)"):format(path, n.name ~= "" and n.name or "number " .. i, n.op)
    if n.op == "Conv" and (n.domain == "" or n.domain == "ai.onnx") then
      entries[#entries + 1] = read_node(model, x, n, place, producers)
    elseif UNSUPPORTED[n.op] then
      entries[#entries + 1] = layer.left_out(place, UNSUPPORTED[n.op])
    elseif n.attributes.body or n.attributes.then_branch then
      entries[#entries + 1] = layer.left_out(place, "the graph inside it is not read")
    end
  end
  return entries
end

return reader
