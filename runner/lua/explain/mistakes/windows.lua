-- windows.lua: mistakes about where windows lie: stride, padding and dilation of the wrong axis or forgotten,
-- and loops that end early or read beside the right element.

local change = require "explain.mistakes.change"
local both, swap, of_height = change.both, change.swap, change.of_height
local of_width, forget, around, finish = change.of_width, change.forget, change.around, change.finish

local list, add = change.list()

-- ---- strides, paddings, dilations of the wrong axis, or forgotten

for _, p in ipairs {{"stride", "stride"}, {"dilation", "dilation"}, {"padding", "before"}} do
  local name, field = p[1], p[2]
  add(name .. "-swapped", ("height and width of %s were swapped"):format(name), swap(field))
  add(name .. "-of-height", ("both axes had the height of %s"):format(name), of_height(field))
  add(name .. "-of-width", ("both axes had the width of %s"):format(name), of_width(field))
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
add("kernel-swapped", "height and width of kernel_size were swapped", swap("kernel"))
add("stride-on-taps", "the taps lay a stride apart", function(m) both(m, function(x) x.dilation = x.stride end) end)
add("dilation-on-windows", "windows lay a dilation apart", function(m) both(m, function(x) x.stride = x.dilation end) end)
local function exchange(x) x.stride, x.dilation = x.dilation, x.stride end
add("stride-for-dilation", "stride and dilation were exchanged", function(m) both(m, exchange) end)
add("row-stride-for-dilation", "stride and dilation of rows were exchanged", function(m) exchange(m.y) end)
add("column-stride-for-dilation", "stride and dilation of columns were exchanged", function(m) exchange(m.x) end)
add("dilation-on-padding", "the padding were multiplied by the dilation",
  function(m) both(m, function(x) x.before = x.before * x.dilation end) end)
add("padding-doubled", "the padding were all above and left",
  function(m) if not m.same then both(m, function(x) x.before = 2 * x.before end) end end)
add("window-centred", "each window were centred on its position, whatever the padding",
  function(m) both(m, function(x) x.before = (x.dilated - 1) // 2 end) end)
add("window-from-the-end", "what the stride leaves over were skipped at the beginning", function(m)
  both(m, function(x) x.before = x.before - (x.padded - x.dilated) % x.stride end)
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
add("last-element-skipped", "the last row and column were padding", change.without_last())
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
  add("channel-tail-dropped-" .. block, ("only full blocks of %d input channels were summed"):format(block),
    around("channel", function(old, m, k, c) return c >= m.group_in // block * block and -1 or old(m, k, c) end))
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

return list
