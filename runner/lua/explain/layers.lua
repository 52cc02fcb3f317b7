-- layers.lua: layers as networks have them, and others that are nothing like the case that failed. A condition that was found near that
-- case must foretell the answers to these, too.

local points = require "explain.points"

local layers = {}

local CHANNELS = {1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 24, 32, 33, 40, 48, 60, 64, 65, 96, 128, 129, 257}
local IN_GROUP = {1, 2, 3, 4, 5, 8, 16, 20, 32}
local SIDES = {1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 16, 17, 20, 28, 31, 33, 64, 129}
local BATCHES = {1, 1, 1, 2, 3, 4, 8, 17, 33}

-- {kernel, stride, padding, dilation} of rows and of columns; padding may be 'same'.
local KERNELS = {}
local function add(kernel, stride, padding, dilation)
  local function pair(v) return type(v) == "table" and v or {v, v} end
  KERNELS[#KERNELS + 1] = {kernel = pair(kernel), stride = pair(stride), padding = padding == "same" and padding or pair(padding),
    dilation = pair(dilation or 1)}
end
for _, k in ipairs {1, 3, 5, 7, 13} do add(k, 1, k // 2) end
for _, k in ipairs {1, 2, 3, 4, 6} do add(k, 1, 0) end
for _, k in ipairs {1, 3, 5, 7} do add(k, 2, k // 2) end
for _, k in ipairs {2, 3, 4, 8, 14, 16} do add(k, k, 0) end
for _, d in ipairs {2, 3, 6} do add(3, 1, d, d) end
for _, k in ipairs {1, 2, 3} do add(k, 1, "same") end
for _, k in ipairs {3, 7, 9, 16, 33} do
  add({1, k}, 1, {0, k // 2})
  add({k, 1}, 1, {k // 2, 0})
  add({1, k}, {1, 2}, 0)
  add({k, 1}, {2, 1}, 0)
end
add(1, 1, 1)
add(1, 2, 6)
add(1, 4, 0)
add(4, 2, 1)
add(11, 4, 2)
add(3, {1, 2}, 1)
add(3, {2, 1}, {1, 0})
add({3, 5}, 1, {1, 2})
add({2, 3}, 1, "same", {1, 2})
add(3, 3, 4)
add({3, 1}, 1, "same", {2, 1})

-- {word, what it is mostly}: in one order, so that a seed gives the same again.
local WORDS = {{"dtype", "float32"}, {"layout", "nchw"}, {"mode", "zeros"}}

local function set_channels(p, numbers)
  local kind = numbers:integer(1, 6)
  if kind <= 3 then
    p.groups, p.inside, p.outside = 1, numbers:pick(CHANNELS), numbers:pick(CHANNELS)
  elseif kind == 4 then
    p.groups, p.inside, p.outside = numbers:pick {2, 3, 4, 8}, numbers:pick(IN_GROUP), numbers:pick(IN_GROUP)
  else
    p.groups, p.inside, p.outside = numbers:pick(CHANNELS), 1, kind == 5 and 1 or numbers:pick {2, 3, 4, 8}
  end
end

local function set_kernel(p, numbers)
  local k = numbers:pick(KERNELS)
  p.kernel_rows, p.kernel_columns = k.kernel[1], k.kernel[2]
  p.row_stride, p.column_stride = k.stride[1], k.stride[2]
  p.row_dilation, p.column_dilation = k.dilation[1], k.dilation[2]
  local sizes = k.padding ~= "same" and k.padding or {0, 0}
  p.padding, p.row_padding, p.column_padding = k.padding == "same" and "same" or "sizes", sizes[1], sizes[2]
end

--- A point at random, of the direction and threads of another one, and often of its dtype, layout and padding_mode; it need not be valid.
function layers.draw(numbers, near)
  local p = {direction = near.direction, threads = near.threads}
  for _, word in ipairs(WORDS) do
    local name, kind = word[1], numbers:integer(1, 3)
    p[name] = kind == 1 and near[name] or kind == 2 and word[2] or numbers:pick(points.words[name])
  end
  set_channels(p, numbers)
  set_kernel(p, numbers)
  p.rows, p.columns = numbers:pick(SIDES), numbers:pick(SIDES)
  if numbers:integer(1, 2) == 1 then p.rows = p.columns end
  p.unbatched = numbers:integer(1, 10) == 1
  p.images = p.unbatched and 1 or numbers:pick(BATCHES)
  p.bias = numbers:integer(1, 2) == 1
  return p
end

return layers
