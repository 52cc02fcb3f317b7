-- mapping.lua: where an implementation switches to another way of summing, as the sizes of a call grow.
-- Elements of an output are made sums of the same products: an input has one number for each channel, and every fourth output
-- channel has the same weights. So elements that differ in a bit were summed in different ways, within one shape and
-- between shapes. Channels that only the larger of two shapes has are zero.

local mapping = {}

mapping.axes = {"images", "in_channels", "out_channels", "height", "width"}

local DENSE = 17 -- each size up to here is tried; beyond, doubles, and what lies between where they differ
local MOST = {images = 32, in_channels = 512, out_channels = 512, height = 128, width = 128}
local BUDGET = 3e7 -- products in a call
local ELEMENTS = 2e5
local DRAWS = 2
local FILTERS = 4 -- of different weights

--- Shapes to walk from: small and middling channels, kernels with and without neighbours.
function mapping.bases(dtype)
  local list = {}
  for _, kernel in ipairs {1, 3} do
    for _, channels in ipairs {{3, 8}, {32, 32}} do
      list[#list + 1] = {images = 1, in_channels = channels[1], out_channels = channels[2], height = 12, width = 12,
        kernel = kernel, dtype = dtype}
    end
  end
  return list
end

local function repeated(t, axis, n)
  while t.shape[axis] < n do t = tensor.cat(axis, {t, t}) end
  return t:slice(axis, 0, n)
end

-- A number of 24 bits between 0.5 and 2, or its negative, for each index.
local function number_of(seed, i)
  local h = (seed * 0x9E3779B97F4A7C15 + i * 0xBF58476D1CE4E5B9)
  h = (h ~ (h >> 31)) * 0x94D049BB133111EB
  h = h ~ (h >> 29)
  local v = 0.5 + (h & 0xFFFFFF) / 0x1000000 * 1.5
  return (h >> 40) & 1 == 0 and v or -v
end

local function keys_of(s)
  return {input = {s.images, s.in_channels, s.height, s.width}, out_channels = s.out_channels, kernel_size = s.kernel,
    dtype = s.dtype}
end

-- Whether a shape is a valid call that is not too large.
local function is_possible(s)
  local rows, columns = s.height - s.kernel + 1, s.width - s.kernel + 1
  local elements = s.images * s.out_channels * rows * columns
  return rows > 0 and columns > 0 and elements <= ELEMENTS and elements * s.in_channels * s.kernel ^ 2 <= BUDGET
end

-- The operands of a shape of which the first `live` channels are not zero.
local function operands(s, live, seed)
  local taps = s.kernel * s.kernel
  local x = tensor.new({1, s.in_channels, 1, 1}, s.dtype, function(i) return i <= live and number_of(seed, i) or 0 end)
  local w = tensor.new({FILTERS, s.in_channels, s.kernel, s.kernel}, s.dtype, function(i)
    local filter, leaf = (i - 1) // (s.in_channels * taps), (i - 1) % (s.in_channels * taps)
    return number_of(seed + 77 * (filter + 1), leaf)
  end)
  x = repeated(repeated(repeated(x, 4, s.width), 3, s.height), 1, s.images)
  return {input = x, weight = repeated(w, 1, s.out_channels), bias = tensor.new({s.out_channels}, s.dtype)}
end

-- The bits of the first elements of the filters, and the most different values that one filter gives.
local function bits_of(got, s)
  local plane = #got // (s.images * s.out_channels)
  local seen, count, first, most = {}, {}, {}, 1
  for filter = 0, math.min(FILTERS, s.out_channels) - 1 do
    seen[filter], count[filter] = {}, 0
    first[filter + 1] = ("%a"):format(got[filter * plane + 1])
  end
  for i = 1, #got do
    local filter, v = (i - 1) // plane % s.out_channels % FILTERS, got[i]
    if not seen[filter][v] then
      seen[filter][v] = true
      count[filter] = count[filter] + 1
      most = math.max(most, count[filter])
    end
  end
  return first, most
end

--- How a shape is summed: {first = a list of the bits of its first elements, values = how many different ones an element
--- has}; nil if the implementation does not answer.
function mapping.signature(tested, s, live)
  local first, most = {}, 1
  for seed = 1, DRAWS do
    local got = tested:ask(case.new(keys_of(s)), operands(s, live, seed)).output
    if not got then return nil end
    local bits, values = bits_of(got, s)
    table.move(bits, 1, #bits, #first + 1, first)
    most = math.max(most, values)
  end
  return {first = first, values = most}
end

-- Whether the first elements that both have are equal.
local function are_equal(x, y)
  local many, few = #x.first // DRAWS, #y.first // DRAWS
  for seed = 0, DRAWS - 1 do
    for filter = 1, math.min(many, few) do
      if x.first[seed * many + filter] ~= y.first[seed * few + filter] then return false end
    end
  end
  return true
end

local function with(s, axis, v)
  local copy = {}
  for key, value in pairs(s) do copy[key] = value end
  copy[axis] = v
  return copy
end

-- A walk: {tested =, base = sizes, expired =, calls =, tails = {[axis] = {[size of the output] = whether
-- elements differ}}}.

-- How much smaller the output is than the input.
local function outside(base, axis) return (axis == "height" or axis == "width") and base.kernel - 1 or 0 end

-- Whether two sizes on an axis are summed in the same way; nil if one can't be told.
local function is_same(walk, base, axis, low, high)
  local a, b = with(base, axis, low), with(base, axis, high)
  if walk.expired() or not is_possible(a) or not is_possible(b) then return nil end
  local live = math.min(a.in_channels, b.in_channels)
  local x, y = mapping.signature(walk.tested, a, live), mapping.signature(walk.tested, b, live)
  walk.calls = walk.calls + 2 * DRAWS
  if not x or not y then return nil end
  walk.tails[axis] = walk.tails[axis] or {}
  walk.tails[axis][high - outside(base, axis)] = y.values > 1
  return are_equal(x, y)
end

-- The smallest size above low that differs from low, where high does.
local function bisect(walk, base, axis, low, high)
  while high - low > 1 do
    local middle = (low + high) // 2
    local same = is_same(walk, base, axis, low, middle)
    if same == nil then return high end
    if same then low = middle else high = middle end
  end
  return high
end

-- The sizes on an axis at which another way begins.
local function thresholds(walk, base, axis)
  local list = {}
  local least = (axis == "height" or axis == "width") and base.kernel or 1
  for v = least + 1, DENSE do
    if is_same(walk, base, axis, v - 1, v) == false then list[#list + 1] = v end
  end
  local v = DENSE
  while v < MOST[axis] do
    local high = math.min(v * 2, MOST[axis])
    local same = is_same(walk, base, axis, v, high)
    if same == nil then break end
    v = same and high or bisect(walk, base, axis, v, high)
    if not same then list[#list + 1] = v end
  end
  return list
end

-- The number p of which every multiple has no tail and every other size has one; nil if there is none.
local function period(tails)
  for _, p in ipairs {2, 4, 8, 16} do
    local good, some = true, 0
    for size, has in pairs(tails or {}) do
      if size >= p then
        good = good and has == (size % p ~= 0)
        some = some + 1
      end
    end
    if good and some >= 4 then return p end
  end
end

-- Thresholds of one axis that are not there where another axis is at one of its own.
local function hidden_pairs(walk, base, found)
  local list = {}
  for _, a in ipairs(mapping.axes) do
    for _, b in ipairs(mapping.axes) do
      for _, ta in ipairs(a ~= b and found[a] or {}) do
        for _, tb in ipairs(found[b]) do
          local same = is_same(walk, with(base, b, tb), a, ta - 1, ta)
          if same then list[#list + 1] = {axis = a, at = ta, other = b, from = tb} end
        end
      end
    end
  end
  return list
end

--- Walks every axis from a base {images =, in_channels =, out_channels =, height =, width =, kernel =, dtype =}:
--- {base =, thresholds = {[axis] = sizes}, periods = {[axis] = number}, pairs = {{axis =, at =, other =, from =}}, calls =}.
--- A threshold of a pair vanishes where the other axis has that size.
function mapping.walk(tested, base, expired)
  local walk = {tested = tested, base = base, expired = expired, calls = 0, tails = {}}
  local found = {base = base, thresholds = {}, periods = {}}
  for _, axis in ipairs(mapping.axes) do
    found.thresholds[axis] = thresholds(walk, base, axis)
    found.periods[axis] = period(walk.tails[axis])
  end
  found.pairs = hidden_pairs(walk, base, found.thresholds)
  found.calls, found.ended = walk.calls, expired()
  return found
end

-- ---- the case file

-- t - 1, t and t + 1 of all thresholds of an axis in all walks, and the base's own.
local function sizes_near(walks, axis)
  local set, list = {}, {}
  for _, w in ipairs(walks) do
    set[w.base[axis]] = true
    for _, t in ipairs(w.thresholds[axis]) do
      for v = t - 1, t + 1 do if v > 0 then set[v] = true end end
    end
    local p = w.periods[axis]
    if p then for v = 2 * p - 1, 2 * p + 1 do set[v + outside(w.base, axis)] = true end end
  end
  for v in pairs(set) do list[#list + 1] = v end
  table.sort(list)
  return list
end

--- A case file whose sweep has every pair of the sizes around the thresholds.
function mapping.yaml(walks, name)
  local near, kernels, seen, sizes = {}, {}, {}, {}
  for _, axis in ipairs(mapping.axes) do near[axis] = sizes_near(walks, axis) end
  for _, w in ipairs(walks) do
    if not seen[w.base.kernel] then kernels[#kernels + 1] = w.base.kernel end
    seen[w.base.kernel] = true
  end
  for _, h in ipairs(near.height) do
    for _, w in ipairs(near.width) do sizes[#sizes + 1] = ("[%d, %d]"):format(h, w) end
  end
  local function join(list) return table.concat(list, ", ") end
  local channels = {}
  for i, v in ipairs(near.in_channels) do channels[i] = ("{name: of-%d, in_channels: %d}"):format(v, v) end
  return ([[
about: "Around the sizes at which %s sums in another way: each pair of them (conv2d-cts map)."
clauses: [FWD-1]
base: {input: [1, 1, 5, 5], out_channels: 1, kernel_size: 1}
sweep:
  axes:
    batch: [%s]
    channels: [%s]
    out_channels: [%s]
    size: [%s]
    kernel_size: [%s]
  strength: 2
  budget: 200000000
]]):format(name, join(near.images), join(channels), join(near.out_channels), join(sizes), join(kernels))
end

return mapping
