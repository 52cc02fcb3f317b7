-- shapes.lua: the shapes of the values of an ONNX graph, as far as its convolutions need them.
-- A rule makes the shapes of a node's outputs from those of its inputs. If an operator has no rule, or an input is not
-- known, the shape that the model itself declares (value_info) is taken. If there is none, the shape stays unknown.

local layer = require "import.layer"
local values = require "import.values"

local shapes = {}

local SAME = {} -- operators whose output is like their first input
for op in ([[Relu LeakyRelu PRelu Sigmoid HardSigmoid HardSwish Clip Tanh Elu Selu Celu Gelu Mish Softplus Softsign Swish Erf
  Exp Log Sqrt Neg Abs Sign Sin Cos Floor Ceil Round Reciprocal Identity Dropout BatchNormalization InstanceNormalization
  GroupNormalization LayerNormalization LRN Softmax LogSoftmax Hardmax Cast QuantizeLinear DequantizeLinear CumSum Not
  ThresholdedRelu LpNormalization MeanVarianceNormalization]]):gmatch("%S+") do SAME[op] = true end

local BROADCAST = {}
for op in ("Add Sub Mul Div Pow Max Min Sum Mean Mod And Or Equal Greater Less Where"):gmatch("%S+") do BROADCAST[op] = true end

local rules = {}

local function copy(list)
  return table.move(list, 1, #list, 1, {})
end

-- A copy with one extent changed; axes count from 0, from behind if negative.
local function with(shape, axis, extent)
  local s = copy(shape)
  if axis < 0 then axis = axis + #s end
  if not s[axis + 1] then return nil end
  s[axis + 1] = extent
  return s
end

local function broadcast(a, b)
  local s = {}
  for i = 1, math.max(#a, #b) do
    local x, y = a[#a - i + 1] or 1, b[#b - i + 1] or 1
    if x ~= y and x ~= 1 and y ~= 1 then return nil end
    table.insert(s, 1, x == 1 and y or x)
  end
  return s
end

--- Padding along one axis as an operator with kernel, strides, pads and auto_pad has it: before and after.
function shapes.padding(a, i, input, kernel, stride, dilation)
  local auto = a.auto_pad or "NOTSET"
  local n = a.pads and #a.pads // 2 or 0
  if auto == "NOTSET" then return a.pads and a.pads[i] or 0, a.pads and a.pads[i + n] or 0 end
  if auto == "VALID" then return 0, 0 end
  local total = math.max(((input + stride - 1) // stride - 1) * stride + dilation * (kernel - 1) + 1 - input, 0)
  local less = total // 2
  if auto == "SAME_UPPER" then return less, total - less end
  if auto == "SAME_LOWER" then return total - less, less end
end

-- The extents after a window has gone over those of `shape` from the third on.
local function windowed(shape, kernel, a, channels)
  local s = {shape[1], channels}
  for i = 1, #shape - 2 do
    local k, stride, dilation = kernel[i], a.strides and a.strides[i] or 1, a.dilations and a.dilations[i] or 1
    if not k or stride < 1 then return nil end
    local before, after = shapes.padding(a, i, shape[i + 2], k, stride, dilation)
    if not before then return nil end
    if a.ceil_mode == 1 then after = after + stride - 1 end
    s[i + 2] = layer.output(shape[i + 2], k, stride, dilation, before, after)
    if s[i + 2] < 1 then return nil end
  end
  return s
end

function rules.Conv(x, n)
  local w = x.shape(n.inputs[2])
  local s = x.shape(n.inputs[1])
  return w and s and windowed(s, table.move(w, 3, #w, 1, {}), n.attributes, w[1])
end

function rules.MaxPool(x, n)
  local s = x.shape(n.inputs[1])
  return s and windowed(s, n.attributes.kernel_shape or {}, n.attributes, s[2])
end
rules.AveragePool, rules.LpPool = rules.MaxPool, rules.MaxPool

function rules.ConvTranspose(x, n)
  local s, w, a = x.shape(n.inputs[1]), x.shape(n.inputs[2]), n.attributes
  if not s or not w or a.output_shape or (a.auto_pad or "NOTSET") ~= "NOTSET" then return nil end
  local out = {s[1], w[2] * (a.group or 1)}
  for i = 1, #s - 2 do
    local pads = a.pads and a.pads[i] + a.pads[i + #a.pads // 2] or 0
    out[i + 2] = ((a.strides or {})[i] or 1) * (s[i + 2] - 1) + ((a.output_padding or {})[i] or 0)
      + (w[i + 2] - 1) * ((a.dilations or {})[i] or 1) + 1 - pads
  end
  return out
end

function rules.GlobalAveragePool(x, n)
  local s = x.shape(n.inputs[1])
  if not s then return nil end
  local out = {s[1], s[2]}
  for i = 3, #s do out[i] = 1 end
  return out
end
rules.GlobalMaxPool = rules.GlobalAveragePool

function rules.ReduceMean(x, n)
  local s = x.shape(n.inputs[1])
  local axes = n.attributes.axes or x.values(n.inputs[2])
  if not s or not axes or n.attributes.keepdims == 0 then return nil end
  for _, axis in ipairs(axes) do s = s and with(s, axis, 1) end
  return s
end
rules.ReduceSum, rules.ReduceMax = rules.ReduceMean, rules.ReduceMean

function rules.Concat(x, n)
  local axis, all, out = n.attributes.axis, 0, nil
  for _, name in ipairs(n.inputs) do
    local s = x.shape(name)
    local extent = s and s[(axis or 0) < 0 and #s + axis + 1 or (axis or 0) + 1]
    if not axis or not extent then return nil end
    out, all = out or s, all + extent
  end
  return out and with(out, axis, all)
end

function rules.Split(x, n)
  local s, axis = x.shape(n.inputs[1]), n.attributes.axis or 0
  local parts = n.attributes.split or x.values(n.inputs[2])
  local extent = s and s[axis < 0 and #s + axis + 1 or axis + 1]
  if not extent then return nil end
  local outputs = {}
  for i = 1, #n.outputs do
    local size = (extent + #n.outputs - 1) // #n.outputs
    outputs[i] = with(s, axis, parts and parts[i] or math.min(size, extent - (i - 1) * size))
  end
  return table.unpack(outputs)
end

function rules.Slice(x, n)
  local s, a = x.shape(n.inputs[1]), n.attributes
  local starts, ends = a.starts or x.values(n.inputs[2]), a.ends or x.values(n.inputs[3])
  local axes, steps = a.axes or x.values(n.inputs[4]), x.values(n.inputs[5])
  if not s or not starts or not ends or not axes then return nil end
  for i, axis in ipairs(axes) do
    local extent, step = s[axis < 0 and #s + axis + 1 or axis + 1], steps and steps[i] or 1
    if not extent or step < 1 or not starts[i] or not ends[i] then return nil end
    local function clamp(v) return math.max(math.min(v < 0 and v + extent or v, extent), 0) end
    s = with(s, axis, math.max((clamp(ends[i]) - clamp(starts[i]) + step - 1) // step, 0))
  end
  return s
end

--- Pads of a Pad node in each direction: {begin 1, ..., end 1, ...}, or nil.
function shapes.pads(x, n)
  return n.attributes.pads or x.values(n.inputs[2])
end

function rules.Pad(x, n)
  local s, pads = x.shape(n.inputs[1]), shapes.pads(x, n)
  if not s or not pads or #pads ~= 2 * #s then return nil end
  local out = {}
  for i, extent in ipairs(s) do out[i] = extent + pads[i] + pads[i + #s] end
  return out
end

function rules.Resize(x, n)
  local s, a = x.shape(n.inputs[1]), n.attributes
  local sizes = n.op == "Resize" and x.values(n.inputs[4])
  if sizes and #sizes > 0 then return copy(sizes) end
  local scales = a.scales or x.values(n.inputs[n.op == "Resize" and 3 or 2])
  if not s or not scales or #scales ~= #s then return nil end
  local out = {}
  for i, extent in ipairs(s) do out[i] = math.floor(extent * scales[i]) end
  return out
end
rules.Upsample = rules.Resize

function rules.Reshape(x, n)
  local s, to = x.shape(n.inputs[1]), x.values(n.inputs[2])
  if not s or not to then return nil end
  local out, known, all, open = {}, 1, 1, nil
  for _, extent in ipairs(s) do all = all * extent end
  for i, extent in ipairs(to) do
    out[i] = extent == 0 and s[i] or extent
    if extent == -1 then open = i else known = known * (out[i] or 0) end
  end
  if open then
    if known == 0 then return nil end
    out[open] = all // known
  end
  return out
end

function rules.Flatten(x, n)
  local s, axis = x.shape(n.inputs[1]), n.attributes.axis or 1
  if not s then return nil end
  local out = {1, 1}
  for i, extent in ipairs(s) do
    local k = i <= axis and 1 or 2
    out[k] = out[k] * extent
  end
  return out
end

function rules.Transpose(x, n)
  local s, perm = x.shape(n.inputs[1]), n.attributes.perm
  if not s or not perm or #perm ~= #s then return nil end
  local out = {}
  for i, axis in ipairs(perm) do out[i] = s[axis + 1] end
  return #out == #s and out or nil
end

function rules.DepthToSpace(x, n)
  local s, b = x.shape(n.inputs[1]), n.attributes.blocksize or 1
  return s and #s == 4 and b > 0 and {s[1], s[2] // (b * b), s[3] * b, s[4] * b} or nil
end

function rules.SpaceToDepth(x, n)
  local s, b = x.shape(n.inputs[1]), n.attributes.blocksize or 1
  return s and #s == 4 and b > 0 and {s[1], s[2] * b * b, s[3] // b, s[4] // b} or nil
end

local function outputs_of(x, n)
  if n.domain ~= "" and n.domain ~= "ai.onnx" then return nil end
  if SAME[n.op] then return x.shape(n.inputs[1]) end
  if BROADCAST[n.op] then
    local s = x.shape(n.inputs[1])
    for i = 2, #n.inputs do
      local other = x.shape(n.inputs[i])
      s = s and other and broadcast(s, other)
    end
    return s
  end
  if rules[n.op] then return rules[n.op](x, n) end
end

-- A declared shape with the names of its extents replaced; nil and the name of one that has no number.
local function with_numbers(shape, given)
  local out = {}
  for i, extent in ipairs(shape) do
    out[i] = type(extent) == "string" and given[extent] or extent
    if math.type(out[i]) ~= "integer" then return nil, extent end
  end
  return out
end

-- Why the outputs of a node are not known: what its first unknown input lacks, or that there is no rule.
local function cause_of(x, n)
  for _, name in ipairs(n.inputs) do
    if name ~= "" and not x.shape(name) and x.cause[name] then return x.cause[name] end
  end
  return ("%s is not followed"):format(n.op)
end

-- Learns what a node implies about its outputs, if nothing is known about them yet.
local function learn(x, n, known, constants)
  local good, value = pcall(values.of, n, constants, x.shape) -- a rule may meet what no valid model has
  if good and value then
    for _, name in ipairs(n.outputs) do known[name], constants[name] = value.shape, value end
    return
  end
  local made = {pcall(outputs_of, x, n)}
  for i, name in ipairs(n.outputs) do
    if made[1] and made[i + 1] and not known[name] then known[name] = made[i + 1] end
    if not known[name] then x.cause[name] = cause_of(x, n) end
  end
end

--- What is known of the values of a model: {shape = f(name), values = f(name), cause = {name = why its shape is not
--- known}}. given: numbers for the names of extents.
function shapes.infer(model, given)
  local known, constants = {}, {}
  local x = {cause = {}}
  function x.shape(name) return known[name] end
  function x.values(name)
    local c = constants[name or ""]
    return c and #c.values > 0 and c.values or nil
  end
  for name, c in pairs(model.constants) do known[name], constants[name] = c.shape, c end
  for _, v in ipairs(model.values) do
    if v.shape and not known[v.name] then
      local extent
      known[v.name], extent = with_numbers(v.shape, given)
      x.cause[v.name] = extent and (extent == "" and ("'%s' has an extent without a name"):format(v.name)
        or ("'%s' has the extent '%s': --set %s=NUMBER"):format(v.name, extent, extent))
    end
  end
  for _, n in ipairs(model.nodes) do learn(x, n, known, constants) end
  return x
end

return shapes
