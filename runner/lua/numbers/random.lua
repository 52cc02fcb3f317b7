-- random.lua: random numbers that a seed gives again on every machine (splitmix64).

local random = {}
random.__index = random

function random:bits()
  self.state = self.state + 0x9E3779B97F4A7C15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

--- A generator; equal seeds give equal numbers, and near ones give others.
function random.new(seed)
  local r = setmetatable({state = seed}, random)
  r.state = r:bits()
  return r
end

--- A number of at least 0 and below 1.
function random:unit() return (self:bits() >> 11) * 0x1p-53 end

--- An integer from low to high.
function random:integer(low, high) return low + math.floor(self:unit() * (high - low + 1)) end

--- True with a probability.
function random:chance(p) return self:unit() < p end

function random:pick(list) return list[self:integer(1, #list)] end

--- One of the values of a list {{weight, value}, ...}, by weight.
function random:choose(list)
  local total = 0
  for _, row in ipairs(list) do total = total + row[1] end
  local at = self:unit() * total
  for _, row in ipairs(list) do
    at = at - row[1]
    if at < 0 then return row[2] end
  end
  return list[#list][2]
end

--- An integer from 1 to most; each power of two has the same chance.
function random:logarithmic(most) return math.min(most, math.floor(2 ^ (self:unit() * math.log(most + 1, 2)))) end

return random
