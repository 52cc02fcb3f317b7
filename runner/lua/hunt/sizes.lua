-- sizes.lua: sizes at which implementations switch: small ones, those around powers of two and multiples of a vector's
-- width, sizes of known networks, and what has been learnt of the implementation at hand.

local sizes = {}

local POPULAR = {3, 7, 12, 13, 14, 20, 24, 26, 28, 40, 48, 52, 56, 80, 96, 112, 160, 192, 224, 320, 384, 640, 768}
local VECTORS = {4, 8, 16, 32, 64}
local LIMITS = {4095, 4096, 4097, 8192, 16384, 32767, 32768, 65535, 65536, 65537, 70001}

local draws = {
  {30, function(r) return r:integer(1, 9) end},
  {22, function(r) return 2 ^ r:integer(2, 10) // 1 | 0 end},
  {12, function(r) return (2 ^ r:integer(2, 10) // 1 | 0) + r:pick {-1, 1} end},
  {14, function(r) return r:pick(VECTORS) * r:integer(1, 16) end},
  {6, function(r) return r:pick(VECTORS) * r:integer(1, 16) + r:pick {-1, 1} end},
  {10, function(r, most) return r:logarithmic(most) end},
  {6, function(r) return r:pick(POPULAR) end},
}

-- A size that has been learnt, or one beside it.
local function near(r, learnt) return r:pick(learnt) + r:pick {0, 0, 0, -1, 1} end

--- A size from 1 to most. learnt: a list of sizes at which something is known to change.
function sizes.draw(r, most, learnt)
  local v = #learnt > 0 and r:chance(0.35) and near(r, learnt) or r:choose(draws)(r, most)
  return math.max(1, v <= most and v or r:logarithmic(most))
end

--- A size beyond which a counter of 16 bits, or the grid of a device, has no room.
function sizes.limit(r) return r:pick(LIMITS) end

--- Another size, near a given one or in a simple ratio to it.
function sizes.move(r, v, most, learnt)
  local to = #learnt > 0 and r:chance(0.4) and near(r, learnt) or r:choose {
    {3, v + 1}, {3, v - 1}, {2, v * 2}, {2, v // 2}, {1, (v + 3) // 4 * 4}, {1, (v + 7) // 8 * 8}, {1, (v + 15) // 16 * 16},
    {5, sizes.draw(r, most, learnt)},
  }
  return math.max(1, math.min(most, to))
end

return sizes
