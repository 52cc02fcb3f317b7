-- conditions.lua: when a mistake is made: conditions that a fast path or a special branch may test.
-- {text, test}: "the padding were forgotten, *where there are groups*". What hardly any change of one size keeps has `vary` (point,
-- number), which changes a point so that it still holds, or `mend` (point), which makes it hold.

local points = require "explain.points"

local conditions = {}

local function add(text, test, change)
  change = change or {}
  conditions[#conditions + 1] = {text = text, test = test, vary = change.vary, mend = change.mend}
end

local function rank(c) return #c.input end
local function size(c, axis) return c.input[rank(c) - 2 + axis] end

-- Whether an axis has padding; before: above or at the left.
local function pads(c, axis, before)
  return points.padding(c, axis) > (before and 1 or 0)
end
local function padded(c) return pads(c, 1) or pads(c, 2) end

local function kernel_of(side)
  return function(p) p.kernel_rows, p.kernel_columns = side, side end
end

local function pad_columns_by_kernel(p)
  p.padding, p.column_padding = "sizes", math.max(p.column_padding, p.kernel_columns)
end

add("the kernel is 1x1", function(c) return c.kernel_size[1] == 1 and c.kernel_size[2] == 1 end,
  {mend = kernel_of(1)})
add("the kernel is square", function(c) return c.kernel_size[1] == c.kernel_size[2] end,
  {mend = function(p) p.kernel_rows = p.kernel_columns end})
add("the kernel has an even side", function(c) return c.kernel_size[1] % 2 == 0 or c.kernel_size[2] % 2 == 0 end)
add("there are groups", function(c) return c.groups > 1 end)
add("it is depthwise", function(c) return c.groups > 1 and c.groups == c.in_channels end,
  {mend = function(p) p.groups, p.inside = p.groups * p.inside, 1 end})
add("there are no groups", function(c) return c.groups == 1 end)
add("rows have a stride", function(c) return c.stride[1] > 1 end)
add("columns have a stride", function(c) return c.stride[2] > 1 end)
add("there is no stride", function(c) return c.stride[1] == 1 and c.stride[2] == 1 end)
add("rows are dilated", function(c) return c.dilation[1] > 1 end)
add("columns are dilated", function(c) return c.dilation[2] > 1 end)
add("there is a dilation", function(c) return c.dilation[1] > 1 or c.dilation[2] > 1 end)
add("there is a stride", function(c) return c.stride[1] > 1 or c.stride[2] > 1 end)
add("the input is unbatched", function(c) return rank(c) == 3 end)
add("the input is batched", function(c) return rank(c) == 4 end)
add("the batch holds more than one image", function(c) return rank(c) == 4 and c.input[1] > 1 end)
add("the batch holds more than two images", function(c) return rank(c) == 4 and c.input[1] > 2 end)
add("there is no bias", function(c) return not c.bias end)
add("there is a bias", function(c) return c.bias end)
add("there is one input channel", function(c) return c.in_channels == 1 end)
add("the kernel is 3x3", function(c) return c.kernel_size[1] == 3 and c.kernel_size[2] == 3 end,
  {mend = kernel_of(3)})
add("the kernel is 3x3, without stride, dilation and groups", function(c)
  return c.kernel_size[1] == 3 and c.kernel_size[2] == 3 and c.stride[1] == 1 and c.stride[2] == 1 and c.dilation[1] == 1
    and c.dilation[2] == 1 and c.groups == 1
end)
add("the kernel is not square", function(c) return c.kernel_size[1] ~= c.kernel_size[2] end)
add("the kernel is as large as the image", function(c) return c.kernel_size[1] == size(c, 1) and c.kernel_size[2] == size(c, 2) end,
  {mend = function(p) p.rows, p.columns = p.kernel_rows, p.kernel_columns end})
add("there is no dilation", function(c) return c.dilation[1] == 1 and c.dilation[2] == 1 end)
add("the strides of both axes differ", function(c) return c.stride[1] ~= c.stride[2] end)
add("the paddings of both axes differ", function(c) return type(c.padding) == "table" and c.padding[1] ~= c.padding[2] end)
add("the image is not square", function(c) return size(c, 1) ~= size(c, 2) end)
add("the image is square", function(c) return size(c, 1) == size(c, 2) end, {mend = function(p) p.rows = p.columns end})
-- Sizes from which a layout may be guessed.
local function channels_of(p) return p.groups * p.inside end
add("in_channels, height and width are equal", function(c) return c.in_channels == size(c, 1) and c.in_channels == size(c, 2) end,
  {mend = function(p) p.rows, p.columns = channels_of(p), channels_of(p) end})
add("in_channels is the input's width", function(c) return c.in_channels == size(c, 2) end,
  {mend = function(p) p.columns = channels_of(p) end})
add("in_channels is the input's height", function(c) return c.in_channels == size(c, 1) end,
  {mend = function(p) p.rows = channels_of(p) end})
add("in_channels is the batch size", function(c) return rank(c) == 4 and c.in_channels == c.input[1] end,
  {mend = function(p) p.images = channels_of(p) end})
add("in_channels is out_channels", function(c) return c.in_channels == c.out_channels end, {mend = function(p) p.outside = p.inside end})
add("the input has one column", function(c) return size(c, 2) == 1 end)
add("padding is 'same'", function(c) return c.padding == "same" end)
add("padding is not 'same'", function(c) return c.padding ~= "same" end)
add("there is padding", padded)
add("there is padding above or at the left", function(c) return pads(c, 1, true) or pads(c, 2, true) end)
add("there is no padding", function(c) return not padded(c) end)
add("the padding is as wide as the kernel", function(c)
  return type(c.padding) == "table" and (c.padding[1] >= c.kernel_size[1] or c.padding[2] >= c.kernel_size[2])
end, {mend = pad_columns_by_kernel})
-- What the stride leaves of an axis behind its last window.
local function rest(c, axis)
  return (size(c, axis) + points.padding(c, axis) - c.dilation[axis] * (c.kernel_size[axis] - 1) - 1) % c.stride[axis]
end
add("the stride leaves some rows over", function(c) return rest(c, 1) > 0 end)
add("the stride leaves some columns over", function(c) return rest(c, 2) > 0 end)
add("the stride of rows is larger than the kernel", function(c) return c.stride[1] > c.kernel_size[1] end)
add("the stride of columns is larger than the kernel", function(c) return c.stride[2] > c.kernel_size[2] end)
add("the stride of columns is the kernel's width", function(c) return c.stride[2] == c.kernel_size[2] end,
  {mend = function(p) p.column_stride = p.kernel_columns end})
add("the padding of columns is as wide as the kernel", function(c)
  return type(c.padding) == "table" and c.padding[2] >= c.kernel_size[2]
end, {mend = pad_columns_by_kernel})
for _, mode in ipairs(cts.padding_modes()) do
  add(("padding_mode is '%s'"):format(mode.name), function(c) return c.padding_mode == mode.name end)
end
add("padding_mode is not 'zeros'", function(c) return c.padding_mode ~= "zeros" end)
add("there is padding, and padding_mode is not 'zeros'", function(c)
  return c.padding_mode ~= "zeros" and (pads(c, 1, true) or pads(c, 2, true))
end)
-- The layouts in which the tensor's channels are the innermost axis; with one pixel they are in others, too.
local last_of = {
  input = {nhwc = true, mixed = true, ["nhwc-slice"] = true}, weight = {nhwc = true, crossed = true, ["nhwc-slice"] = true},
}
local compact = {nchw = true, odd = true, slice = true, reversed = true, mixed = true, crossed = true}
local function is_last(c, tensor)
  local channels, pixels = c.in_channels, size(c, 1) * size(c, 2)
  if tensor == "weight" then channels, pixels = c.in_channels // math.max(c.groups, 1), c.kernel_size[1] * c.kernel_size[2] end
  return channels > 1 and (last_of[tensor][c.layout] or pixels == 1 and compact[c.layout]) or false
end
-- With one channel or one column the strides are those of nchw.
local function is_nhwc(c, other) return (c.layout == "nhwc" or c.layout == other) and c.in_channels > 1 and size(c, 2) > 1 end
add("the layout is nhwc", function(c) return is_nhwc(c) end)
add("the input's layout is nhwc", function(c) return is_nhwc(c, "mixed") end)
add("the channels of the input are adjacent in memory", function(c) return is_last(c, "input") end)
add("the channels of the weight are adjacent in memory", function(c) return is_last(c, "weight") end)
add("the layout is nhwc or a slice of it", function(c) return c.layout:find "^nhwc" ~= nil and c.in_channels > 1 end)
add("the layout is nchw", function(c) return c.layout == "nchw" end)
add("the layout is not nchw", function(c) return c.layout ~= "nchw" end)
for _, layout in ipairs {"gaps", "reversed", "broadcast", "odd", "slice", "nhwc-slice", "mixed", "crossed"} do
  add("the layout is " .. layout, function(c) return c.layout == layout end)
end
for _, dtype in ipairs(cts.dtypes()) do
  local name = dtype.name
  if dtype.parts == 1 then add("the dtype is " .. name, function(c) return c.dtype == name end) end
end
add("the dtype is float16 or bfloat16", function(c) return c.dtype == "float16" or c.dtype == "bfloat16" end)
add("the dtype is a float", function(c) return c.dtype:find "float" ~= nil end)
add("the dtype is an integer", function(c) return c.dtype:find "int" ~= nil end)
add("the kernel is larger than 1x1", function(c) return c.kernel_size[1] * c.kernel_size[2] > 1 end)
add("both strides are 2", function(c) return c.stride[1] == 2 and c.stride[2] == 2 end,
  {mend = function(p) p.row_stride, p.column_stride = 2, 2 end})
add("the strides are the kernel's sides", function(c)
  return c.stride[1] == c.kernel_size[1] and c.stride[2] == c.kernel_size[2]
end, {vary = function(p, v)
  p.kernel_rows, p.kernel_columns, p.row_stride, p.column_stride = v, v, v, v
  p.rows, p.columns = math.max(p.rows, v), math.max(p.columns, 2 * v)
end, mend = function(p) p.row_stride, p.column_stride = p.kernel_rows, p.kernel_columns end})
add("both sides of the input are even", function(c) return size(c, 1) % 2 == 0 and size(c, 2) % 2 == 0 end)
add("in_channels / groups or out_channels / groups is even", function(c)
  return c.in_channels // c.groups % 2 == 0 or c.out_channels // c.groups % 2 == 0
end)
add("the channels of the input are not adjacent in memory", function(c) return not is_last(c, "input") end)
add("there is more than one thread", function(c) return c.threads > 1 end)

return conditions
