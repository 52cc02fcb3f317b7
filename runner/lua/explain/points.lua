-- points.lua: a call as a table of numbers and words, which can be changed one by one, and the sizes that follow from them.

local points = {}

--- The words of a call, and which others there are.
points.words = {dtype = {}, layout = {"nchw", "nhwc", "gaps", "reversed", "odd", "slice", "nhwc-slice", "mixed", "crossed"},
  mode = {}, bias = {true, false}, unbatched = {true, false}, padding = {"sizes", "same", "valid"}, threads = {1, 2}}
for _, d in ipairs(cts.dtypes()) do
  if d.parts == 1 then table.insert(points.words.dtype, d.name) end -- complex numbers are searched for themselves
end
for _, mode in ipairs(cts.padding_modes()) do table.insert(points.words.mode, mode.name) end
points.word_names = {"dtype", "layout", "mode", "bias", "unbatched", "padding"}

--- The words that are changed near a point: threads where it has several, since without them they change nothing.
function points.words_near(p)
  local names = table.move(points.word_names, 1, #points.word_names, 1, {})
  if p.threads > 1 then names[#names + 1] = "threads" end
  return names
end

--- The point of a case.
function points.of(c)
  local rank = #c.input
  local sizes = type(c.padding) == "table"
  return {
    images = rank == 4 and c.input[1] or 1, unbatched = rank == 3, groups = c.groups, inside = c.in_channels // c.groups,
    outside = c.out_channels // c.groups, rows = c.input[rank - 1], columns = c.input[rank],
    kernel_rows = c.kernel_size[1], kernel_columns = c.kernel_size[2], row_stride = c.stride[1], column_stride = c.stride[2],
    row_dilation = c.dilation[1], column_dilation = c.dilation[2], padding = sizes and "sizes" or c.padding,
    row_padding = sizes and c.padding[1] or 0, column_padding = sizes and c.padding[2] or 0, mode = c.padding_mode,
    bias = c.bias, dtype = c.dtype, layout = c.layout, direction = c.direction, threads = c.threads,
  }
end

--- A point as conditions and sizes read it: like a case, with the same keys.
function points.view(p)
  local channels = p.groups * p.inside
  return {
    input = p.unbatched and {channels, p.rows, p.columns} or {p.images, channels, p.rows, p.columns},
    in_channels = channels, out_channels = p.groups * p.outside, groups = p.groups,
    kernel_size = {p.kernel_rows, p.kernel_columns}, stride = {p.row_stride, p.column_stride},
    dilation = {p.row_dilation, p.column_dilation},
    padding = p.padding == "sizes" and {p.row_padding, p.column_padding} or p.padding, padding_mode = p.mode,
    bias = p.bias, dtype = p.dtype, layout = p.layout, direction = p.direction, threads = p.threads,
  }
end

--- The valid case of a point, on small integers; nil if it is not valid.
function points.case(p, seed)
  local keys = points.view(p)
  keys.in_channels, keys.data, keys.seed = nil, "integers", seed or 0
  local good, c = pcall(case.new, keys)
  return good and c:expect().status == "ok" and c or nil
end

-- ---- sizes

--- The padding of both sides of an axis (1: rows) of a case or a view.
function points.padding(c, axis)
  if c.padding == "same" then return c.dilation[axis] * (c.kernel_size[axis] - 1) end
  return type(c.padding) == "table" and 2 * c.padding[axis] or 0
end

-- The output's size on an axis (1: rows) of a case or a view.
local function output(c, axis)
  local size, dilated = c.input[#c.input - 2 + axis], c.dilation[axis] * (c.kernel_size[axis] - 1) + 1
  if c.padding == "same" then return size end
  return (size + points.padding(c, axis) - dilated) // c.stride[axis] + 1
end

-- Makes the input as large as an output of v elements on an axis needs.
local function cover(p, axis, v)
  local k, d, s, b, size = "kernel_rows", "row_dilation", "row_stride", "row_padding", "rows"
  if axis == 2 then k, d, s, b, size = "kernel_columns", "column_dilation", "column_stride", "column_padding", "columns" end
  if p.padding == "same" then
    p[size] = v
  else
    p[size] = (v - 1) * p[s] + p[d] * (p[k] - 1) + 1 - 2 * (p.padding == "sizes" and p[b] or 0)
  end
  return p[size] > 0
end

-- Sets p[name] so that p[name] * by is v, or the next larger that it can be.
local function divide(p, name, v, by)
  p[name] = (v + by - 1) // by
  return p[name] > 0
end

local function plain(name, least)
  return function(p, v)
    p[name] = v
    return v >= (least or 1)
  end
end

local function sized_padding(name)
  return function(p, v)
    p.padding, p[name] = "sizes", v
    return v >= 0
  end
end

--- What a condition may be about: {name =, of = function (case or view), set = {function (point, value) -> whether it could}}.
points.quantities = {}
local function add(name, of, ...) table.insert(points.quantities, {name = name, of = of, set = {...}}) end

add("in_channels / groups", function(c) return c.in_channels // c.groups end, plain "inside")
add("in_channels", function(c) return c.in_channels end,
  function(p, v) return divide(p, "inside", v, p.groups) end, function(p, v) return divide(p, "groups", v, p.inside) end)
add("out_channels", function(c) return c.out_channels end,
  function(p, v) return divide(p, "outside", v, p.groups) end, function(p, v) return divide(p, "groups", v, p.outside) end)
add("out_channels / groups", function(c) return c.out_channels // c.groups end, plain "outside")
add("groups", function(c) return c.groups end, plain "groups")
add("the output's width", function(c) return output(c, 2) end, function(p, v) return cover(p, 2, v) end)
add("the output's height", function(c) return output(c, 1) end, function(p, v) return cover(p, 1, v) end)
add("the input's width", function(c) return c.input[#c.input] end, plain "columns")
add("the input's height", function(c) return c.input[#c.input - 1] end, plain "rows")
add("the batch size", function(c) return #c.input == 4 and c.input[1] or 1 end, plain "images")
add("the kernel's height", function(c) return c.kernel_size[1] end, plain "kernel_rows")
add("the kernel's width", function(c) return c.kernel_size[2] end, plain "kernel_columns")
add("the stride of rows", function(c) return c.stride[1] end, plain "row_stride")
add("the stride of columns", function(c) return c.stride[2] end, plain "column_stride")
add("the dilation of rows", function(c) return c.dilation[1] end, plain "row_dilation")
add("the dilation of columns", function(c) return c.dilation[2] end, plain "column_dilation")
add("the padding of rows", function(c) return points.padding(c, 1) // 2 end, sized_padding "row_padding")
add("the padding of columns", function(c) return points.padding(c, 2) // 2 end, sized_padding "column_padding")
add("the number of products in an output", function(c)
  return c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
end, function(p, v) return divide(p, "inside", v, p.kernel_rows * p.kernel_columns) end, function(p, v)
  p.kernel_rows, p.kernel_columns, p.inside = 1, 1, v
  return v > 0
end, function(p, v) return divide(p, "kernel_columns", v, p.inside * p.kernel_rows) end, function(p, v)
  local side = math.floor(math.sqrt(v / p.inside))
  p.kernel_rows, p.kernel_columns = side, side
  return side > 0
end)
add("the number of pixels of an output channel", function(c) return output(c, 1) * output(c, 2) end, function(p, v)
  local width = output(points.view(p), 2)
  return width > 0 and cover(p, 1, (v + width - 1) // width)
end, function(p, v)
  local height = output(points.view(p), 1)
  return height > 0 and cover(p, 2, (v + height - 1) // height)
end, function(p, v) return cover(p, 1, 1) and cover(p, 2, v) end)
add("the number of taps of the kernel", function(c) return c.kernel_size[1] * c.kernel_size[2] end,
  function(p, v) return divide(p, "kernel_rows", v, p.kernel_columns) end,
  function(p, v) return divide(p, "kernel_columns", v, p.kernel_rows) end)
add("in_channels times the number of taps", function(c) return c.in_channels * c.kernel_size[1] * c.kernel_size[2] end,
  function(p, v) return divide(p, "inside", v, p.groups * p.kernel_rows * p.kernel_columns) end,
  function(p, v) return divide(p, "groups", v, p.inside * p.kernel_rows * p.kernel_columns) end)
add("the larger side of the kernel", function(c) return math.max(c.kernel_size[1], c.kernel_size[2]) end,
  plain "kernel_rows", plain "kernel_columns")
add("the larger side of the input", function(c) return math.max(c.input[#c.input - 1], c.input[#c.input]) end,
  plain "rows", plain "columns")
add("the smaller side of the input", function(c) return math.min(c.input[#c.input - 1], c.input[#c.input]) end,
  plain "rows", plain "columns")
add("the smaller side of the output", function(c) return math.min(output(c, 1), output(c, 2)) end, function(p, v)
  return cover(p, 1, v) and cover(p, 2, v)
end)
add("the number of output pixels of the batch", function(c)
  return (#c.input == 4 and c.input[1] or 1) * output(c, 1) * output(c, 2)
end, function(p, v)
  local view = points.view(p)
  return divide(p, "images", v, math.max(1, output(view, 1) * output(view, 2)))
end)

--- The sizes that vectors and tiles divide.
points.in_blocks = {["in_channels / groups"] = true, ["out_channels / groups"] = true, ["the output's width"] = true,
  ["the output's height"] = true, ["the batch size"] = true}

--- How much a point costs: products and elements.
function points.cost(p)
  local v = points.view(p)
  local pixels = math.max(output(v, 1), 0) * math.max(output(v, 2), 0) * p.images
  local outputs, inputs = pixels * v.out_channels, p.images * v.in_channels * p.rows * p.columns
  local weights = v.out_channels * p.inside * p.kernel_rows * p.kernel_columns
  return pixels * weights, outputs + inputs + weights
end

return points
