-- mistakes.lua: the classic mistakes, each the definition with one thing changed.
-- {name, what the implementation behaves as if, function (model)}: explain tries them all, alone,
-- under conditions, and two at a time. A new mistake is one line here.

local taps = require "taps"
local at, coordinate = taps.at, taps.coordinate

local mistakes = {}

local function add(name, text, apply)
  mistakes[#mistakes + 1] = {name = name, text = text, apply = apply}
end

-- ---- helpers: what a mistake changes

local function both(m, f) f(m.y, m.x) f(m.x, m.y) end

local function swap(field)
  return function(m) m.y[field], m.x[field] = m.x[field], m.y[field] end
end

local function of_height(field) return function(m) m.x[field] = m.y[field] end end
local function of_width(field) return function(m) m.y[field] = m.x[field] end end
local function forget(field, value)
  return function(m) both(m, function(x) x[field] = value end) end
end

-- Replaces m[name] by f (old, m, ...).
local function around(name, f)
  return function(m)
    local old = m[name]
    m[name] = function(...) return f(old, ...) end
  end
end

-- The tap's source as f (q, m, x) of its coordinate makes it.
local function by_coordinate(f)
  return function(m)
    m.source = function(model, x, i, r) return f(coordinate(x, i, r), model, x) end
  end
end

-- Each element of the output as f (value, n, k, i, j, m) makes it.
local function finish(f)
  return function(m)
    m.finish[#m.finish + 1] = function(model, out)
      local rows, columns = model.y.out, model.x.out
      return out:map(function(v, at_1)
        local e = at_1 - 1
        return f(v, e // (columns * rows * model.outs), e // (columns * rows) % model.outs,
          e // columns % rows, e % columns, model, out)
      end)
    end
  end
end

local function is_padding(q, x) return q < 0 or q >= x.size end

-- ---- strides, paddings, dilations of the wrong axis, or forgotten

for _, p in ipairs {{"stride", "stride"}, {"dilation", "dilation"}, {"padding", "before"}} do
  local name, field = p[1], p[2]
  add(name .. "-swapped", ("%s = {%s[2], %s[1]}"):format(name, name, name), swap(field))
  add(name .. "-of-height", ("%s = {%s[1], %s[1]}"):format(name, name, name), of_height(field))
  add(name .. "-of-width", ("%s = {%s[2], %s[2]}"):format(name, name, name), of_width(field))
end
add("stride-forgotten", "stride = 1 (the output keeps its size)", forget("stride", 1))
add("dilation-forgotten", "dilation = 1 (the output keeps its size)", forget("dilation", 1))
add("padding-forgotten", "the first window started in the input", forget("before", 0))
add("row-padding-forgotten", "there were no padding above", function(m) m.y.before = 0 end)
add("column-padding-forgotten", "there were no padding at the left", function(m) m.x.before = 0 end)
add("row-stride-forgotten", "the stride of rows were 1", function(m) m.y.stride = 1 end)
add("column-stride-forgotten", "the stride of columns were 1", function(m) m.x.stride = 1 end)
add("row-dilation-forgotten", "the dilation of rows were 1", function(m) m.y.dilation = 1 end)
add("column-dilation-forgotten", "the dilation of columns were 1", function(m) m.x.dilation = 1 end)
for _, p in ipairs {{"", "", 1, 1}, {"row-", " of rows", 1, 0}, {"column-", " of columns", 0, 1}} do
  local name, text, y, x = table.unpack(p)
  local function more(d, by) return d > 1 and d + by or d end
  add(name .. "dilation-one-more", ("the dilation%s counted the gap and the tap twice (d + 1)"):format(text),
    function(m) m.y.dilation, m.x.dilation = more(m.y.dilation, y), more(m.x.dilation, x) end)
  add(name .. "dilation-one-less", ("the dilation%s were the gap between taps (d - 1)"):format(text),
    function(m) m.y.dilation, m.x.dilation = more(m.y.dilation, -y), more(m.x.dilation, -x) end)
end
add("kernel-swapped", "kernel_size = {kernel_size[2], kernel_size[1]}", swap("kernel"))
add("stride-on-taps", "the taps lay a stride apart", function(m) both(m, function(x) x.dilation = x.stride end) end)
add("dilation-on-padding", "the padding were multiplied by the dilation",
  function(m) both(m, function(x) x.before = x.before * x.dilation end) end)
add("padding-doubled", "the padding were all above and left",
  function(m) if not m.same then both(m, function(x) x.before = 2 * x.before end) end end)
add("window-centred", "each window were centred on its position, whatever the padding",
  function(m) both(m, function(x) x.before = (x.reach - 1) // 2 end) end)
add("window-from-the-end", "what the stride leaves over were skipped at the beginning", function(m)
  both(m, function(x) x.before = x.before - (x.padded - x.reach) % x.stride end)
end)

-- ---- elements beside the right ones

add("later-by-one", "all windows but the first read one element further",
  around("source", function(old, m, x, i, r)
    local q = old(m, x, i, r)
    return (q < 0 or i == 0) and q or q + 1
  end))
add("first-element-skipped", "beside padding the first row and column were padding",
  around("source", function(old, m, x, i, r)
    local q = old(m, x, i, r)
    return x.before > 0 and q == 0 and -1 or q
  end))
add("last-element-skipped", "the last row and column were padding",
  around("source", function(old, m, x, i, r)
    local q = old(m, x, i, r)
    return q == x.size - 1 and -1 or q
  end))
add("bounded-by-height", "columns beyond the height were padding",
  around("source", function(old, m, x, i, r)
    local q = old(m, x, i, r)
    return q >= m.y.size and -1 or q
  end))
add("last-kernel-row-skipped", "the loop over kernel rows ended one early",
  around("weight", function(old, m, k, c, r, s) return r > 0 and r == m.y.kernel - 1 and -1 or old(m, k, c, r, s) end))
add("last-kernel-column-skipped", "the loop over kernel columns ended one early",
  around("weight", function(old, m, k, c, r, s) return s > 0 and s == m.x.kernel - 1 and -1 or old(m, k, c, r, s) end))
add("last-channel-skipped", "the loop over input channels ended one early",
  around("channel", function(old, m, k, c) return c > 0 and c == m.group_in - 1 and -1 or old(m, k, c) end))
for _, block in ipairs {4, 8, 16} do
  add(block == 4 and "channel-tail-skipped" or "channel-tail-skipped-" .. block,
    ("input channels beyond a multiple of %d were left out"):format(block),
    around("channel", function(old, m, k, c)
      return m.group_in > block and c >= m.group_in // block * block and -1 or old(m, k, c)
    end))
  add(block == 4 and "channel-block-overwrites" or "channel-block-overwrites-" .. block,
    ("each block of %d input channels overwrote the sum of the last"):format(block),
    around("channel", function(old, m, k, c)
      return c < (m.group_in - 1) // block * block and -1 or old(m, k, c)
    end))
  add(block == 8 and "vector-tail-shifted" or "vector-tail-shifted-" .. block,
    ("output columns beyond a multiple of %d were one too early"):format(block), function(m)
    finish(function(v, n, k, i, j, model, out)
      local width = model.x.out
      return width > block and j >= width // block * block and out:at(n, k, i, j - 1) or v
    end)(m)
  end)
  add(block == 8 and "channel-tail-repeated" or "channel-tail-repeated-" .. block,
    ("output channels beyond a multiple of %d repeated the one before"):format(block),
    finish(function(v, n, k, i, j, m, out)
      local full = m.outs // block * block
      return m.outs > block and k >= full and out:at(n, full - 1, i, j) or v
    end))
end
add("last-row-skipped", "the last row of the output were left zero",
  finish(function(v, _, _, i, _, m) return m.y.out > 1 and i == m.y.out - 1 and 0 or v end))
add("last-column-skipped", "the last column of the output were left zero",
  finish(function(v, _, _, _, j, m) return m.x.out > 1 and j == m.x.out - 1 and 0 or v end))

-- ---- kernels and images turned

add("kernel-flipped", "the kernel were flipped: a true convolution, not a cross-correlation",
  around("weight", function(old, m, k, c, r, s) return old(m, k, c, m.y.kernel - 1 - r, m.x.kernel - 1 - s) end))
add("kernel-rows-flipped", "the kernel were upside down",
  around("weight", function(old, m, k, c, r, s) return old(m, k, c, m.y.kernel - 1 - r, s) end))
add("kernel-columns-flipped", "the kernel were mirrored",
  around("weight", function(old, m, k, c, r, s) return old(m, k, c, r, m.x.kernel - 1 - s) end))
add("kernel-transposed", "each kernel were stored column by column",
  around("weight", function(_, m, k, c, r, s)
    return ((k * m.group_in + c) * m.x.kernel + s) * m.y.kernel + r
  end))
add("weight-transposed", "input and output channels of the weight were exchanged (IOHW)",
  around("weight", function(_, m, k, c, r, s)
    local inside, block = k % m.group_out, k // m.group_out
    return (((block * m.group_in + c) * m.group_out + inside) * m.y.kernel + r) * m.x.kernel + s
  end))
add("weight-channels-last", "the weight were stored channels last (OHWI)",
  around("weight", function(_, m, k, c, r, s)
    return ((k * m.y.kernel + r) * m.x.kernel + s) * m.group_in + c
  end))
add("weight-hwio", "the weight were stored as height, width, input, output (HWIO)",
  around("weight", function(_, m, k, c, r, s)
    return ((r * m.x.kernel + s) * m.group_in + c) * m.outs + k
  end))
add("input-transposed", "square images were transposed", function(m)
  if m.y.size == m.x.size then m.input = m.input:permute(1, 2, 4, 3) end
end)
add("output-transposed", "square outputs were transposed", function(m)
  if m.y.out ~= m.x.out then return end
  m.finish[#m.finish + 1] = function(_, out) return out:permute(1, 2, 4, 3) end
end)
add("input-channels-last", "the input were NHWC, although it is NCHW", function(m)
  m.input = m.input:reshape {m.images, m.y.size, m.x.size, m.channels}:permute(1, 4, 2, 3)
end)
-- The elements of a tensor in the order in which the layout stores them, read as row-major. What lies
-- between or before them in the other layouts nobody can predict.
local function in_memory(m, t)
  if m.layout == "nhwc" then return t:permute(1, 3, 4, 2):reshape(t.shape) end
  m.unpredictable = m.layout ~= "nchw" and m.layout ~= "odd"
  return t
end
add("input-strides-ignored", "the input's strides were those of a compact NCHW tensor",
  function(m) m.input = in_memory(m, m.input) end)
add("weight-strides-ignored", "the weight's strides were those of a compact tensor",
  function(m) m.weights = in_memory(m, m.weights) end)
add("output-strides-ignored", "results were written as a compact NCHW tensor, although the output is NHWC", function(m)
  m.unpredictable = m.layout == "gaps"
  if m.layout ~= "nhwc" then return end
  m.finish[#m.finish + 1] = function(_, out)
    return out:reshape {m.images, m.y.out, m.x.out, m.outs}:permute(1, 4, 2, 3)
  end
end)
add("negative-rows-turned", "negative strides of the input's rows were positive",
  function(m) if m.layout == "reversed" then m.input = m.input:flip(3) end end)
add("negative-columns-turned", "negative strides of the weight's columns were positive",
  function(m) if m.layout == "reversed" then m.weights = m.weights:flip(4) end end)
add("image-next", "each output were made from the next image",
  around("image", function(_, m, n) return (n + 1) % m.images end))
add("image-first", "every output were made from the first image", around("image", function() return 0 end))
add("input-reversed", "the batch were in reverse order", around("image", function(_, m, n) return m.images - 1 - n end))

-- ---- padding modes

local modes = {"zeros", "reflect", "replicate", "circular"}
for _, mode in ipairs(modes) do
  for _, other in ipairs(modes) do
    if mode ~= other then
      add(mode .. "-as-" .. other, ("padding_mode = '%s' were '%s'"):format(mode, other),
        function(m) if m.mode == mode then m.mode = other end end)
    end
  end
end
add("mode-forgotten", "padding_mode = 'zeros' in every mode", function(m) m.mode = "zeros" end)
add("reflect-repeats-edge", "reflect repeated the edge (numpy's 'symmetric')", by_coordinate(function(q, m, x)
  if m.mode ~= "reflect" or not is_padding(q, x) then return at(x, m.mode, q) end
  return q < 0 and -q - 1 or 2 * x.size - 1 - q
end))
add("reflect-repeats-far-edge", "reflect repeated the edge below and right only", by_coordinate(function(q, m, x)
  return m.mode == "reflect" and q >= x.size and 2 * x.size - 1 - q or at(x, m.mode, q)
end))
add("reflect-repeats-near-edge", "reflect repeated the edge above and left only", by_coordinate(function(q, m, x)
  return m.mode == "reflect" and q < 0 and -q - 1 or at(x, m.mode, q)
end))
add("mode-before-only", "the padding mode worked above and left only, zeros elsewhere",
  by_coordinate(function(q, m, x) return q >= x.size and -1 or at(x, m.mode, q) end))
add("mode-after-only", "the padding mode worked below and right only, zeros elsewhere",
  by_coordinate(function(q, m, x) return q < 0 and -1 or at(x, m.mode, q) end))
add("mode-columns-only", "the padding mode worked on columns only",
  by_coordinate(function(q, m, x) return at(x, x.index == 1 and "zeros" or m.mode, q) end))
add("mode-rows-only", "the padding mode worked on rows only",
  by_coordinate(function(q, m, x) return at(x, x.index == 2 and "zeros" or m.mode, q) end))

add("mode-undilated-only", "the padding mode worked only along axes without dilation",
  by_coordinate(function(q, m, x) return at(x, x.dilation > 1 and "zeros" or m.mode, q) end))
add("mode-unstrided-only", "the padding mode worked only along axes without stride",
  by_coordinate(function(q, m, x) return at(x, x.stride > 1 and "zeros" or m.mode, q) end))

-- The sums of the taps of which both row and column are padding, without the bias.
local function corner_sums(m)
  local only = {}
  for key, value in pairs(m) do only[key] = value end
  only.bias = function() return 0 end
  only.source = function(model, x, i, r)
    return is_padding(coordinate(x, i, r), x) and m.source(model, x, i, r) or -1
  end
  return taps.sums(only)
end
add("mode-without-corners", "the padding mode left the corners zero", function(m)
  m.finish[#m.finish + 1] = function(model, out) return out - corner_sums(model) end
end)
add("replicate-second", "replicate repeated the element beside the edge", by_coordinate(function(q, m, x)
  local from = at(x, m.mode, q)
  if m.mode ~= "replicate" or not is_padding(q, x) or x.size == 1 then return from end
  return from == 0 and 1 or from - 1
end))
add("replicate-other-edge", "replicate repeated the opposite edge", by_coordinate(function(q, m, x)
  local from = at(x, m.mode, q)
  return m.mode == "replicate" and is_padding(q, x) and x.size - 1 - from or from
end))
add("circular-one-off", "circular were one off before the input", by_coordinate(function(q, m, x)
  local from = at(x, m.mode, q)
  return m.mode == "circular" and q < 0 and (from + x.size - 1) % x.size or from
end))
add("circular-c-remainder", "circular lost negative coordinates to C's remainder (those taps were zero)",
  by_coordinate(function(q, m, x)
    if m.mode ~= "circular" then return at(x, m.mode, q) end
    return q > -x.size and q < 0 and -1 or q % x.size
  end))
add("circular-limit-wrong", "circular were one off where a whole input is padded", by_coordinate(function(q, m, x)
  local from = at(x, m.mode, q)
  local limit = m.mode == "circular" and x.before == x.size and x.size > 1
  return limit and q < 0 and (from + 1) % x.size or from
end))
add("reflect-limit-wrong", "reflect were one off where it reaches the far edge", by_coordinate(function(q, m, x)
  local from = at(x, m.mode, q)
  return m.mode == "reflect" and q == 1 - x.size and x.size > 2 and from - 1 or from
end))
add("circular-halved", "circular padded (p + 1) / 2 before and p / 2 after, zeros beyond", by_coordinate(function(q, m, x)
  local beyond = q < -((x.before + 1) // 2) or q >= x.size + x.after // 2
  return m.mode == "circular" and beyond and -1 or at(x, m.mode, q)
end))
add("circular-swapped", "circular padding exchanged height and width", function(m)
  if m.mode == "circular" then m.y.before, m.x.before = m.x.before, m.y.before end
end)
add("circular-needs-both", "circular padded after only where it pads before too", by_coordinate(function(q, m, x)
  return at(x, m.mode == "circular" and x.before == 0 and "zeros" or m.mode, q)
end))
add("zeros-are-ones", "the zeros of the padding were ones", function(m)
  m.finish[#m.finish + 1] = function(model, out)
    local function ones(y_inside, x_inside)
      local only, input = {}, model.input:map(function() return 1 end)
      for key, value in pairs(model) do only[key] = value end
      only.input, only.bias = input, function() return 0 end
      only.source = function(inner, x, i, r)
        local inside = x.index == 1 and y_inside or x.index == 2 and x_inside
        local from = model.source(inner, x, i, r)
        return inside and from or not inside and (from < 0 or from >= x.size) and 0 or -1
      end
      return taps.sums(only)
    end
    return out + ones(true, false) + ones(false, true) + ones(false, false)
  end
end)

-- How many kernel rows of window i lie in the input.
local function rows_inside(m, i)
  local inside = 0
  for r = 0, m.y.kernel - 1 do
    local from = m.source(m, m.y, i, r)
    inside = inside + (from >= 0 and from < m.y.size and 1 or 0)
  end
  return inside
end
add("padding-windows-skipped", "windows in rows of padding alone were left zero, without the bias",
  finish(function(v, _, _, i, _, m) return rows_inside(m, i) == 0 and 0 or v end))
add("border-normalised", "sums at the border were scaled by the kernel rows inside", function(m)
  local bias = m.bias
  m.bias = function() return 0 end
  finish(function(v, n, k, i, _, model)
    local inside = rows_inside(model, i)
    local scaled = inside > 0 and inside < model.y.kernel and v * (model.y.kernel / inside) or v
    return scaled + bias(model, n, k)
  end)(m)
end)
add("wide-padding-forgotten", "a padding above of a kernel or more were none",
  function(m) if m.y.before >= m.y.reach then m.y.before = 0 end end)
add("wide-padding-narrowed", "a padding at the left of a kernel or more were a kernel less one",
  function(m) if m.x.before >= m.x.kernel then m.x.before = m.x.kernel - 1 end end)

-- ---- 'same'

local function add_same(name, text, change)
  add("same-" .. name, "'same' " .. text, function(m) if m.same then change(m) end end)
end
add_same("larger-half-first", "put the odd element above and left (SAME_LOWER)",
  function(m) both(m, function(x) x.before = x.after end) end)
add_same("larger-half-above", "put the odd row above", function(m) m.y.before = m.y.after end)
add_same("larger-half-left", "put the odd column left", function(m) m.x.before = m.x.after end)
add_same("undilated", "split without dilation: (k - 1) / 2 first",
  function(m) both(m, function(x) x.before = (x.kernel - 1) // 2 end) end)
add_same("half-kernel", "put half a kernel, k / 2 * d, first",
  function(m) both(m, function(x) x.before = x.kernel // 2 * x.dilation end) end)
add_same("halves-dilated", "halved first and dilated then: (k - 1) / 2 * d",
  function(m) both(m, function(x) x.before = (x.kernel - 1) // 2 * x.dilation end) end)
add_same("other-dilation", "took the dilation of the other axis",
  function(m) both(m, function(x, y) x.before = y.dilation * (x.kernel - 1) // 2 end) end)
add_same("other-axis", "exchanged rows and columns", function(m) m.y.before, m.x.before = m.x.before, m.y.before end)
add_same("all-after", "padded below and right only", function(m) both(m, function(x) x.before = 0 end) end)
add_same("all-before", "padded above and left only", function(m) both(m, function(x) x.before = x.reach - 1 end) end)
add_same("zeros-only", "padded with zeros in every mode", function(m) m.mode = "zeros" end)
add_same("odd-one-zero", "left its odd element zero in every mode",
  by_coordinate(function(q, m, x) return q - x.size >= x.before and -1 or at(x, m.mode, q) end))

-- ---- groups and channels

add("group-first-block", "every group read the first block of channels", around("channel", function(_, _, _, c) return c end))
add("group-inputs-interleaved", "groups took input channels in turn: g, g + groups, ...",
  around("channel", function(_, m, k, c) return (c * m.groups + k // m.group_out) % m.channels end))
add("group-outputs-interleaved", "output channels belonged to groups in turn",
  around("channel", function(_, m, k, c) return k % m.groups * m.group_in + c end))
add("group-reversed", "groups read the blocks of channels in reverse order",
  around("channel", function(_, m, k, c) return (m.groups - 1 - k // m.group_out) * m.group_in + c end))
add("group-sized-by-inputs", "an output channel's group followed from the input's block size",
  around("channel", function(_, m, k, c) return (k // m.group_in * m.group_in + c) % m.channels end))
add("channels-reversed", "input channels of a group were in reverse order",
  around("channel", function(old, m, k, c) return old(m, k, m.group_in - 1 - c) end))
add("channel-first", "all weights met the first channel of the group",
  around("channel", function(old, m, k) return old(m, k, 0) end))
add("depthwise-multiplier-outside", "depthwise, output channel o read input o modulo the channels",
  around("channel", function(old, m, k, c)
    return m.groups > 1 and m.group_in == 1 and k % m.channels or old(m, k, c)
  end))
add("group-weights-shared", "all groups used the weights of the first",
  around("weight", function(old, m, k, c, r, s) return old(m, k % m.group_out, c, r, s) end))
add("group-first-kernel", "each group used its first kernel only",
  around("weight", function(old, m, k, c, r, s) return old(m, k // m.group_out * m.group_out, c, r, s) end))
add("kernel-first", "every output channel used the first kernel",
  around("weight", function(old, m, _, c, r, s) return old(m, 0, c, r, s) end))
add("kernel-slice-first", "every input channel met the first slice of the kernel",
  around("weight", function(old, m, k, _, r, s) return old(m, k, 0, r, s) end))
add("kernel-reversed", "output channels were in reverse order",
  around("weight", function(old, m, k, c, r, s) return old(m, m.outs - 1 - k, c, r, s) end))
add("group-weight-dense", "the weight were indexed as if it had the channels of all groups",
  around("weight", function(_, m, k, c, r, s)
    return ((k * m.channels + c) * m.y.kernel + r) * m.x.kernel + s
  end))
add("group-taken-for-depthwise", "with groups only the first channel of each were summed",
  around("channel", function(old, m, k, c) return m.groups > 1 and c > 0 and -1 or old(m, k, c) end))
add("group-last-skipped", "the last group were not computed",
  around("channel", function(old, m, k, c)
    return m.groups > 1 and k // m.group_out == m.groups - 1 and -1 or old(m, k, c)
  end))

-- ---- bias

local function add_bias(name, text, value)
  add("bias-" .. name, text, around("bias", function(old, m, n, k)
    if not m.has_bias then return 0 end
    return value(function(at_k) return old(m, n, at_k % m.outs) end, m, n, k)
  end))
end
add_bias("forgotten", "there were no bias", function() return 0 end)
add_bias("of-first", "every channel got the first bias", function(b) return b(0) end)
add_bias("of-next", "every channel got the next one's bias", function(b, _, _, k) return b(k + 1) end)
add_bias("within-group", "the bias were indexed within the group", function(b, m, _, k) return b(k % m.group_out) end)
add_bias("of-group", "the bias were indexed by the group", function(b, m, _, k) return b(k // m.group_out) end)
add_bias("of-image", "the bias were indexed by the image", function(b, _, n) return b(n) end)
add_bias("twice", "the bias were added twice", function(b, _, _, k) return 2 * b(k) end)
add_bias("per-channel", "the bias were added for each input channel", function(b, m, _, k) return m.group_in * b(k) end)
add_bias("subtracted", "the bias were subtracted", function(b, _, _, k) return -b(k) end)
add_bias("first-image-only", "only the first image got the bias", function(b, _, n, k) return n == 0 and b(k) or 0 end)

-- The bias where `value` says, instead of everywhere.
local function add_placed_bias(name, text, value)
  add("bias-" .. name, text, function(m)
    local bias = m.bias
    m.bias = function() return 0 end
    finish(function(v, n, k, i, j, model)
      return v + value(function(at_k) return bias(model, n, at_k % model.outs) end, k, i, j)
    end)(m)
  end)
end
add_placed_bias("of-column", "the bias were broadcast along columns", function(b, _, _, j) return b(j) end)
add_placed_bias("of-row", "the bias were broadcast along rows", function(b, _, i) return b(i) end)
add_placed_bias("first-column-only", "only the first column got the bias", function(b, k, _, j) return j == 0 and b(k) or 0 end)
add_placed_bias("first-row-only", "only the first row got the bias", function(b, k, i) return i == 0 and b(k) or 0 end)

-- ---- results

add("result-zero", "every result were zero", finish(function() return 0 end))
add("sign-lost", "results lost their sign", finish(function(v) return math.abs(v) end))
add("rectified", "negative results became zero (a ReLU too many)", finish(function(v) return v < 0 and 0 or v end))
add("negated", "results were negated", finish(function(v) return -v end))

return mistakes
