-- padding.lua: mistakes about what padding holds, mode by mode, and how 'same' divides it.

local change = require "explain.mistakes.change"
local taps = require "explain.taps"
local at, coordinate = taps.at, taps.coordinate
local both, by_coordinate, finish, is_padding = change.both, change.by_coordinate, change.finish, change.is_padding

local list, add = change.list()

-- ---- padding modes

local modes = {}
for i, mode in ipairs(cts.padding_modes()) do modes[i] = mode.name end
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

-- The sums of the taps whose row and column both lie in padding, without the bias.
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
  function(m) if m.y.before >= m.y.dilated then m.y.before = 0 end end)
add("wide-padding-narrowed", "a padding at the left of a kernel or more were a kernel less one",
  function(m) if m.x.before >= m.x.kernel then m.x.before = m.x.kernel - 1 end end)

-- ---- 'same'

local function add_same(name, text, divide)
  add("same-" .. name, "'same' " .. text, function(m) if m.same then divide(m) end end)
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
add_same("all-before", "padded above and left only", function(m) both(m, function(x) x.before = x.dilated - 1 end) end)
add_same("zeros-only", "padded with zeros in every mode", function(m) m.mode = "zeros" end)
add_same("odd-one-zero", "left its odd element zero in every mode",
  by_coordinate(function(q, m, x) return q - x.size >= x.before and -1 or at(x, m.mode, q) end))

return list
