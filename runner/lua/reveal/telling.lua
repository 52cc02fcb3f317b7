-- telling.lua: operands that tell ways of computing apart which random data rarely do, for dtypes with few bits: sums that lie
-- midway between two results, sums in which large terms cancel, and numbers of all magnitudes.

local random = require "numbers.random"

local telling = {}

-- Bits of a number, and exponents of two numbers of which the smaller is lost beside the larger in float32, not in float64.
local narrow = {float16 = {bits = 11, large = 12, small = -14}, bfloat16 = {bits = 8, large = 26, small = 0}}

-- New operands of an asker's case, by name: value (name, generator) gives each number.
local function made(a, seed, value)
  local values = {}
  for name, t in pairs(a.case:operands()) do
    local r = random.new(seed + #name)
    values[name] = tensor.new(t.shape, t.dtype, function() return value(name, r) end)
  end
  return values
end

-- Whole numbers whose sums are a few times larger than the dtype's last exact one, so that one in a few lies midway between two
-- results. There ways of rounding to nearest differ; random data meet that once in thousands of results.
local function midway(a, seed, dtype)
  -- numbers up to m have a deviation of m / sqrt(3), so a sum of n products has about m * m / 3 * sqrt(n)
  local most = math.sqrt(3 * 2 ^ (dtype.bits + 1) / math.sqrt(math.max(1, a.sums.leaves)))
  most = math.max(1, math.min(math.floor(most), (1 << dtype.bits) - 1))
  return made(a, seed, function(_, r) return r:integer(-most, most) end)
end

local LARGE_TERMS = 3 -- of a sum, in the mean

-- A few large terms of one size and many small ones, all of both signs. Where the large ones cancel, the result shows what the
-- running sum lost of the small ones, so how many bits it has.
local function cancelling(a, seed, dtype)
  local share = math.min(0.5, LARGE_TERMS / math.max(1, a.sums.leaves))
  return made(a, seed, function(name, r)
    local sign = r:chance(0.5) and 1 or -1
    if name ~= a.sums.varied then return sign end
    if r:chance(share) then return sign * 2.0 ^ dtype.large end
    return sign * (1 + r:integer(0, 127) / 128) * 2.0 ^ dtype.small
  end)
end

-- Numbers of all magnitudes.
local function wide(a, seed) return a.case:with({values = false, data = "wide", seed = seed}):operands() end

--- A list of operands for an asker's case, by name; empty where random ones tell all.
function telling.operands(a, seed)
  local dtype = narrow[a.case.dtype]
  if not dtype then return {} end
  return {midway(a, seed, dtype), cancelling(a, seed, dtype), wide(a, seed)}
end

return telling
