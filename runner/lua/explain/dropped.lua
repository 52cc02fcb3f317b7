-- dropped.lua: mistakes with a number in them: taps, channels or images from some number on do not count, as where a buffer or
-- a block ends. Which numbers are tried follows from the sizes of a wrong answer.

local change = require "explain.mistakes.change"

local dropped = {}

local BLOCKS = {2, 3, 6, 12, 24, 32, 48, 64, 128}

-- Numbers below a size at which something may end: small ones, those of blocks, and the last.
local function ends(size)
  local list, seen = {}, {}
  local function add(n)
    if n >= 0 and n < size and not seen[n] then
      seen[n] = true
      list[#list + 1] = n
    end
  end
  for n = 0, 16 do add(n) end
  for n = 24, math.min(size, 512), 8 do add(n) end
  for n = 1024, size, 512 do add(n) end
  for power = 4, 16 do add((1 << power) - 1) add(1 << power) end
  for n = size - 1, size - 4, -1 do add(n) end
  return list
end

--- Mistakes that may show in a scene: {name =, text =, apply =} as of mistakes.lua.
function dropped.mistakes(scene)
  local m, list = scene.facts, {}
  local function add(name, text, apply) list[#list + 1] = {name = name, text = text, apply = apply} end
  local function weight(test)
    return change.around("weight", function(old, model, k, c, r, s) return test(model, c, r, s) and -1 or old(model, k, c, r, s) end)
  end
  for _, n in ipairs(ends(m.y.kernel)) do
    if n > 0 then
      add("kernel-rows-past-" .. n, ("kernel rows from %d on were left out"):format(n), weight(function(_, _, r) return r >= n end))
    end
  end
  for _, n in ipairs(ends(m.x.kernel)) do
    if n > 0 then
      add("kernel-columns-past-" .. n, ("kernel columns from %d on were left out"):format(n),
        weight(function(_, _, _, s) return s >= n end))
    end
  end
  local function channel(test)
    return change.around("channel", function(old, model, k, c) return test(c, model) and -1 or old(model, k, c) end)
  end
  for _, n in ipairs(ends(m.group_in)) do
    add("channels-past-" .. n, n == 0 and "results were the bias alone" or ("input channels of a group from %d on were left out"):format(n),
      channel(function(c) return c >= n end))
  end
  for _, block in ipairs(BLOCKS) do
    if m.group_in % block > 0 then
      add("channel-tail-dropped-" .. block, ("only full blocks of %d input channels were summed"):format(block),
        channel(function(c, model) return c >= model.group_in // block * block end))
    end
  end
  for _, n in ipairs(m.images > 1 and ends(m.images) or {}) do
    if n > 0 then
      add("images-past-" .. n, ("images from %d on were taken for zeros"):format(n),
        change.around("image", function(old, model, i) return i >= n and -1 or old(model, i) end))
    end
  end
  for _, block in ipairs(m.has_bias and {2, 4, 8, 16, 32, 64, 128} or {}) do
    if m.outs > block then
      add("bias-of-first-" .. block, ("every %d output channels got the first ones' bias"):format(block),
        change.around("bias", function(old, model, n, k) return old(model, n, k % block) end))
    end
  end
  return list
end

return dropped
