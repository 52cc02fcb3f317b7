-- quantities.lua: what code compares with its constants: sizes of a call, and products of them. Each can be read from a
-- point, and a point can be made in which it has a given value.

local quantities = {}

local function output(p, axis)
  local size, window = axis == 1 and p.height or p.width, p.dilation[axis] * (p.kernel[axis] - 1) + 1
  if p.padding == "same" then return size end
  local padding = type(p.padding) == "table" and p.padding[axis] or 0
  return math.max(0, (size + 2 * padding - window) // p.stride[axis] + 1)
end

--- The size of an output on an axis (1: height, 2: width).
quantities.output = output

--- The size of an input of which the output has so many elements on an axis.
function quantities.covering(p, axis, elements)
  local window = p.dilation[axis] * (p.kernel[axis] - 1)
  local padding = type(p.padding) == "table" and p.padding[axis] or p.padding == "same" and window / 2 or 0
  return math.max(1, math.floor((elements - 1) * p.stride[axis] + window + 1 - 2 * padding))
end

local function set_output(p, axis, v) p[axis == 1 and "height" or "width"] = quantities.covering(p, axis, v) end

-- One of a pair of numbers, such as the kernel's height, as a row of the list below.
local function one_of(name, axis)
  return {function(p) return type(p[name]) == "table" and p[name][axis] end,
    function(p, v) p[name] = axis == 1 and {v, p[name][2]} or {p[name][1], v} end}
end

-- Two factors of which the product is v, or no more above it than need be: one of them as it is, or both alike.
local function factors(r, v, first, second)
  if r:chance(0.5) then
    local side = math.max(1, math.ceil(math.sqrt(v) - 1e-9))
    return side, math.ceil(v / side)
  end
  if r:chance(0.5) then return math.max(1, first), math.ceil(v / math.max(1, first)) end
  return math.ceil(v / math.max(1, second)), math.max(1, second)
end

-- All channels: those of each group, or the groups where each has one.
local function set_channels(p, name, v)
  if p[name] == 1 or v % p.groups > 0 then
    if p.groups > 1 then p.groups = v // p[name] > 0 and v // p[name] or 1 else p[name] = v end
  else
    p[name] = v // p.groups
  end
end

local function taps(p) return p.kernel[1] * p.kernel[2] end
local function pixels(p) return output(p, 1) * output(p, 2) end

-- {value of a point, function that gives it another}; by a random number where there are several ways.
local list = {
  {function(p) return p.images end, function(p, v) p.images = v end},
  {function(p) return p.inside end, function(p, v) p.inside = v end},
  {function(p) return p.outside end, function(p, v) p.outside = v end},
  {function(p) return p.groups end, function(p, v) p.groups = v end},
  {function(p) return p.groups * p.inside end, function(p, v) set_channels(p, "inside", v) end},
  {function(p) return p.groups * p.outside end, function(p, v) set_channels(p, "outside", v) end},
  {function(p) return p.height end, function(p, v) p.height = v end},
  {function(p) return p.width end, function(p, v) p.width = v end},
  {function(p) return output(p, 1) end, function(p, v) set_output(p, 1, v) end},
  {function(p) return output(p, 2) end, function(p, v) set_output(p, 2, v) end},
  {pixels, function(p, v, r)
    local high, wide = factors(r, v, output(p, 1), output(p, 2))
    set_output(p, 1, high)
    set_output(p, 2, wide)
  end},
  {function(p) return p.height * p.width end, function(p, v, r) p.height, p.width = factors(r, v, p.height, p.width) end},
  {function(p) return p.images * pixels(p) end, function(p, v) p.images = math.ceil(v / math.max(1, pixels(p))) end},
  one_of("kernel", 1), one_of("kernel", 2),
  {taps, function(p, v, r) p.kernel = {factors(r, v, p.kernel[1], p.kernel[2])} end},
  {function(p) return p.inside * taps(p) end, function(p, v) p.inside = math.ceil(v / taps(p)) end},
  {function(p) return p.groups * p.inside * taps(p) end, function(p, v) set_channels(p, "inside", math.ceil(v / taps(p))) end},
  one_of("stride", 1), one_of("stride", 2), one_of("dilation", 1), one_of("dilation", 2), one_of("padding", 1), one_of("padding", 2),
}

local UNITS = {8, 16, 32, 64, 96, 128, 256}

-- Whether a number is what a division of a value by a power of two leaves, or so much as the value itself.
local function is_left(number, value)
  local mask = 1
  while mask < number do mask = mask << 1 | 1 end
  return value & mask == number
end

--- Changes a quantity of a point which is `number`, or leaves it when it is divided, so that the number becomes `wanted`; for
--- 0 the quantity becomes a multiple of a common unit. False if the point has no such quantity.
function quantities.set(p, number, wanted, r)
  local fitting, divided = {}, r:chance(0.25)
  for _, q in ipairs(list) do
    local value = q[1](p)
    if value == number or value and divided and is_left(number, value) then fitting[#fitting + 1] = q end
  end
  if #fitting == 0 then return false end
  local q = r:pick(fitting)
  local value = wanted > 0 and q[1](p) + wanted - number or r:pick(UNITS) * r:integer(1, 4)
  if value < 1 then return false end
  q[2](p, value, r)
  return true
end

return quantities
