-- narrowed.lua: which partial sum is stored in a narrower format than the others.
-- One product alone is not zero, and has a last bit that a narrower format loses. The result shows whether it passed
-- through such a store on its way to the root; the leaves that did are those below the node that is stored.

local narrowed = {}

-- Narrower formats of a dtype, widest first, with the exponent of their last bit.
local narrower = {
  float32 = {{"tf32", -10}, {"bfloat16", -7}},
  float64 = {{"float32", -23}, {"tf32", -10}, {"bfloat16", -7}},
}
local last_bit = {float32 = -23, float64 = -52}

-- Which of the leaves reach the element as `value`, if all other products are 0. nil if there is no answer.
local function passing(a, e, leaves, value)
  local good = {}
  for from = 1, #leaves, a.lanes do
    local to = math.min(from + a.lanes - 1, #leaves)
    local function put_all(v)
      for q = from, to do
        local at, channel = a:in_lane(e, q - from)
        a:put(at, channel, leaves[q], v)
      end
    end
    put_all(value)
    local got = a:call(a.values)
    put_all(0)
    if not got then return nil end
    for q = from, to do good[leaves[q]] = got[a:in_lane(e, q - from) + 1] == value end
  end
  return good
end

-- The widest format that keeps what a leaf loses in the dtype: its name.
local function format_of(a, e, leaf)
  for _, f in ipairs(narrower[a.case.dtype]) do
    local good = passing(a, e, {leaf}, 1 + 2.0 ^ f[2])
    if good and good[leaf] then return f[1] end
  end
end

local function is_lost(node, good, bias)
  if type(node) ~= "table" then return node ~= bias and not good[node] end
  for _, item in ipairs(node.at_once or node) do if not is_lost(item, good, bias) then return false end end
  return true
end

-- For each list of which the first k items lose their last bit, stored[list] = k.
local function mark(node, good, bias, stored)
  if type(node) ~= "table" then return stored end
  local items, k = node.at_once or node, 0
  while items[k + 1] and is_lost(items[k + 1], good, bias) do k = k + 1 end
  if k > 1 and not node.at_once then stored[node] = k end
  for i = (k > 1 and k or 0) + 1, #items do mark(items[i], good, bias, stored) end
  return stored
end

-- The asker's values with 1 in the fixed operand, and 0 in the varied one and the bias.
local function with_zeros(a)
  local values = {}
  for name, t in pairs(a.values) do
    values[name] = tensor.new(t.shape, t.dtype) + ((name == a.sums.varied or name == "bias") and 0 or 1)
  end
  return values
end

local function find(a, e, node)
  local leaves, bias = a.sums:inside(e), a.sums.leaves
  local good = passing(a, e, leaves, 1 + 2.0 ^ last_bit[a.case.dtype])
  if not good then return nil end
  local lost
  for _, leaf in ipairs(leaves) do if not good[leaf] then lost = leaf end end
  local format = lost and format_of(a, e, lost)
  local stored = format and mark(node, good, bias, {})
  if not stored or not next(stored) then return nil end
  return format, stored
end

--- The format in which partial sums of the tree of element e are stored, and which: {[list] = how many of its items}; nil if
--- none is, or where it can't be seen.
function narrowed.of(a, e, node)
  if not last_bit[a.case.dtype] then return nil end
  local kept = a.values
  a.values = with_zeros(a)
  local format, stored = find(a, e, node)
  a.values = kept
  return format, stored
end

return narrowed
