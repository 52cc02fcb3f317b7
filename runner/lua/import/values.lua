-- values.lua: small constants that an ONNX graph computes itself; exporters write pads and sizes so:
-- {shape = {...}, values = {...}} in row-major order, of at most 64 numbers.

local values = {}

local MOST = 64

local function count(shape)
  local n = 1
  for _, extent in ipairs(shape) do n = n * extent end
  return n
end

-- The elements at these indices (from 0) along each axis.
local function pick(v, lists)
  local shape, out = {}, {}
  for i, list in ipairs(lists) do shape[i] = #list end
  local function walk(axis, offset)
    if axis > #lists then
      out[#out + 1] = v.values[offset + 1]
      return
    end
    for _, k in ipairs(lists[axis]) do walk(axis + 1, offset * v.shape[axis] + k) end
  end
  walk(1, 0)
  return {shape = shape, values = out}
end

local function all_indices(shape)
  local lists = {}
  for i, extent in ipairs(shape) do
    lists[i] = {}
    for k = 0, extent - 1 do lists[i][k + 1] = k end
  end
  return lists
end

local function axis_of(v, axis)
  return axis < 0 and axis + #v.shape + 1 or axis + 1
end

local rules = {}
local OPTIONAL = {Slice = 5, Clip = 3} -- inputs with those that may be left out

local function map(v, f)
  local out = {}
  for i, x in ipairs(v.values) do out[i] = f(x) end
  return {shape = v.shape, values = out}
end

local function towards_zero(x)
  return math.type(x) == "integer" and x or math.tointeger(x < 0 and math.ceil(x) or math.floor(x))
end

function rules.Identity(v) return v end
function rules.Floor(v) return map(v, math.floor) end
function rules.Ceil(v) return map(v, math.ceil) end

function rules.Cast(v, a)
  local is_integer = a.to == 6 or a.to == 7 -- INT32, INT64
  return map(v, is_integer and towards_zero or function(x) return x + 0.0 end)
end

function rules.Clip(v, least, most)
  return map(v, function(x)
    if least.values then x = math.max(x, least.values[1]) end
    return most.values and math.min(x, most.values[1]) or x
  end)
end

function rules.Concat(...)
  local out, n = {}, select("#", ...) - 1
  for i = 1, n do
    local v = select(i, ...)
    if #v.shape ~= 1 then return nil end
    table.move(v.values, 1, #v.values, #out + 1, out)
  end
  return {shape = {#out}, values = out}
end

function rules.Reshape(v, to)
  local shape, known, open = {}, 1, nil
  for i, extent in ipairs(to.values) do
    shape[i] = extent == 0 and v.shape[i] or extent
    if extent == -1 then open = i else known = known * shape[i] end
  end
  if open then shape[open] = #v.values // known end
  return count(shape) == #v.values and {shape = shape, values = v.values} or nil
end

function rules.Unsqueeze(v)
  return #v.values == 1 and {shape = {1}, values = v.values} or nil
end

function rules.Squeeze(v)
  return #v.values == 1 and {shape = {}, values = v.values} or nil
end

function rules.Slice(v, starts, ends, axes, steps)
  local lists = all_indices(v.shape)
  for i = 1, #starts.values do
    local axis, step = axis_of(v, axes.values and axes.values[i] or i - 1), steps.values and steps.values[i] or 1
    local extent, list = v.shape[axis], {}
    local function clamp(k) return math.max(math.min(k < 0 and k + extent or k, extent - (step < 0 and 1 or 0)), step < 0 and -1 or 0) end
    local last = ends.values[i] < -extent and step < 0 and -1 or clamp(ends.values[i])
    for k = clamp(starts.values[i]), last - (step > 0 and 1 or -1), step do list[#list + 1] = k end
    lists[axis] = list
  end
  return pick(v, lists)
end

function rules.Gather(v, indices, a)
  local axis, lists = axis_of(v, a.axis or 0), all_indices(v.shape)
  lists[axis] = {}
  for i, k in ipairs(indices.values) do lists[axis][i] = k < 0 and k + v.shape[axis] or k end
  local out = pick(v, lists)
  if #indices.shape == 0 then table.remove(out.shape, axis) end
  return out
end

function rules.Transpose(v, a)
  if #v.shape < 2 then return v end
  if #v.shape > 2 or a.perm and a.perm[1] ~= 1 then return nil end
  local out = {}
  for c = 1, v.shape[2] do
    for r = 1, v.shape[1] do out[#out + 1] = v.values[(r - 1) * v.shape[2] + c] end
  end
  return {shape = {v.shape[2], v.shape[1]}, values = out}
end

function rules.ConstantOfShape(v, a)
  local n = count(v.values)
  if n > MOST then return nil end
  local out = {}
  for i = 1, n do out[i] = a.value and a.value.values[1] or 0 end
  return {shape = v.values, values = out}
end

local function elementwise(f)
  return function(a, b)
    local long = #a.values >= #b.values and a or b
    if #a.values ~= #b.values and #a.values ~= 1 and #b.values ~= 1 then return nil end
    local out = {}
    for i = 1, #long.values do
      local x, y = a.values[#a.values == 1 and 1 or i], b.values[#b.values == 1 and 1 or i]
      out[i] = f(x, y)
    end
    return {shape = long.shape, values = out}
  end
end

rules.Add = elementwise(function(x, y) return x + y end)
rules.Sub = elementwise(function(x, y) return x - y end)
rules.Mul = elementwise(function(x, y) return x * y end)
rules.Div = elementwise(function(x, y) return math.type(x) == "integer" and math.type(y) == "integer" and x // y or x / y end)

-- What a Constant node holds.
local function constant(a)
  if a.value then return a.value end
  local list = a.value_ints or a.value_floats or (a.value_int or a.value_float) and {a.value_int or a.value_float}
  return list and {shape = {#list}, values = list}
end

--- The value that a node computes from known ones, or nil. known: name -> value; shape: name -> shape or nil.
function values.of(n, known, shape)
  if n.op == "Constant" then return constant(n.attributes) end
  if n.op == "Shape" then
    local s = shape(n.inputs[1])
    return s and {shape = {#s}, values = s}
  end
  if not rules[n.op] then return nil end
  local given = {}
  for i, name in ipairs(n.inputs) do
    given[i] = name == "" and {} or known[name]
    if not given[i] or given[i].values and count(given[i].shape) ~= #given[i].values then return nil end
  end
  for i = #given + 1, OPTIONAL[n.op] or 0 do given[i] = {} end
  given[#given + 1] = n.attributes
  return rules[n.op](table.unpack(given))
end

return values
