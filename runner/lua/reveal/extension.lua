-- extension.lua: a running sum over a window that lies partly in padding, as the whole window would have it.
-- Its products are in the order of some nest of loops; the missing ones take their places there. They count as zeros, so
-- one tree serves all the places at a border.

local loops = require "reveal.loops"
local tree = require "reveal.tree"

local extension = {}

-- The number of a leaf in a nest of loops.
local function rank(leaf, order, extent)
  local index = loops.indices(leaf, extent)
  return (index[order[1]] * extent[order[2]] + index[order[2]]) * extent[order[3]] + index[order[3]]
end

local function is_sorted(list, order, extent)
  for i = 2, #list do
    if rank(list[i], order, extent) < rank(list[i - 1], order, extent) then return false end
  end
  return true
end

local function all_sorted(leaves, order, extent)
  local list = {}
  for leaf = 0, leaves - 1 do list[rank(leaf, order, extent) + 1] = leaf end
  return list
end

--- The chains over all leaves of which a chain may be a part: one for each nest of loops that it agrees with.
function extension.chains(node, s)
  if type(node) ~= "table" or not tree.is_chain(node) or #node > s.leaves then return {} end
  local list, place = {}, nil
  for i, leaf in ipairs(node) do
    if leaf == s.leaves then place = i == #node and "last" or i <= 2 and "first" or "between" else list[#list + 1] = leaf end
  end
  local made = {}
  for _, order in ipairs(loops.permutations) do
    if place ~= "between" and #list < s.leaves and is_sorted(list, order, s.extent) then
      local whole = all_sorted(s.leaves, order, s.extent)
      if place then table.insert(whole, place == "first" and 1 or #whole + 1, s.leaves) end
      made[#made + 1] = whole
    end
  end
  return made
end

return extension
