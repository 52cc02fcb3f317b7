-- lesson.lua: what a case is, as things to show: the call, the geometry of its window, one sum.
-- The sum is formed tap by tap from the geometry that the picture shows. The oracle's value is shown beside it.

local complex = require "text.complex"

local lesson = {}

local MOST_CELLS = 40 -- an axis that is drawn

-- ---- the call

local function python(value)
  if value == true then return "True" end
  if value == false then return "False" end
  if type(value) == "string" then return "'" .. value .. "'" end
  if type(value) == "table" then
    return value[1] == value[2] and tostring(value[1]) or ("(%d, %d)"):format(value[1], value[2])
  end
  return tostring(value)
end

local DEFAULTS = {stride = "1", padding = "0", dilation = "1", groups = "1", bias = "True", padding_mode = "'zeros'"}

--- torch.nn.Conv2d(2, 4, 3, padding=1)
function lesson.call(c)
  local parts = {tostring(c.in_channels), tostring(c.out_channels), python(c.kernel_size)}
  for _, name in ipairs {"stride", "padding", "dilation", "groups", "bias", "padding_mode"} do
    local text = python(c[name])
    if text ~= DEFAULTS[name] then parts[#parts + 1] = name .. "=" .. text end
  end
  if c.dtype ~= "float32" then parts[#parts + 1] = "dtype=torch." .. c.dtype end
  return ("torch.nn.Conv2d(%s)"):format(table.concat(parts, ", "))
end

-- ---- geometry; every axis on its own

local function amount(c, a)
  if c.padding == "valid" then return 0, 0 end
  if c.padding ~= "same" then return c.padding[a], c.padding[a] end
  local all = c.dilation[a] * (c.kernel_size[a] - 1)
  return all // 2, all - all // 2
end

local sources = {}
for _, mode in ipairs(cts.padding_modes()) do sources[mode.name] = mode.source end

-- Where position q of the padded axis takes its value: a position of the input, or nil for zero.
local function source(mode, q, n)
  local at = sources[mode](q, n)
  return at >= 0 and at or nil
end

-- nil for an axis that is empty, or too long to draw.
local function axis_of(c, a, extent, outputs)
  local before, after = amount(c, a)
  local axis = {
    n = extent, first = -before, last = extent + after - 1, outputs = outputs, stride = c.stride[a],
    kernel = c.kernel_size[a], dilation = c.dilation[a], source = {},
  }
  axis.from, axis.to = math.min(axis.first, 0), math.max(axis.last, extent - 1) -- cropped ones too
  if axis.to < axis.from or axis.to - axis.from >= MOST_CELLS or outputs < 1 then return nil end
  for q = axis.first, axis.last do axis.source[q] = source(c.padding_mode, q, extent) end
  return axis
end

--- {rows =, columns =} of the padded input and the window; nil where there is no valid call, no
--- output, or it is too large to draw.
function lesson.geometry(c, x)
  if x.status ~= "ok" or c.direction == "init" or #x.output_shape < 3 then return nil end
  local rank, out = #c.input, x.output_shape
  local rows = axis_of(c, 1, c.input[rank - 1], out[#out - 1])
  local columns = axis_of(c, 2, c.input[rank], out[#out])
  return rows and columns and {rows = rows, columns = columns, mode = c.padding_mode}
end

--- Whether padded position (h, w) is "input", "padding", "cropped" (of the input, but outside).
function lesson.kind(g, h, w)
  local r, k = g.rows, g.columns
  if h < r.first or h > r.last or w < k.first or w > k.last then return "cropped" end
  return h >= 0 and h < r.n and w >= 0 and w < k.n and "input" or "padding"
end

--- Element i of a tensor; of a complex one its text.
function lesson.element(t, i)
  if complex.parts(t) == 1 then return t[i] end
  return complex.text(t, i, lesson.number)
end

--- The input's first plane at a padded position, by the padding mode; also of a cropped one. nil
--- where the case has no data.
function lesson.value(g, input, h, w)
  local at_h, at_w = g.rows.source[h], g.columns.source[w]
  if lesson.kind(g, h, w) == "cropped" then at_h, at_w = h, w end
  if not at_h or not at_w then return 0 end
  return lesson.element(input, at_h * g.columns.n + at_w + 1)
end

-- ---- one sum

local MOST_TERMS = 36

--- The terms of output element (first image, channel 0, row i, column j): {{x, w}, ...}, the bias,
--- the oracle's value; nil if they are too many, or complex.
function lesson.sum(c, g, tensors, i, j)
  local channels = c.in_channels // c.groups
  if not tensors.input or not tensors.output or #tensors.output.want == 0 then return nil end
  if complex.parts(tensors.input) > 1 then return nil end
  if channels * g.rows.kernel * g.columns.kernel > MOST_TERMS then return nil end
  local plane, taps = g.rows.n * g.columns.n, g.rows.kernel * g.columns.kernel
  local terms = {}
  for k = 0, channels - 1 do
    local function element(_, at) return at == "dtype" and c.dtype or tensors.input[k * plane + at] end
    local channel = setmetatable({}, {__index = element})
    for r = 0, g.rows.kernel - 1 do
      for s = 0, g.columns.kernel - 1 do
        local h = g.rows.first + i * g.rows.stride + r * g.rows.dilation
        local w = g.columns.first + j * g.columns.stride + s * g.columns.dilation
        terms[#terms + 1] = {lesson.value(g, channel, h, w), tensors.weight[k * taps + r * g.columns.kernel + s + 1],
          padding = g.rows.source[h] == nil or g.columns.source[w] == nil}
      end
    end
  end
  return {terms = terms, bias = tensors.bias and tensors.bias[1], i = i, j = j,
    want = tensors.output.want[i * g.columns.outputs + j + 1]}
end

--- The same summed up in double precision: equals the oracle's value where nothing is rounded.
function lesson.total(sum)
  local total = sum.bias or 0
  for _, t in ipairs(sum.terms) do
    if not t.padding then total = total + t[1] * t[2] end
  end
  return total
end

-- ---- words

-- Which gradients the call asks for.
local function asked(c)
  if c.gradients ~= "all" then return (c.gradients:gsub("%-", " and ")) end
  return c.bias and "input, weight and bias" or "input and weight"
end

--- What the subject has to do, as a sentence.
function lesson.task(c, x)
  local input = "[" .. table.concat(c.input, ", ") .. "]"
  if x.status ~= "ok" then return ("Called on an input of %s it must be rejected."):format(input) end
  local output = "[" .. table.concat(x.output_shape, ", ") .. "]"
  if c.direction == "init" then
    local fan_in = c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
    return ("Constructed, not called: each fresh parameter is uniform on [-b, b], b = 1 / sqrt(%d) = %.6g."):format(
      fan_in, 1 / math.sqrt(fan_in))
  elseif c.direction == "backward" then
    return ("Called on an input of %s, its output has the shape %s. From grad_output, of that shape, come the gradients "
      .. "of %s: each tap that a product was formed at passes grad_output times the other factor."):format(
      input, output, asked(c))
  elseif c.direction == "shape" then
    return ("Only the shape of the output is asked for: of an input of %s it is %s."):format(input, output)
  end
  return ("Called on an input of %s, its output has the shape %s."):format(input, output)
end

local mode_words = {
  zeros = "Padding contributes nothing to the sum.",
  reflect = "Padding mirrors the input at its edge; the edge itself is not repeated.",
  replicate = "Padding repeats the edge of the input.",
  circular = "Padding continues with the opposite side of the input.",
}

local function many(n, what)
  return ("%d %s%s"):format(n, what, n == 1 and "" or "s")
end

--- How the window lies, in sentences.
function lesson.describe(c, g)
  local r, k = g.rows, g.columns
  local list = {("The kernel has %d × %d taps, %s and %s apart; the window moves by %s and %s."):format(r.kernel, k.kernel,
    many(r.dilation, "row"), many(k.dilation, "column"), many(r.stride, "row"), many(k.stride, "column"))}
  list[2] = ("It fits %d × %d times: that is the output."):format(r.outputs, k.outputs)
  if r.first ~= 0 or k.first ~= 0 or r.last ~= r.n - 1 or k.last ~= k.n - 1 then
    list[3] = ("The input of %d × %d is padded by %s above, %d below, %s left, %d right. %s"):format(
      r.n, k.n, many(-r.first, "row"), r.last - r.n + 1, many(-k.first, "column"), k.last - k.n + 1, mode_words[g.mode])
  end
  if r.first > 0 or k.first > 0 then list[#list + 1] = "Negative padding crops the input." end
  if c.groups > 1 then
    list[#list + 1] = ("The channels are in %d groups: each output channel sees %d of the %d input channels."):format(
      c.groups, c.in_channels // c.groups, c.in_channels)
  end
  return list
end

--- A short number.
function lesson.number(v)
  if not v then return "" end
  if type(v) == "string" then return v end
  if v ~= v then return "nan" end
  if v == math.huge or v == -math.huge then return v > 0 and "inf" or "-inf" end
  if v == math.floor(v) and math.abs(v) < 1e7 then return ("%d"):format(v) end
  return ("%.4g"):format(v)
end

--- {title =, tensor =} of what goes in, and of what must come out.
function lesson.tensors(tensors)
  local given, wanted = {}, {}
  for _, name in ipairs {"input", "weight", "bias", "grad_output"} do
    if tensors[name] then given[#given + 1] = {title = name, tensor = tensors[name]} end
  end
  for _, name in ipairs {"output", "grad_input", "grad_weight", "grad_bias"} do
    if tensors[name] then wanted[#wanted + 1] = {title = name, tensor = tensors[name].want} end
  end
  return given, wanted
end

--- Calls f(title, at (row, column)) for each plane of the last two axes, at most `most` of them.
function lesson.planes(t, most, f)
  local shape, n = t.shape, #t.shape
  local columns, rows = shape[n] or 1, shape[n - 1] or 1
  if n == 1 then rows = 1 end
  local planes = t.count // math.max(1, rows * columns)
  for p = 0, math.min(planes, most) - 1 do
    local index, rest = {}, p
    for a = n - 2, 1, -1 do
      table.insert(index, 1, rest % shape[a])
      rest = rest // shape[a]
    end
    f(#index > 0 and "[" .. table.concat(index, ", ") .. "]" or "", rows, columns,
      function(r, s) return lesson.element(t, p * rows * columns + r * columns + s + 1) end)
  end
  return planes
end

return lesson
