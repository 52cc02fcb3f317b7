-- memory.lua: mistakes about how tensors lie in memory: kernels and images turned, layouts and strides
-- taken for others.

local change = require "explain.mistakes.change"
local around = change.around

local list, add = change.list()

-- ---- kernels and images turned

add("kernel-flipped", "the kernel were flipped: a true convolution, not a cross-correlation", change.flip_kernel)
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
-- Layouts in which a tensor lies without gaps, and whether its channels lie last there. The others have gaps or other orders, and nobody
-- can predict what a call reads that takes them for compact.
local last = {
  input = {nchw = false, odd = false, crossed = false, nhwc = true, mixed = true},
  output = {nchw = false, odd = false, mixed = false, nhwc = true, crossed = true},
}
-- The elements of a tensor in the order in which the layout stores them, read as if row-major.
local function in_memory(m, t, channels_last)
  m.unpredictable = channels_last == nil
  return channels_last and t:permute(1, 3, 4, 2):reshape(t.shape) or t
end
add("input-strides-ignored", "the input's strides were those of a compact NCHW tensor",
  function(m) m.input = in_memory(m, m.input, last.input[m.layout]) end)
add("weight-strides-ignored", "the weight's strides were those of a compact tensor",
  function(m) m.weights = in_memory(m, m.weights, last.output[m.layout]) end)
-- The input as it is read if its rows lie `pitch` elements apart, and its planes `plane`. What lies behind it nobody knows.
local function reread(m, pitch, plane)
  local from, height, width = m.input, m.y.size, m.x.size
  if m.layout ~= "nchw" then
    m.unpredictable = m.channels * m.images * height * width > 0
    return
  end
  m.input = tensor.new(from.shape, from.dtype, function(number)
    local e = number - 1
    local at = e // (height * width) * plane + e // width % height * pitch + e % width
    m.unpredictable = m.unpredictable or at >= #from
    return from[math.min(at, #from - 1) + 1]
  end)
end
add("input-pitch-of-output", "rows of the input were as long as those of the output (a wrong leading dimension)",
  function(m) reread(m, m.x.out, m.y.size * m.x.size) end)
add("input-pitch-of-height", "rows of the input were as long as its columns (a wrong leading dimension)",
  function(m) reread(m, m.y.size, m.y.size * m.x.size) end)
add("input-plane-of-output", "channels of the input were as large as those of the output",
  function(m) reread(m, m.x.size, m.y.out * m.x.out) end)
add("weight-pitch-of-height", "rows of the kernel were as long as its columns (a wrong leading dimension)",
  function(m)
    m.unpredictable = m.unpredictable or m.y.kernel > m.x.kernel -- the last one is read beyond its end
    m.weight = function(_, k, c, r, s) return (k * m.group_in + c) * m.y.kernel * m.x.kernel + r * m.y.kernel + s end
  end)
add("output-strides-ignored", "results were written as a compact NCHW tensor, although the output is NHWC", function(m)
  m.unpredictable = last.output[m.layout] == nil
  if not last.output[m.layout] then return end
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

return list
