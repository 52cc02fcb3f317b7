-- channels.lua: mistakes about groups, channels and bias, and about whole results.

local change = require "explain.mistakes.change"
local around, finish = change.around, change.finish

local list, add = change.list()

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
add("group-weights-interleaved", "groups took kernels in turn: g, g + groups, ...",
  around("weight", function(old, m, k, c, r, s) return old(m, k % m.group_out * m.groups + k // m.group_out, c, r, s) end))
add("group-weights-in-turn", "output channels took the kernels of the groups in turn",
  around("weight", function(old, m, k, c, r, s) return old(m, k % m.groups * m.group_out + k // m.groups, c, r, s) end))
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

return list
