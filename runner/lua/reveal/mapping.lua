-- mapping.lua: where an implementation switches to another way of summing, as the parameters of a call grow (ways.lua says
-- how ways are told apart). From some shapes, each axis is walked: small sizes one by one, larger ones by doubling and
-- bisection, and then all that were left out.

local runs = require "reveal.runs"
local ways = require "reveal.ways"

local mapping = {}

mapping.axes = {"images", "in_channels", "out_channels", "groups", "height", "width", "kernel_size", "stride", "padding",
  "dilation"}

local DENSE = 17 -- each size up to here is tried at first; beyond, doubles, and what lies between where they differ
local MOST = {images = 32, in_channels = 512, out_channels = 512, groups = 64, height = 128, width = 128, kernel_size = 13,
  stride = 8, padding = 8, dilation = 8}
local BUDGET = 3e7 -- products in a call
local ELEMENTS = 2e5
local MOST_SWITCHES = 8  -- of an axis that are tried together with those of another
local MOST_PAIRS = 400   -- of channels, in a case file
local MOST_VALUES = 64   -- of an axis of a sweep

--- Shapes to walk from: few and more channels, kernels with and without neighbours, groups, and channels on their own.
function mapping.bases(dtype)
  local list = {}
  local function add(kernel, inside, outside, groups)
    list[#list + 1] = {images = 1, in_channels = inside, out_channels = outside, groups = groups, height = 12, width = 12,
      kernel_size = kernel, stride = 1, padding = kernel // 2, dilation = 1, dtype = dtype}
  end
  add(1, 3, 8, 1)
  add(1, 32, 32, 1)
  add(3, 3, 8, 1)
  add(3, 32, 32, 1)
  add(3, 8, 8, 4)
  add(3, 1, 1, 32)
  return list
end

--- A base in words.
function mapping.describe(b)
  local grouped = b.groups > 1 and ("%d groups of "):format(b.groups) or ""
  return ("%dx%d kernel, from %d images of %dx%d and %s%d channels to %d"):format(b.kernel_size, b.kernel_size, b.images,
    b.height, b.width, grouped, b.in_channels, b.out_channels)
end

-- Whether a shape is a call that is not too large, and an element of its output has all products of its kernel: one that
-- has fewer beside padding may be summed in another order for that alone.
local function is_possible(s)
  local rows, columns = ways.output_size(s)
  local reach = s.dilation * (s.kernel_size - 1) + 1
  if not rows or s.height < reach or s.width < reach then return false end
  local outside, inside = s.out_channels * s.groups, s.in_channels * s.groups
  local elements = s.images * outside * rows * columns
  return elements <= ELEMENTS and s.images * inside * s.height * s.width <= ELEMENTS
    and elements * s.in_channels * s.kernel_size ^ 2 <= BUDGET
end

--- A copy of a shape with another size on an axis.
function mapping.with(s, axis, v)
  local copy = {}
  for key, value in pairs(s) do copy[key] = value end
  copy[axis] = v
  return copy
end
local with = mapping.with

--- The smallest and the largest size that a walk along an axis tries: from the smallest valid call on, the calls that are
--- not too large.
function mapping.range(base, axis)
  local v = axis == "padding" and 0 or 1
  while v < MOST[axis] and not is_possible(with(base, axis, v)) do v = v + 1 end
  local first = v
  while v < MOST[axis] and is_possible(with(base, axis, v + 1)) do v = v + 1 end
  return first, v
end

--- From now on no walk tries larger sizes.
function mapping.limit(most)
  for axis, v in pairs(MOST) do MOST[axis] = math.min(v, most) end
end

-- ---- comparing two shapes

-- A walk: {tested =, base =, expired =, axes =, calls =, ways = {[text] = the way of a shape}, changes = {[axis] = {[size] =
-- features that differ from the size before}}, tried = {[axis] = {[size] = true where it was compared with the size before}},
-- tails = {[axis] = {[size of the output] = whether elements differ}}}.

local function way_of(walk, s, live, axis)
  local parts = {axis, ways.name_of(live)}
  for i, name in ipairs(mapping.axes) do parts[i + 2] = s[name] end
  local key = table.concat(parts, " ")
  if not walk.ways[key] then
    walk.ways[key] = ways.of(walk.tested, s, live, axis)
    walk.calls = walk.calls + walk.ways[key].calls
  end
  return walk.ways[key]
end

local function note_tails(walk, axis, s, way)
  if way.tail == nil then return end
  local rows, columns = ways.output_size(s)
  walk.tails[axis] = walk.tails[axis] or {}
  walk.tails[axis][axis == "height" and rows or axis == "width" and columns or s[axis]] = way.tail
end

-- The features in which two sizes on an axis differ, none if they are summed alike; nil if that can't be told.
local function differences(walk, base, axis, low, high)
  local a, b = with(base, axis, low), with(base, axis, high)
  if walk.expired() or not is_possible(a) or not is_possible(b) then return nil end
  local live = ways.common(a, b)
  if not live then return nil end
  local x, y = way_of(walk, a, live, axis), way_of(walk, b, live, axis)
  note_tails(walk, axis, b, y)
  return ways.differences(x, y)
end

-- Compares a size with the one before. false if there is no time.
local function compare(walk, axis, v)
  if walk.tried[axis][v] then return true end
  local list = differences(walk, walk.base, axis, v - 1, v)
  if not list and walk.expired() then return false end
  walk.tried[axis][v] = true
  walk.changes[axis][v] = list and #list > 0 and list or nil
  return true
end

-- ---- an axis

-- The size at which a difference between two sizes begins.
local function bisect(walk, axis, low, high)
  while high - low > 1 do
    local middle = (low + high) // 2
    local list = differences(walk, walk.base, axis, low, middle)
    if not list then return end
    if #list == 0 then low = middle else high = middle end
  end
  compare(walk, axis, high)
end

--- Small sizes one by one, larger ones by doubling; one switch is sought between two of these.
function mapping.scout(walk)
  for _, axis in ipairs(walk.axes) do
    local first, last = mapping.range(walk.base, axis)
    for v = first + 1, math.min(DENSE, last) do
      if not compare(walk, axis, v) then return end
    end
    local v = math.max(first, DENSE)
    while v < last do
      local high = math.min(v * 2, last)
      local list = differences(walk, walk.base, axis, v, high)
      if not list and walk.expired() then return end
      if list and #list > 0 then bisect(walk, axis, v, high) end
      v = high
    end
  end
end

--- All sizes that were left out.
function mapping.fill(walk)
  for _, axis in ipairs(walk.axes) do
    local first, last = mapping.range(walk.base, axis)
    for v = first + 1, last do
      if not compare(walk, axis, v) then return end
    end
    walk.ways = {} -- other axes have other shapes
  end
end

--- The sizes on an axis at which another way begins, ascending.
function mapping.thresholds(walk, axis)
  local list = {}
  for v in pairs(walk.changes[axis] or {}) do list[#list + 1] = v end
  table.sort(list)
  return list
end

-- The number p of which every multiple has no tail and every other size has one; nil if there is none. A tail of at most
-- `hidden` elements may not show: those at a border lack products.
local function period(tails, hidden)
  for _, p in ipairs {2, 4, 8, 16, 32} do
    local good, some, with_tail = true, 0, 0
    for size, has in pairs(tails or {}) do
      if size >= p + 2 * hidden then
        good = good and not (has and size % p == 0) and (has or size % p <= hidden)
        some = some + 1
        with_tail = with_tail + (has and 1 or 0)
      end
    end
    if good and some >= 4 and with_tail >= 2 then return p end
  end
end

-- ---- pairs of axes

-- Switches of an axis, the first and last of a run, in any of the walks.
local function switches_of(walks, axis)
  local set, list = {}, {}
  for _, w in ipairs(walks) do
    for i, v in ipairs(runs.ends(mapping.thresholds(w, axis))) do
      if not set[v] and i <= MOST_SWITCHES then list[#list + 1] = v end
      set[v] = true
    end
  end
  table.sort(list)
  return list
end

-- Whether an axis has a switch at ta where another axis is at tb; nil if that can't be told.
local function has_switch(walk, a, ta, b, tb)
  local key = ("%s %d %s %d"):format(a, ta, b, tb)
  if walk.paired[key] == nil then
    local list = differences(walk, with(walk.base, b, tb), a, ta - 1, ta)
    if not list then return nil end
    walk.paired[key] = #list > 0
  end
  return walk.paired[key]
end

-- The switches of an axis that hang on another axis, where that is at a switch.
local function pair_axes(walk, walks, a, b)
  for _, ta in ipairs(switches_of(walks, a)) do
    local own, where = walk.changes[a][ta] ~= nil, {}
    for _, tb in ipairs(switches_of({walk}, b)) do
      local there = has_switch(walk, a, ta, b, tb)
      if there ~= nil and there ~= own then where[#where + 1] = tb end
    end
    if #where > 0 then walk.pairs[#walk.pairs + 1] = {axis = a, at = ta, other = b, from = where, vanishes = own} end
  end
end

--- Notes which switches of an axis are not there, or are there only, where another axis is at a switch of its own. walks:
--- whose switches are tried.
function mapping.pair(walk, walks)
  walk.pairs = {}
  for _, a in ipairs(walk.axes) do
    for _, b in ipairs(walk.axes) do
      if a ~= b then pair_axes(walk, walks, a, b) end
    end
    walk.ways = {}
  end
end

-- ---- a walk

--- A walk that has not begun, from a base; axes: all, if absent.
function mapping.new(tested, base, expired, axes)
  local walk = {tested = tested, base = base, expired = expired, axes = axes or mapping.axes, calls = 0, ways = {},
    changes = {}, tried = {}, tails = {}, pairs = {}, paired = {}}
  for _, axis in ipairs(mapping.axes) do walk.changes[axis], walk.tried[axis] = {}, {} end
  return walk
end

--- The number of which an axis of the output has to be a multiple lest it has a tail; nil if there is none.
function mapping.period(walk, axis)
  return period(walk.tails[axis], (axis == "height" or axis == "width") and walk.base.padding or 0)
end

-- ---- the case file

-- t - 1, t and t + 1 of the ends of all runs on an axis of a walk, and the base's own size.
local function sizes_near(walk, axis)
  local set, list = {[walk.base[axis]] = true}, {}
  local first, last = mapping.range(walk.base, axis)
  local function add(t)
    for v = math.max(first, t - 1), math.min(last, t + 1) do set[v] = true end
  end
  for _, t in ipairs(runs.ends(mapping.thresholds(walk, axis))) do add(t) end
  local p = mapping.period(walk, axis)
  if p then
    local outside = (axis == "height" or axis == "width") and walk.base.kernel_size - 1 - 2 * walk.base.padding or 0
    add(2 * p + outside)
  end
  for v in pairs(set) do list[#list + 1] = v end
  table.sort(list)
  return list
end

local function name_of(number, axis, v) return ("from-%d-%s-%d"):format(number, axis:gsub("_", "-"), v) end

local function case_line(name, s)
  local k = ways.keys(s)
  return ("  - {name: %s, input: [%s], out_channels: %d, kernel_size: %d, stride: %d, padding: %d, dilation: %d, groups: %d}")
    :format(name, table.concat(k.input, ", "), k.out_channels, k.kernel_size, k.stride, k.padding, k.dilation, k.groups)
end

-- Pairs of channels near their switches, which are more than an axis of a sweep may have.
local function add_channel_pairs(lines, i, walk)
  local b, left = walk.base, MOST_PAIRS
  for _, inside in ipairs(sizes_near(walk, "in_channels")) do
    for _, outside in ipairs(sizes_near(walk, "out_channels")) do
      if inside ~= b.in_channels and outside ~= b.out_channels and left > 0 then
        left = left - 1
        lines[#lines + 1] = case_line(("from-%d-channels-%d-%d"):format(i, inside, outside),
          with(with(b, "in_channels", inside), "out_channels", outside))
      end
    end
  end
end

-- Each axis alone, near its switches.
local function single_cases(walks)
  local lines = {}
  for i, walk in ipairs(walks) do
    add_channel_pairs(lines, i, walk)
    for _, axis in ipairs(walk.axes) do
      for _, v in ipairs(sizes_near(walk, axis)) do
        if v ~= walk.base[axis] or axis == walk.axes[1] then
          lines[#lines + 1] = case_line(name_of(i, axis, v), with(walk.base, axis, v))
        end
      end
    end
  end
  return lines
end

-- Values of all walks, each once: add(v) takes one.
local function collected(walks, visit)
  local list, seen = {}, {}
  for _, walk in ipairs(walks) do
    visit(walk, function(v)
      if not seen[v] and #list < MOST_VALUES then list[#list + 1] = v end
      seen[v] = true
    end)
  end
  return "[" .. table.concat(list, ", ") .. "]"
end

-- Channels near their switches.
local function channels_of(walk, add)
  local b = walk.base
  for _, axis in ipairs {"groups", "in_channels", "out_channels"} do
    for _, v in ipairs(sizes_near(walk, axis)) do
      local s = with(b, axis, v)
      local inside, outside = s.in_channels * s.groups, s.out_channels * s.groups
      add(("{name: %d-%d-%d, in_channels: %d, out_channels: %d, groups: %d}"):format(inside, outside, s.groups, inside, outside,
        s.groups))
    end
  end
end

-- Rows and columns near their switches, and pairs of switches.
local function sizes_of(walk, add)
  local function entry(h, w) add(("[%d, %d]"):format(h, w)) end
  local b = walk.base
  for _, h in ipairs(sizes_near(walk, "height")) do entry(h, b.width) end
  for _, w in ipairs(sizes_near(walk, "width")) do entry(b.height, w) end
  for _, h in ipairs(runs.ends(mapping.thresholds(walk, "height"))) do
    for _, w in ipairs(runs.ends(mapping.thresholds(walk, "width"))) do entry(h, w) end
  end
end

local function near(axis)
  return function(walk, add)
    for _, v in ipairs(sizes_near(walk, axis)) do add(v) end
  end
end

--- A case file: each switch with the sizes around it, from the base where it was found; and in a sweep each pair of these.
function mapping.yaml(walks, name)
  local b = walks[1].base
  return ([[
about: "Around the sizes at which %s sums in another way: each of them, and each pair (conv2d-cts map)."
clauses: [FWD-1]
base: {input: [1, 1, 5, 5], out_channels: 1, kernel_size: 1%s}
cases:
%s
sweep:
  axes:
    batch: %s
    channels: %s
    size: %s
    kernel_size: %s
    stride: %s
    padding: %s
    dilation: %s
  strength: 2
  budget: 200000000
]]):format(name, b.dtype == "float32" and "" or ", dtype: " .. b.dtype, table.concat(single_cases(walks), "\n"),
    collected(walks, near "images"), collected(walks, channels_of), collected(walks, sizes_of),
    collected(walks, near "kernel_size"), collected(walks, near "stride"), collected(walks, near "padding"),
    collected(walks, near "dilation"))
end

return mapping
