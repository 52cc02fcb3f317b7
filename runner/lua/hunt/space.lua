-- space.lua: the calls that a hunt tries. A point is a table of sizes and words, of which a case is made. It is drawn, or
-- made of another by changing a few of its values, and then cut down to a number of products.

local quantities = require "hunt.quantities"
local sizes = require "hunt.sizes"

local space = {}

local MOST = {images = 64, inside = 2048, outside = 2048, groups = 1024, height = 1024, width = 1024}
local EXTENTS = {"images", "inside", "outside", "groups", "height", "width"}
local ELEMENTS = 4e6 -- of a tensor, at most

-- Height and width of a kernel, by how often they are met.
local kernels = {
  {24, function() return {1, 1} end},
  {34, function() return {3, 3} end},
  {8, function() return {5, 5} end},
  {6, function() return {7, 7} end},
  {4, function() return {2, 2} end},
  {6, function(r) return {1, r:integer(2, 9)} end},
  {6, function(r) return {r:integer(2, 9), 1} end},
  {6, function(r) return {r:integer(1, 6), r:integer(1, 6)} end},
  {4, function(r) return r:pick {{4, 4}, {8, 8}, {14, 14}, {16, 16}} end},
  {2, function(r) local k = r:integer(8, 31) return {k, k} end},
  {0.3, function(r) return r:pick {{182, 182}, {255, 1}, {256, 1}, {1, 256}, {257, 1}} end},
}

local covering, output = quantities.covering, quantities.output

local function square(v) return {v, v} end

-- What a subject may refuse, and how a point does without it.
local features = {
  {"strides", function(p) return p.stride[1] * p.stride[2] > 1 end, function(p) p.stride = square(1) end},
  {"dilation", function(p) return p.dilation[1] * p.dilation[2] > 1 end, function(p) p.dilation = square(1) end},
  {"groups", function(p) return p.groups > 1 end, function(p)
    p.inside, p.outside, p.groups = p.groups * p.inside, p.groups * p.outside, 1
  end},
  {"padding same", function(p) return p.padding == "same" end, function(p) p.padding = square(0) end},
  {"padding valid", function(p) return p.padding == "valid" end, function(p) p.padding = square(0) end},
  {"padding", function(p) return type(p.padding) == "table" and p.padding[1] + p.padding[2] > 0 end, function(p)
    p.padding = square(0)
  end},
  {"bias", function(p) return p.bias end, function(p) p.bias = false end},
  {"no bias", function(p) return not p.bias end, function(p) p.bias = true end},
  {"no batch", function(p) return p.unbatched end, function(p) p.unbatched = false end},
  {"kernels above 1x1", function(p) return p.kernel[1] * p.kernel[2] > 1 end, function(p)
    p.kernel, p.dilation = square(1), square(1)
  end},
  {"oblong kernels", function(p) return p.kernel[1] ~= p.kernel[2] end, function(p) p.kernel = square(p.kernel[2]) end},
  {"oblong padding", function(p) return type(p.padding) == "table" and p.padding[1] ~= p.padding[2] end, function(p)
    p.padding = square(p.padding[2])
  end},
}

local words = {
  dtype = {{60, "float32"}, {10, "float16"}, {10, "bfloat16"}, {8, "float64"}, {2, "int8"}, {2, "uint8"}, {1, "int16"},
    {1, "int32"}, {1, "int64"}, {2, "complex64"}, {1, "complex128"}},
  direction = {{7, "forward"}, {3, "backward"}},
  layout = {{70, "nchw"}, {14, "nhwc"}, {4, "gaps"}, {3, "slice"}, {3, "nhwc-slice"}, {2, "odd"}, {2, "mixed"}, {2, "crossed"}},
  padding_mode = {{85, "zeros"}, {5, "reflect"}, {5, "replicate"}, {5, "circular"}},
  data = {{70, "integers"}, {18, "uniform"}, {12, "normal"}},
}

local word_names = {"dtype", "direction", "layout", "padding_mode", "data"}
local plain = {dtype = "float32", direction = "forward", layout = "nchw", padding_mode = "zeros", data = "integers"}

-- ---- what the subject refuses

local ENOUGH = 25 -- refusals without an answer

--- What is to be noted of an answer to a point, or of its refusal. offers: {[name] = {taken =, refused =}}.
function space.account(p, offers, taken)
  local key = taken and "taken" or "refused"
  local function note(name)
    offers[name] = offers[name] or {taken = 0, refused = 0}
    offers[name][key] = offers[name][key] + 1
  end
  for _, name in ipairs(word_names) do note(p[name]) end
  for _, f in ipairs(features) do if f[2](p) then note(f[1]) end end
end

local function is_refused(offers, name)
  local seen = offers[name]
  return seen and seen.taken == 0 and seen.refused >= ENOUGH
end

-- Takes out of a point what has been refused whenever it was tried; now and then it is tried again.
local function leave_out_refused(p, r, offers)
  if r:chance(0.02) then return end
  for _, name in ipairs(word_names) do
    if is_refused(offers, p[name]) then p[name] = plain[name] end
  end
  for _, f in ipairs(features) do
    if is_refused(offers, f[1]) and f[2](p) then f[3](p) end
  end
end

-- ---- drawing

local function draw_kernel(p, r)
  p.kernel = r:choose(kernels)(r)
  local patches = p.kernel[1] > 1 and r:chance(0.08)
  p.stride = patches and p.kernel or r:choose {{66, square(1)}, {20, square(2)}, {6, {1, 2}}, {4, {2, 1}}, {2, square(3)},
    {2, {r:integer(1, 5), r:integer(1, 5)}}}
  p.dilation = r:choose {{80, square(1)}, {11, square(2)}, {3, {1, 2}}, {3, {2, 1}}, {3, {r:integer(1, 6), r:integer(1, 6)}}}
end

local function draw_padding(p, r)
  local k = p.kernel
  p.padding = r:choose {
    {30, square(0)}, {40, {p.dilation[1] * (k[1] - 1) // 2, p.dilation[2] * (k[2] - 1) // 2}}, {6, "same"}, {3, "valid"},
    {10, {(k[1] - 1) // 2, (k[2] - 1) // 2}}, -- dilation forgotten
    {10, {r:integer(0, k[1]), r:integer(0, k[2])}}, {5, {r:integer(0, 3), r:integer(0, 3)}}, {3, {k[1] + 1, k[2]}},
  }
  if p.padding == "same" then p.stride = square(1) end
end

local function draw_channels(p, r, learnt)
  local kind = r:choose {{64, "dense"}, {18, "depthwise"}, {4, "multiplier"}, {14, "grouped"}}
  p.groups, p.inside, p.outside = 1, 1, 1
  if kind ~= "dense" then
    p.groups = kind == "grouped" and r:choose {{3, 2}, {2, 4}, {1, 3}, {1, 8}, {1, 32}} or sizes.draw(r, MOST.groups, learnt)
  end
  if kind == "multiplier" then p.outside = r:integer(2, 4) end
  if kind == "dense" or kind == "grouped" then
    p.inside, p.outside = sizes.draw(r, MOST.inside, learnt), sizes.draw(r, MOST.outside, learnt)
    if r:chance(0.15) then p.outside = p.inside end
  end
end

local function draw_extents(p, r, learnt)
  p.images = r:choose {{60, 1}, {10, 2}, {4, 3}, {26, sizes.draw(r, MOST.images, learnt)}}
  for axis, name in ipairs {"height", "width"} do
    local v = sizes.draw(r, MOST[name], learnt)
    p[name] = r:chance(0.6) and covering(p, axis, v) or v
  end
  if r:chance(0.35) then p.height = covering(p, 1, p.width) end
end

--- A point of the space. learnt: sizes at which something is known to change; offers: see space.account.
function space.draw(r, learnt, offers)
  local p = {bias = r:chance(0.5), unbatched = r:chance(0.02)}
  for _, name in ipairs(word_names) do p[name] = r:choose(words[name]) end
  draw_kernel(p, r)
  draw_padding(p, r)
  draw_channels(p, r, learnt)
  draw_extents(p, r, learnt)
  if r:chance(0.015) then
    local name = r:pick {"images", "outside", "inside", "height", "width"}
    p[name] = sizes.limit(r)
    p.long = name
  end
  leave_out_refused(p, r, offers)
  return p
end

-- ---- changing

local function copy(v)
  if type(v) ~= "table" then return v end
  local list = {}
  for key, value in pairs(v) do list[key] = copy(value) end
  return list
end

local changes = {
  {60, function(p, r, learnt)
    local name = r:pick(EXTENTS)
    p[name] = sizes.move(r, p[name], MOST[name], learnt)
    p.changed[name] = true
  end},
  {12, function(p, r) draw_kernel(p, r) draw_padding(p, r) end},
  {10, function(p, r) draw_padding(p, r) end},
  {10, function(p, r, learnt) draw_channels(p, r, learnt) end},
  {8, function(p, r)
    p.stride = r:pick {square(1), square(2), {1, 2}, {2, 1}, square(3)}
    if p.padding == "same" then p.padding = square(0) end
  end},
  {5, function(p, r) p.dilation = r:pick {square(1), square(2), {1, 2}, {2, 1}, square(3)} end},
  {15, function(p, r)
    local name = r:pick(word_names)
    p[name] = r:choose(words[name])
  end},
  {4, function(p) p.bias = not p.bias end},
}

--- A point near another one; `other` lends it some of its values.
function space.change(p, other, r, learnt, offers)
  local new = copy(p)
  new.long, new.meets, new.changed = nil, nil, {}
  if r:chance(0.2) then
    for _, name in ipairs(EXTENTS) do
      if r:chance(0.3) then new[name] = other[name] end
    end
  end
  for _ = 1, r:choose {{5, 1}, {3, 2}, {2, 3}} do r:choose(changes)(new, r, learnt) end
  leave_out_refused(new, r, offers)
  return new
end

local OFF = {0, 0, 1, 1, -1} -- compilers make n > 31 of n >= 32

--- A point in which a size that is `number` has the value `constant`, with which the subject compared that number, or one
--- beside it; nil if none of the sizes is this number. What was met before is held, too, when sizes are cut.
function space.meet(p, number, constant, r)
  local new = copy(p)
  new.long, new.changed, new.met = nil, {}, new.met or {}
  if not quantities.set(new, number, constant > 0 and constant + r:pick(OFF) or 0, r) then return nil end
  for _, name in ipairs(EXTENTS) do new.met[name] = new.met[name] or new[name] ~= p[name] or nil end
  new.changed, new.meets = copy(new.met), true
  return new
end

-- ---- cutting down, and making the case

local function pixels(p) return math.max(1, output(p, 1)) * math.max(1, output(p, 2)) end

local GATHERED = 64 -- products of an input's gradient that cost as much as one of the output

--- The products of a point. Backward each element of the input counts with all taps, as the right answer is computed: with a
-- large kernel and a small output these are far more.
function space.products(p)
  local taps = p.images * p.groups * p.outside * p.inside * p.kernel[1] * p.kernel[2]
  if p.direction == "forward" then return taps * pixels(p) end
  return taps * math.max(pixels(p), p.height * p.width // GATHERED)
end

local function elements(p)
  local input = p.images * p.groups * p.inside * p.height * p.width
  local result = p.images * p.groups * p.outside * pixels(p)
  return math.max(input, result, p.groups * p.outside * p.inside * p.kernel[1] * p.kernel[2])
end

-- Makes the kernel fit into the input, and padding that a mode does not allow smaller.
local function mend(p)
  for axis, name in ipairs {"height", "width"} do
    if output(p, axis) < 1 then p[name] = covering(p, axis, 1) end
    local most = p.padding_mode == "reflect" and p[name] - 1 or p.padding_mode == "circular" and p[name]
    if most and type(p.padding) == "table" then
      p.padding = copy(p.padding)
      p.padding[axis] = math.min(p.padding[axis], most)
    end
    if output(p, axis) < 1 then p[name] = covering(p, axis, 1) end
  end
end

local function is_within(p, budget) return space.products(p) <= budget and elements(p) <= ELEMENTS end

-- Cuts sizes that were not changed, one after the other, so that a point that was changed is like the other in most.
local function cut_some(p, r, budget)
  local first, step = r:integer(1, #EXTENTS), r:pick {1, 5}
  for i = 0, #EXTENTS - 1 do
    local name = EXTENTS[(first + i * step) % #EXTENTS + 1]
    while not p.changed[name] and p[name] > 1 and not is_within(p, budget) do
      p[name] = p[name] // 2
      local before = p[name]
      mend(p)
      if p[name] > before then break end
    end
  end
end

--- Cuts sizes until a point has at most so many products. One or two sizes stay, so that each can be large where the
--- others are small.
function space.fit(p, r, budget)
  mend(p)
  if p.changed then cut_some(p, r, budget) end
  local kept = p.meets and p.changed or {[p.long or r:pick(EXTENTS)] = true}
  if not p.meets and not p.long and r:chance(0.6) then kept[r:pick(EXTENTS)] = true end
  for _ = 1, 60 do
    if is_within(p, budget) then return end
    local name = r:pick(EXTENTS)
    if not kept[name] and p[name] > 1 then
      p[name] = r:integer(1, p[name] // 2 > 0 and p[name] // 2 or 1)
      mend(p)
    elseif r:chance(0.02) then
      kept = {}
    end
  end
end

--- The case of a point with the data of a seed; nil if it is not a valid call, or still too large.
function space.case(p, seed, budget)
  if space.products(p) > 4 * budget or elements(p) > 2 * ELEMENTS then return nil end
  local channels = p.groups * p.inside
  local input = p.unbatched and {channels, p.height, p.width} or {p.images, channels, p.height, p.width}
  local made, c = pcall(case.new, {input = input, out_channels = p.groups * p.outside, kernel_size = p.kernel,
    stride = p.stride, dilation = p.dilation, padding = p.padding, padding_mode = p.padding_mode, groups = p.groups,
    bias = p.bias, dtype = p.dtype, direction = p.direction, layout = p.layout, data = p.data, seed = seed})
  if not made or c:expect().status ~= "ok" then return nil end
  return c
end

--- The point of a case; nil if it is none that a hunt tries.
function space.point(c)
  local unbatched = #c.input == 3
  if c.direction ~= "forward" and c.direction ~= "backward" or c.groups < 1 or c:expect().status ~= "ok" then return nil end
  local h = #c.input - 1
  return {images = unbatched and 1 or c.input[1], groups = c.groups, inside = c.in_channels // c.groups,
    outside = c.out_channels // c.groups, height = c.input[h], width = c.input[h + 1], kernel = c.kernel_size, stride = c.stride,
    dilation = c.dilation, padding = c.padding, padding_mode = c.padding_mode, bias = c.bias, dtype = c.dtype,
    direction = c.direction, layout = c.layout, data = c.data:match "^%w+", unbatched = unbatched}
end

return space
