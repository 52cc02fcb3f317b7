-- shapes.lua: the classic mistakes about the output's size, as mistakes.lua has those about values.
-- {name, text, function (facts) -> {channels, height, width}}; facts as in taps.lua; nil where the formula divides a negative
-- number, which languages round differently.

local shapes = {}

local function add(name, text, shape) shapes[#shapes + 1] = {name = name, text = text, shape = shape} end

-- A quotient of whole numbers; what is negative stays so, whatever is added.
local function divided(n, by) return n < 0 and math.mininteger // 2 or n // by end

-- A shape whose height and width one function makes of each axis.
local function by_axis(f)
  return function(m)
    local height, width = f(m.y, m.x, m), f(m.x, m.y, m)
    return height >= 0 and width >= 0 and {m.outs, height, width} or nil
  end
end

add("shape-ceiling", "the output's size were rounded up", by_axis(function(x)
  return divided(x.padded - x.dilated + x.stride - 1, x.stride) + 1
end))
add("shape-nearest", "the output's size were rounded to nearest", by_axis(function(x)
  return divided(x.padded - x.dilated + x.stride // 2, x.stride) + 1
end))
add("shape-undilated", "the output's size knew no dilation", by_axis(function(x)
  return divided(x.padded - x.kernel, x.stride) + 1
end))
add("shape-padded-once", "the output's size counted one side of the padding", by_axis(function(x)
  return divided(x.size + x.before - x.dilated, x.stride) + 1
end))
add("shape-unpadded", "the output's size knew no padding", by_axis(function(x)
  return divided(x.size - x.dilated, x.stride) + 1
end))
add("shape-without-one", "the output's size lacked the + 1", by_axis(function(x)
  return divided(x.padded - x.dilated, x.stride)
end))
add("shape-ratio", "the output's size were the input's divided by the stride, rounded up", by_axis(function(x)
  return divided(x.size + x.stride - 1, x.stride)
end))
add("shape-unstrided", "the output's size knew no stride", by_axis(function(x) return x.padded - x.dilated + 1 end))
add("shape-swapped", "the output's height and width were exchanged",
  function(m) return {m.outs, m.x.out, m.y.out} end)
add("shape-input-channels", "the output had in_channels channels",
  function(m) return {m.channels, m.y.out, m.x.out} end)
add("shape-group-channels", "the output had the channels of one group",
  function(m) return {m.group_out, m.y.out, m.x.out} end)
-- The size by an axis whose fields are partly those of the other.
local function sized(x, y, m)
  return divided(x.size + y.before + (m.same and x.after or y.before) - y.dilation * (y.kernel - 1) - 1, y.stride) + 1
end
for _, field in ipairs {"stride", "dilation", "kernel", "before"} do
  local name = field == "before" and "padding" or field
  add(name .. "-swapped-in-shape", ("the %s of height and width were exchanged, in the shape too"):format(name),
    by_axis(function(x, other, m)
      if field == "before" and m.same then return x.out end
      local y = {kernel = x.kernel, dilation = x.dilation, stride = x.stride, before = x.before}
      y[field] = other[field]
      return sized(x, y, m)
    end))
end
for _, field in ipairs {"stride", "dilation", "kernel", "before"} do
  local name = field == "before" and "padding" or field == "kernel" and "kernel_size" or field
  for number, side in ipairs {"height", "width"} do
    add(("%s-of-%s-in-shape"):format(field == "before" and "padding" or field, side),
      ("both axes had the %s of %s, in the shape too"):format(side, name), by_axis(function(x, other, m)
        if field == "before" and m.same then return x.out end
        local y = {kernel = x.kernel, dilation = x.dilation, stride = x.stride, before = x.before}
        if x.index ~= number then y[field] = other[field] end
        return sized(x, y, m)
      end))
  end
end
add("shape-dilated-whole", "a dilated kernel were d * k elements long, not d * (k - 1) + 1", by_axis(function(x, _, m)
  return m.same and x.out or divided(x.padded - x.dilation * x.kernel, x.stride) + 1
end))
add("shape-dilated-gap", "a dilated kernel were k + d - 1 elements long, not d * (k - 1) + 1", by_axis(function(x, _, m)
  return m.same and x.out or divided(x.padded - (x.kernel + x.dilation - 1), x.stride) + 1
end))
for number, axis in ipairs {"rows", "columns"} do
  add("shape-unpadded-" .. axis, ("the output's %s knew no padding"):format(axis), by_axis(function(x)
    return x.index == number and divided(x.size - x.dilated, x.stride) + 1 or x.out
  end))
  add("shape-unstrided-" .. axis, ("the output's %s knew no stride"):format(axis), by_axis(function(x)
    return x.index == number and x.padded - x.dilated + 1 or x.out
  end))
  add("shape-undilated-" .. axis, ("the output's %s knew no dilation"):format(axis), by_axis(function(x)
    return x.index == number and divided(x.padded - x.kernel, x.stride) + 1 or x.out
  end))
end
add("same-as-valid", "padding = 'same' were 'valid'", by_axis(function(x, _, m)
  return m.same and x.size - x.dilated + 1 or x.out
end))
add("valid-as-same", "padding = 'valid' were 'same'", by_axis(function(x, _, m)
  return m.case.padding == "valid" and m.y.stride == 1 and m.x.stride == 1 and x.size or x.out
end))
add("same-both-sides", "'same' padded even kernels alike on both sides", by_axis(function(x, _, m)
  return x.out + (m.same and x.after - x.before or 0)
end))
add("same-shape-undilated", "the output's rows under 'same' knew no dilation", by_axis(function(x, _, m)
  return m.same and x.index == 1 and x.out - (x.kernel - 1) * (x.dilation - 1) or x.out
end))

return shapes
