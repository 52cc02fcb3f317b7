-- extension.lua: the sum over a window that lies partly in padding, as the whole window would have it.
-- Its products are in the order of some nest of loops; the missing ones take their places there. They count as zeros, so
-- one tree serves all the places at a border. It is one running sum, or one for each channel, row or column.

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

-- The partial sums of a tree that adds them one after the other, each a list of leaves, and where the bias is: "first", "last" or
-- nil. A running sum is one of them. nil: it is no such tree.
local function partial_sums(node, bias)
  local list, place = {{}}, nil
  for i, item in ipairs(node) do
    if item == bias then
      place = i == #node and "last" or i <= 2 and "first" or "between"
    elseif type(item) ~= "table" and #list == 1 then
      table.insert(list[1], item)
    else
      list[#list + 1] = type(item) == "table" and item or {item}
      if not tree.is_chain(list[#list]) then return nil end
    end
  end
  if #list[1] == 0 then table.remove(list, 1) end
  return place ~= "between" and list or nil, place
end

-- Whether each partial sum has one value of an index, the next a greater one, and its leaves are in the order of a nest.
local function are_along(list, axis, order, extent)
  local last = -1
  for _, part in ipairs(list) do
    local value = loops.indices(part[1], extent)[axis]
    if value <= last or not is_sorted(part, order, extent) then return false end
    for _, leaf in ipairs(part) do
      if loops.indices(leaf, extent)[axis] ~= value then return false end
    end
    last = value
  end
  return true
end

-- A list in parts of so many items; a part of one is its item.
local function in_parts(list, each)
  local made = {}
  for first = 1, #list, each do
    made[#made + 1] = each > 1 and table.move(list, first, first + each - 1, 1, {}) or list[first]
  end
  return made
end

--- The trees over all leaves of which a tree may be a part, one for each nest of loops that it agrees with: a running sum, or
--- one for each value of an index, of which the tree has some.
function extension.of(node, s)
  if type(node) ~= "table" or node.at_once or tree.is_chain(node) and #node > s.leaves then return {} end
  local list, place = partial_sums(node, s.leaves)
  local made = {}
  for _, order in ipairs(list and loops.permutations or {}) do
    local is_running = #list == 1
    local fits
    if is_running then
      fits = #list[1] < s.leaves and is_sorted(list[1], order, s.extent)
    else
      fits = are_along(list, order[1], order, s.extent)
    end
    if fits then
      local whole = all_sorted(s.leaves, order, s.extent)
      if not is_running then whole = in_parts(whole, s.leaves // s.extent[order[1]]) end
      if place then table.insert(whole, place == "first" and 1 or #whole + 1, s.leaves) end
      made[#made + 1] = whole
    end
  end
  return made
end

return extension
