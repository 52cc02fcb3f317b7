-- ways.lua: the way in which a shape is summed, as it can be told from outside: features that two shapes have in common if
-- one piece of code sums both. Elements of an output are made sums of the same products: an input has one number for each
-- channel of a group, and every fourth output channel has the same weights. So elements that differ in a bit were summed in
-- different ways, within one shape and between shapes. Products that only one of two shapes has are zero.
--
-- A shape: {images =, in_channels =, out_channels =, groups =, height =, width =, kernel_size =, stride =, padding =,
-- dilation =, dtype =}; channels are those of a group.

local ways = {}

local FILTERS = 4  -- of different weights
local KINDS = 8    -- of filters that are asked about special values
local SMALL = 2e4  -- elements of the operands of a call that costs next to nothing: more is asked

-- ---- geometry

local function extent_of_output(s, size)
  return (size + 2 * s.padding - s.dilation * (s.kernel_size - 1) - 1) // s.stride + 1
end

--- Rows and columns of the output; nil where the kernel does not fit.
function ways.output_size(s)
  local reach = s.dilation * (s.kernel_size - 1) + 1
  if s.height + 2 * s.padding < reach or s.width + 2 * s.padding < reach then return nil end
  return extent_of_output(s, s.height), extent_of_output(s, s.width)
end

-- The first and the last tap, on an axis of this size, that are no padding at output index i.
local function taps_at(s, size, i)
  local start = i * s.stride - s.padding
  local first = math.max(0, -(start // s.dilation))
  local last = math.min(s.kernel_size - 1, (size - 1 - start) // s.dilation)
  return first, last
end

-- Those of the output index at which most taps are no padding; nil if there is none.
local function most_taps(s, size)
  local best_first, best_last
  for i = 0, extent_of_output(s, size) - 1 do
    local first, last = taps_at(s, size, i)
    if first <= last and (not best_first or last - first > best_last - best_first) then best_first, best_last = first, last end
  end
  return best_first, best_last
end

-- The output indices at which these taps are all no padding, as the first and how many.
local function region(s, size, first, last)
  local from = math.max(0, -((first * s.dilation - s.padding) // s.stride))
  local to = math.min(extent_of_output(s, size) - 1, (size - 1 + s.padding - last * s.dilation) // s.stride)
  return from, math.max(0, to - from + 1)
end

-- Of many channels as many as other shapes have in common, too, so that what one of them is asked serves for several.
local function rounded_down(channels)
  local step = 1
  while channels >= step * 32 do step = step * 2 end
  return channels // (8 * step) > 1 and channels // (8 * step) * (8 * step) or channels
end

--- The products that two shapes have in common: {channels =, rows = {first, last}, columns =, whole = whether these are all
--- taps of both}; nil if there are none. Of many channels a few of the last are left out.
function ways.common(a, b)
  local k = a.kernel_size - 1
  local live = {channels = rounded_down(math.min(a.in_channels, b.in_channels)), whole = a.kernel_size == b.kernel_size}
  for name, axis in pairs {rows = "height", columns = "width"} do
    local first, last = most_taps(a, a[axis])
    local other_first, other_last = most_taps(b, b[axis])
    if not first or not other_first then return nil end
    live[name] = {math.max(first, other_first), math.min(last, other_last)}
    if live[name][1] > live[name][2] then return nil end
    live.whole = live.whole and live[name][1] == 0 and live[name][2] == k
  end
  return live
end

--- A text that differs between sets of products.
function ways.name_of(live)
  return ("%d %d-%d %d-%d %s"):format(live.channels, live.rows[1], live.rows[2], live.columns[1], live.columns[2], live.whole)
end

-- ---- numbers

-- A number of 53 bits between 0.5 and 2, or its negative, for each index.
local function number_of(seed, i)
  local h = (seed * 0x9E3779B97F4A7C15 + i * 0xBF58476D1CE4E5B9)
  h = (h ~ (h >> 31)) * 0x94D049BB133111EB
  h = h ~ (h >> 29)
  local v = 0.5 + (h & 0xFFFFFFFFFFFFF) / 0x10000000000000 * 1.5
  return (h >> 60) & 1 == 0 and v or -v
end

-- A quiet NaN that can be told from others.
local function nan_of(mark) return (string.unpack("<d", string.pack("<I8", 0x7ff8000000000000 | mark << 46))) end

local function bits(v) return (("%016x"):format(string.unpack("<I8", string.pack("<d", v)))) end

-- ---- operands

local function repeated(t, axis, n)
  local copies = {}
  for i = 1, (n + t.shape[axis] - 1) // t.shape[axis] do copies[i] = t end
  if #copies > 1 then t = tensor.cat(axis, copies) end
  return t.shape[axis] == n and t or t:slice(axis, 0, n)
end

local kept = {} -- weights, by seed and kernel

-- Weights of at least so many channels; which number stands where hangs on nothing else.
local function drawn_weights(seed, channels, kernel, dtype)
  local key = ("%d %d %s"):format(seed, kernel, dtype)
  if not kept[key] or kept[key].shape[2] < channels then
    local taps, most = kernel * kernel, math.max(64, channels * 2)
    kept[key] = tensor.new({FILTERS, most, kernel, kernel}, dtype, function(i)
      local leaf = (i - 1) % (most * taps)
      local channel, row, column = leaf // taps, leaf % taps // kernel, leaf % kernel
      return number_of(seed + 77 * ((i - 1) // (most * taps) + 1), (channel << 16) + (row << 8) + column)
    end)
  end
  return kept[key]
end

local inputs = {} -- the last of each sort

-- One number for each channel of a group, at each place. sort: what numbers these are.
local function input_of(s, channels, sort)
  local shape = ("%d %d %d %d %d %s"):format(s.images, s.in_channels, s.groups, s.height, s.width, s.dtype)
  local last = inputs[sort]
  if not last or last.shape ~= shape then
    local x = repeated(channels, 2, s.in_channels * s.groups)
    last = {shape = shape, input = repeated(repeated(repeated(x, 4, s.width), 3, s.height), 1, s.images)}
    inputs[sort] = last
  end
  return last.input
end

local function drawn_channels(seed, s)
  return tensor.new({1, s.in_channels, 1, 1}, s.dtype, function(i) return number_of(seed, i) end)
end

-- Weights of which only those in common are not zero.
local function masked(w, s, live)
  local r, c, k = live.rows, live.columns, s.kernel_size
  w = w:slice(2, 0, live.channels):slice(3, r[1], r[2] - r[1] + 1):slice(4, c[1], c[2] - c[1] + 1)
  return w:pad(2, 0, s.in_channels - live.channels):pad(3, r[1], k - 1 - r[2]):pad(4, c[1], k - 1 - c[2])
end

-- Changes the last weight of each filter so that its sum cancels but for rounding, which is then all that is left.
local function cancel(w, bias, x, s, live)
  local columns = live.columns[2] - live.columns[1] + 1
  local leaves = live.channels * (live.rows[2] - live.rows[1] + 1) * columns
  if leaves < 2 then return end
  local per_filter = w.shape[2] * w.shape[3] * w.shape[4]
  local spread = repeated(repeated(x, 4, s.kernel_size), 3, s.kernel_size)
  local last = (live.channels - 1) * s.kernel_size ^ 2 + live.rows[2] * s.kernel_size + live.columns[2]
  for f = 0, FILTERS - 1 do
    local sum = w:slice(1, f, 1):dot(spread) + bias[f + 1]
    local at = math.tointeger(f * per_filter + last + 1)
    w[at] = w[at] - sum / x[live.channels]
  end
end

-- Operands whose sums are all rounding.
local function drawn(s, live, seed)
  local x = drawn_channels(seed, s)
  local w = masked(drawn_weights(seed, s.in_channels, s.kernel_size, s.dtype), s, live)
  local bias = tensor.new({FILTERS}, s.dtype, function(i) return number_of(seed + 7, i) end)
  cancel(w, bias, x, s, live)
  local outs = s.out_channels * s.groups
  return {input = input_of(s, x, seed), weight = repeated(w, 1, outs), bias = repeated(bias, 1, outs)}
end

-- ---- the order of additions

-- The element of a filter that has all the products in common, with the smallest indices.
local function first_element(got, s, live, filter)
  local row = region(s, s.height, live.rows[1], live.rows[2])
  local column = region(s, s.width, live.columns[1], live.columns[2])
  return got:at(0, filter, row, column)
end

local function filters_of(s, most) return math.min(most, s.out_channels * s.groups) end

-- Whether elements that are sums of the same products differ along an axis; nil where there is only one.
local function varies(got, s, live, axis)
  local row, rows = region(s, s.height, live.rows[1], live.rows[2])
  local column, columns = region(s, s.width, live.columns[1], live.columns[2])
  local ends = {images = s.images, out_channels = s.out_channels, height = rows, width = columns}
  local across = axis == "out_channels" -- of which every few have the same weights
  if not ends[axis] or ends[axis] <= (across and FILTERS or 1) then return nil end
  for f = 0, filters_of(s, FILTERS) - 1 do
    local want = got:at(0, f, row, column)
    for i = across and FILTERS or 1, across and ends[axis] - 1 - f or ends[axis] - 1, across and FILTERS or 1 do
      local v = got:at(axis == "images" and i or 0, across and f + i or f, row + (axis == "height" and i or 0),
        column + (axis == "width" and i or 0))
      if v ~= want then return true end
    end
  end
  return false
end

local function note_order(way, got, s, live, axis)
  local seen = {}
  for f = 0, filters_of(s, FILTERS) - 1 do seen[f + 1] = bits(first_element(got, s, live, f)) end
  way.order[#way.order + 1] = seen
  local tail = varies(got, s, live, axis)
  if tail ~= nil then way.tail = way.tail or tail end
end

-- ---- what becomes of special values

-- Weights and biases of the filters by which special values are asked about: a NaN in a corner of the kernel, the smallest
-- numbers, negative zeros, and sums in which several NaNs meet.
local function special_filters(s, live)
  local taps, k = s.kernel_size ^ 2, s.kernel_size
  local w = tensor.new({KINDS, s.in_channels, k, k}, s.dtype)
  local bias = tensor.new({KINDS}, s.dtype)
  local function put(kind, channel, row, column, v)
    w[math.tointeger((kind * s.in_channels + channel) * taps + row * k + column + 1)] = v
  end
  local function first(kind, v) put(kind, 0, live.rows[1], live.columns[1], v) end
  local function last(kind, v) put(kind, live.channels - 1, live.rows[2], live.columns[2], v) end
  put(0, 0, 0, 0, nan_of(1))
  put(1, 0, k - 1, k - 1, nan_of(1))
  first(2, s.dtype == "float64" and 2.0 ^ -1070 or s.dtype == "float16" and 2.0 ^ -23 or 2.0 ^ -132)
  for i = 1, #w // KINDS do w[#w // KINDS * 3 + i] = -0.0 end
  bias[4] = -0.0
  first(4, nan_of(1))
  last(4, nan_of(2))
  first(5, nan_of(1))
  bias[6] = nan_of(3)
  last(6, nan_of(2))
  bias[7] = nan_of(3)
  first(7, nan_of(1))
  last(7, nan_of(2))
  bias[8] = nan_of(3)
  return w, bias
end

-- One element of the output of a filter; nil where there is no such filter.
local function element(got, s, filter, row, column)
  if filter >= s.out_channels * s.groups then return nil end
  return got:at(0, filter, row, column)
end

-- What the output next to the border has, of a filter with a NaN in a corner of its kernel that is padding there.
local function note_padding(way, got, s)
  local rows, columns = ways.output_size(s)
  local k = s.kernel_size - 1
  for filter, tap in pairs {[0] = 0, [1] = k} do
    local row, row_count = region(s, s.height, tap, tap)
    local column, column_count = region(s, s.width, tap, tap)
    local beyond_row = filter == 0 and row - 1 or row + row_count
    local beyond_column = filter == 0 and column - 1 or column + column_count
    local has_row, has_column = beyond_row >= 0 and beyond_row < rows, beyond_column >= 0 and beyond_column < columns
    local places = {
      {has_row and column_count > 0, beyond_row, column}, {has_column and row_count > 0, row, beyond_column},
      {has_row and has_column, beyond_row, beyond_column},
    }
    for i, place in ipairs(places) do
      local v = place[1] and element(got, s, filter, place[2], place[3])
      if v then way.padding[filter * 3 + i] = v ~= v and "times NaN" or "left out" end
    end
  end
end

local function note_special(way, got, s, live)
  note_padding(way, got, s)
  local names = {[2] = "small", [3] = "zero", [4] = "nan", [5] = "nan", [6] = "nan", [7] = "nan"}
  for kind, name in pairs(names) do
    if kind < filters_of(s, KINDS) then way[name][kind] = bits(first_element(got, s, live, kind)) end
  end
end

-- Likewise where the first channel of the input is NaN.
local function note_input(way, got, s, live)
  for kind = 0, filters_of(s, KINDS) - 1 do way.nan[KINDS + kind] = bits(first_element(got, s, live, kind)) end
end

-- ---- the way of a shape

--- The keys of a case of this shape.
function ways.keys(s)
  return {input = {s.images, s.in_channels * s.groups, s.height, s.width}, out_channels = s.out_channels * s.groups,
    kernel_size = s.kernel_size, stride = s.stride, padding = s.padding, dilation = s.dilation, groups = s.groups,
    dtype = s.dtype}
end

local function is_small(s)
  local inside, outside = s.in_channels * s.groups, s.out_channels * s.groups
  return s.images * inside * s.height * s.width + outside * s.in_channels * s.kernel_size ^ 2 <= SMALL
end

local function ask_special(way, ask, s, live)
  local w, bias = special_filters(s, live)
  local outs = s.out_channels * s.groups
  local values = {weight = repeated(w, 1, outs), bias = repeated(bias, 1, outs)}
  values.input = input_of(s, tensor.new({1, s.in_channels, 1, 1}, s.dtype) + 1, "ones")
  local got = ask(values)
  if not got then return false end
  note_special(way, got, s, live)
  if not live.whole or not is_small(s) then return true end
  local channels = tensor.new({1, s.in_channels, 1, 1}, s.dtype) + 1
  channels[1] = nan_of(4)
  values.input = input_of(s, channels, "nan")
  got = ask(values)
  if not got then return false end
  note_input(way, got, s, live)
  return true
end

--- The way of a shape, asked with the products `live`: {order =, padding =, small =, zero =, nan = features, tail = whether
--- elements that should be alike differ along the axis, calls =}, or {refused = a verdict, calls =}.
function ways.of(tested, s, live, axis)
  local way = {order = {}, padding = {}, small = {}, zero = {}, nan = {}, calls = 0}
  local c, refused = case.new(ways.keys(s)), nil
  local function ask(values)
    way.calls = way.calls + 1
    local tensors, r = tested:ask(c, values)
    if not tensors.output then refused = r.verdict end
    return tensors.output
  end
  for seed = 1, is_small(s) and 2 or 1 do
    local got = ask(drawn(s, live, seed))
    if not got then return {refused = refused, calls = way.calls} end
    note_order(way, got, s, live, axis)
  end
  if not ask_special(way, ask, s, live) then return {refused = refused, calls = way.calls} end
  return way
end

-- Whether two lists of equal values differ where both have one.
local function differ(x, y)
  for key, v in pairs(x) do
    if type(v) == "table" then
      if differ(v, y[key] or {}) then return true end
    elseif y[key] ~= nil and y[key] ~= v then return true end
  end
  return false
end

--- What two ways may differ in.
ways.features = {"refused", "order", "padding", "small", "zero", "nan"}

--- The names of the features in which two ways differ: none if they are the same as far as can be told.
function ways.differences(x, y)
  if x.refused or y.refused then return x.refused == y.refused and {} or {"refused"} end
  local list = {}
  for _, name in ipairs(ways.features) do
    if x[name] and differ(x[name], y[name]) then list[#list + 1] = name end
  end
  return list
end

return ways
