-- sizes.lua: a case that fails only because it is large: which of its sizes passes which power of two, as where an index of
-- 16 or 32 bits overflows. Told only if the smallest failing sizes along several axes all pass it.

local patience = require "explain.patience"

local sizes = {}

local WIDTHS = {{2 ^ 7, "7 bits and a sign"}, {2 ^ 8, "8 bits"}, {2 ^ 15, "15 bits and a sign"}, {2 ^ 16, "16 bits"}, {2 ^ 24, "24 bits"},
  {2 ^ 31, "31 bits and a sign"}, {2 ^ 32, "32 bits"}}

local function product(list, from)
  local n = 1
  for i = from or 1, #list do n = n * list[i] end
  return n
end

-- {text, size} of what an index may run over.
local function quantities(c)
  local output, element = c:expect().output_shape, 1
  for _, d in ipairs(cts.dtypes()) do if d.name == c.dtype then element = d.bits // 8 end end
  local weights = c.out_channels * c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
  local input, rank = product(c.input), #c.input
  return {
    {"the input has", input, "elements"}, {"the output has", product(output), "elements"}, {"the weight has", weights, "elements"},
    {"the input has", input * element, "bytes"}, {"the output has", product(output) * element, "bytes"},
    {"the weight has", weights * element, "bytes"}, {"an image of the input has", product(c.input, rank - 2), "elements"},
    {"a channel of the input has", product(c.input, rank - 1), "elements"},
    {"a channel of the output has", product(output, rank - 1), "elements"},
    {"an image of the output has", product(output, rank - 2), "elements"},
    {"the unfolded input has", c.in_channels * c.kernel_size[1] * c.kernel_size[2] * product(output, rank - 1), "elements"},
    {"the input has", c.input[rank - 1], "rows"}, {"the input has", c.input[rank], "columns"},
    {"the input has", c.in_channels, "channels"}, {"the output has", c.out_channels, "channels"},
  }
end

-- The case with another extent along an axis of the input (0: other output channels); nil if it is not valid.
local function resized(c, axis, extent)
  local input, keys = {table.unpack(c.input)}, {}
  if axis == 0 then
    keys.out_channels = extent
  else
    input[axis] = extent
    keys.input = input
    if axis == #input - 2 then keys.in_channels = extent end
  end
  local good, new = patience.pcall(c.with, c, keys)
  return good and new:expect().status == "ok" and new or nil
end

local function extent_of(c, axis) return axis == 0 and c.out_channels or c.input[axis] end

-- The largest extent along an axis that passes and the next, which fails: two cases; nil if there is no such border.
local function border(tested, c, axis)
  local function fails(extent)
    local new = resized(c, axis, extent)
    return new and patience.step(tested.test, tested, new).class == "failed", new
  end
  local low, high = 0, extent_of(c, axis)
  if high < 2 or not fails(high) then return nil end
  while high - low > 1 do
    local middle = (low + high) // 2
    if fails(middle) then high = middle else low = middle end
  end
  local passing = resized(c, axis, low)
  if passing and tested:test(passing).class == "passed" then return passing, resized(c, axis, high) end
end

-- Calls each (passing case, failing case) at the borders of c and of cases that are twice as large along another axis.
local function borders(tested, c, each)
  local axes = {0}
  for axis = 1, #c.input do axes[#axes + 1] = axis end
  for _, axis in ipairs(axes) do
    each(border(tested, c, axis))
    local other = axis == #c.input and axis - 1 or #c.input
    local wider = resized(c, other, 2 * extent_of(c, other))
    if wider then each(border(tested, wider, axis)) end
  end
end

--- {kind = "explained", ...} if the borders between passing and failing sizes are those of one quantity; else nil.
function sizes.search(tested, c)
  if c.groups > 1 then return nil end
  local count, fit = 0, {}
  borders(tested, c, function(passing, failing)
    if not passing then return end
    count = count + 1
    local below, above = quantities(passing), quantities(failing)
    for i, q in ipairs(above) do
      for w, width in ipairs(WIDTHS) do
        local key = i .. " " .. w
        if below[i][2] <= width[1] and q[2] > width[1] then
          fit[key] = fit[key] or {count = 0, quantity = q, width = width, order = i * 100 + w}
          fit[key].count = fit[key].count + 1
        end
      end
    end
  end)
  local best
  for _, f in pairs(fit) do
    if f.count == count and count >= 3 and (not best or f.order < best.order) then best = f end
  end
  if not best then return nil end
  local text = ("an index had %s: right while %s at most %d %s, wrong from there on"):format(best.width[2], best.quantity[1],
    math.tointeger(best.width[1]), best.quantity[3])
  return {kind = "explained", mistakes = {{name = "index-overflow", text = text, place = true}}, agree = count, telling = count, unmade = 0,
          next = {agree = 0, of = 0}}
end

return sizes
