-- change.lua: what mistakes are made of: ways to change a model (taps.lua), and lists to add them to.

local taps = require "explain.taps"

local change = {}

--- A list of mistakes, {name =, text =, apply = function (model)}, and the function that adds one.
function change.list()
  local list = {}
  return list, function(name, text, apply) list[#list + 1] = {name = name, text = text, apply = apply} end
end

--- Changes both axes: f (axis, the other).
function change.both(m, f) f(m.y, m.x) f(m.x, m.y) end

--- Mistakes about a field of the axes: exchanged, the same on both, or forgotten.
function change.swap(field)
  return function(m) m.y[field], m.x[field] = m.x[field], m.y[field] end
end

function change.of_height(field) return function(m) m.x[field] = m.y[field] end end
function change.of_width(field) return function(m) m.y[field] = m.x[field] end end
function change.forget(field, value)
  return function(m) change.both(m, function(x) x[field] = value end) end
end

--- Replaces m[name] by f (old, m, ...).
function change.around(name, f)
  return function(m)
    local old = m[name]
    m[name] = function(...) return f(old, ...) end
  end
end

--- Turns the kernel, rows and columns.
change.flip_kernel = change.around("weight", function(old, m, k, c, r, s)
  return old(m, k, c, m.y.kernel - 1 - r, m.x.kernel - 1 - s)
end)

--- The last element of an axis (1: rows, 2: columns; nil: of both) is never read.
function change.without_last(axis)
  return change.around("source", function(old, m, x, i, r)
    local q = old(m, x, i, r)
    return (not axis or x.index == axis) and q == x.size - 1 and -1 or q
  end)
end

--- The tap's source as f (q, m, x) of its coordinate makes it.
function change.by_coordinate(f)
  return function(m)
    m.source = function(model, x, i, r) return f(taps.coordinate(x, i, r), model, x) end
  end
end

--- Each element of the output as f (value, n, k, i, j, m) makes it.
function change.finish(f)
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

--- Whether coordinate q of an axis lies in its padding.
function change.is_padding(q, x) return q < 0 or q >= x.size end

return change
