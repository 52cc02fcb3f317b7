-- order.lua: in which order products are added. All products are ones, except a large M and its negative: a one is lost
-- if it is added to M or -M before these two meet. So the lost ones are the leaves below the lowest common node of M
-- and -M in the tree of additions. M is 2^100, or 2^15 where sums are kept in float16.

local ask = require "probe.ask"

local order = {}

-- An M that is so large that adding 1 does not change it, and does not overflow; nil and why if there is none.
local function find_mask(tested, c)
  local ones, why = ask.sum(tested, c, {}, 1)
  if not ones then return nil, why end
  if ones ~= c.in_channels then return nil, ("%d ones are not summed exactly"):format(c.in_channels) end
  for _, mask in ipairs {2.0 ^ 100, 2.0 ^ 15} do
    if ask.sum(tested, c, {[0] = mask, -mask}, 0) == 0 then return mask end
  end
  return nil, "large terms do not cancel"
end

-- How many of the ones are lost with M in channel 0 and -M in channel j; -1 if the sum is not a number of ones.
local function leaves(tested, c, mask, j)
  local got = ask.sum(tested, c, {[0] = mask, [j] = -mask}, 1)
  local lost = got and c.in_channels - got
  return lost and lost == lost and math.abs(lost) < 1e6 and math.tointeger(lost) or -1
end

local function all_ones_below(l, n, expected)
  for j = 1, n - 1 do if l[j] ~= expected(j) then return false end end
  return true
end

local function power_above(j)
  local p = 1
  while p <= j do p = 2 * p end
  return p
end

local NOT_VISIBLE = "not visible: sums are exact"

local function name_order(l, n)
  if all_ones_below(l, n, function() return 2 end) then return NOT_VISIBLE end
  if all_ones_below(l, n, function(j) return j + 1 end) then return "one after the other" end
  if all_ones_below(l, n, function() return n end) then return "one after the other, from the last" end
  if all_ones_below(l, n, power_above) then return "pairwise" end
  local least = 1
  for j = 2, n - 1 do if l[j] < l[least] then least = j end end
  if least > 1 then return ("%d lanes side by side"):format(least) end
  for b = n // 2, 2, -1 do
    local blocks = all_ones_below(l, n, function(j) return j < b and j + 1 or math.min((j // b + 1) * b, n) end)
    if blocks then return ("blocks of %d, one after the other"):format(b) end
  end
  for b = 2, n // 2 do
    local inner = true
    for j = 1, b - 1 do inner = inner and l[j] <= b end
    if inner and l[b] > b then return ("blocks of %d"):format(b) end
  end
  return "another order"
end

--- The order of 64 products.
function order.of(tested)
  local n, l, texts = 64, {}, {}
  local c = ask.dot(n)
  local mask, why = find_mask(tested, c)
  if not mask then return ask.unknown(why) end
  for j = 1, n - 1 do
    l[j] = leaves(tested, c, mask, j)
    texts[j] = tostring(l[j])
  end
  return {is = name_order(l, n), evidence = {
    "terms added before the first meets the j-th, j = 1 to 63: " .. table.concat(texts, " ")}}
end

local MANY = 4096

--- How many terms are added one after the other before a partial sum is put aside: the depth of the
--- blocks of a matrix product.
function order.blocks(tested)
  local c = ask.dot(MANY)
  local mask, why = find_mask(tested, c)
  if not mask then return ask.unknown(why) end
  local function in_sequence(j) return leaves(tested, c, mask, j) == j + 1 end
  if leaves(tested, c, mask, MANY - 1) == 2 then return {is = NOT_VISIBLE, evidence = {"no term is swallowed by a large one"}} end
  if not in_sequence(1) then return {is = "not by channels", evidence = {"the first two of many terms are not added first"}} end
  local low, high = 1, 2 -- in sequence up to `low`; a block ends between them where `high` is not
  while low < MANY - 1 and in_sequence(high) do low, high = high, math.min(2 * high, MANY - 1) end
  if low == MANY - 1 then return {is = "none", evidence = {("%d terms are added one after the other"):format(MANY)}} end
  while high - low > 1 do
    local middle = (low + high) // 2
    if in_sequence(middle) then low = middle else high = middle end
  end
  return {is = ("%d terms"):format(high), terms = high, evidence = {
    ("of %d terms the first %d are added one after the other; when the next is, so are %d"):format(
      MANY, high, leaves(tested, c, mask, high))}}
end

return order
