-- products.lua: which products of a tree are fused into their sum, and which are rounded before, one by one.
-- Operands are (1 + 2^-a) and (1 + 2^-b), whose product needs one bit more than the dtype has; another product that is
-- exact cancels all but its end. What is left shows whether the last bit was there.

local products = {}

-- a and b of each dtype: their sum is its precision.
local exponents = {float32 = {12, 12}, float64 = {26, 27}, float16 = {5, 6}, bfloat16 = {4, 4}}

local function first_leaf(node)
  while type(node) == "table" do node = node[1] end
  return node
end

-- Pairs {leaf, another that stands in the sum before it}, for each product that is added to something.
local function pairs_of(node, bias, list)
  list = list or {}
  if type(node) ~= "table" then return list end
  local function pair(leaf, other)
    local is_sum = type(other) == "table" and other.at_once
    if type(leaf) ~= "table" and leaf ~= bias and not is_sum then list[#list + 1] = {leaf, first_leaf(other)} end
  end
  for i, item in ipairs(node) do
    if type(item) == "table" and item.at_once then
      for _, member in ipairs(item.at_once) do pairs_of(member, bias, list) end
    else
      pair(item, i == 1 and node[2] or node[1])
      pairs_of(item, bias, list)
    end
  end
  return list
end

-- Asks about as many pairs as there are channels.
local function ask_some(a, e, list, from, to, probe)
  for q = from, to do
    local at, channel = a:in_lane(e, q - from)
    a:put(at, channel, list[q][1], probe.leaf)
    a:put(at, channel, list[q][2], list[q][2] == a.sums.leaves and probe.other * probe.fixed or probe.other)
  end
  local got = a:call(a.values)
  for q = from, to do
    local at, channel = a:in_lane(e, q - from)
    a:put(at, channel, list[q][1], 0)
    a:put(at, channel, list[q][2], 0)
  end
  return got
end

-- The asker with other values: the fixed operands 1 + 2^-b, the varied ones and the bias 0.
local function with_values(a, fixed)
  local values = {}
  for name, t in pairs(a.values) do
    values[name] = tensor.new(t.shape, t.dtype) + ((name == a.sums.varied or name == "bias") and 0 or fixed)
  end
  return values
end

--- {[leaf] = whether its product is not rounded} for the tree of element e; nil if there is no answer.
function products.fused(a, e, node)
  local x, y = table.unpack(exponents[a.case.dtype])
  local probe = {leaf = 1 + 2.0 ^ -x, other = -(1 + 2.0 ^ (1 - x)), fixed = 1 + 2.0 ^ -y}
  local whole = -(2.0 ^ -x + 2.0 ^ -(x + y))
  local list, fused, at_once = pairs_of(node, a.sums.leaves), {}, a.lanes
  local kept = a.values
  a.values = with_values(a, probe.fixed)
  for from = 1, #list, at_once do
    local to = math.min(from + at_once - 1, #list)
    local got = ask_some(a, e, list, from, to, probe)
    if not got then
      a.values = kept
      return nil
    end
    for q = from, to do fused[list[q][1]] = got[a:in_lane(e, q - from) + 1] == whole end
  end
  a.values = kept
  return fused
end

return products
