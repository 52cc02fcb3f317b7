-- parts.lua: a tree as people speak of it: chains of products, and how these partial sums are added.
--
-- A part is a list of leaves that are added one after the other. A skeleton is a part, {leaves = ...}, or a list of
-- skeletons that are added one after the other; `at_once` marks a list whose members are added in one step.

local parts = {}

-- The tree without the bias, and where the bias stood: "first", "last" or "between"; nil where there is none.
function parts.without_bias(node, bias)
  local place
  local function strip(n, is_root)
    if type(n) ~= "table" then return n end
    local made = {}
    for i, item in ipairs(n) do
      if item == bias then
        place = is_root and i == #n and "last" or i <= 2 and is_root and "first" or place or "between"
      elseif type(item) == "table" and item.at_once then
        local kept = {}
        for _, member in ipairs(item.at_once) do
          if member == bias then place = "between" else kept[#kept + 1] = strip(member, false) end
        end
        made[#made + 1] = {at_once = kept}
      else
        made[#made + 1] = strip(item, false)
      end
    end
    if #made == 1 then return made[1] end
    return made
  end
  local stripped = strip(node, true)
  return stripped, place
end

--- The skeleton of a tree.
function parts.of(node)
  if type(node) ~= "table" then return {leaves = {node}} end
  local made, run = {}, nil
  for _, item in ipairs(node) do
    if type(item) ~= "table" then
      run = run or {leaves = {}}
      table.insert(run.leaves, item)
    else
      made[#made + 1], run = run, nil
      if item.at_once then
        local several = {at_once = true}
        for i, member in ipairs(item.at_once) do several[i] = parts.of(member) end
        made[#made + 1] = several
      else
        made[#made + 1] = parts.of(item)
      end
    end
  end
  made[#made + 1] = run
  if #made == 1 then return made[1] end
  return made
end

--- The parts of a skeleton, in order.
function parts.list(skeleton, list)
  list = list or {}
  if skeleton.leaves then list[#list + 1] = skeleton.leaves end
  for _, s in ipairs(skeleton) do parts.list(s, list) end
  return list
end

local function count(skeleton) return #parts.list(skeleton) end

-- Whether neighbours are added, then sums of two, of four, and so on; the last may have fewer.
local function is_pairwise(skeleton)
  if skeleton.leaves then return true end
  if skeleton.at_once then return false end
  local before = 1
  if not skeleton[1].leaves then return false end
  for i = 2, #skeleton do
    local s = skeleton[i]
    if s.at_once or not is_pairwise(s) or (count(s) ~= before and i < #skeleton) or count(s) > before then return false end
    before = before + count(s)
  end
  return true
end

--- How the parts are added: "in order", "pairwise", "at once" or "as the tree shows".
function parts.combination(skeleton)
  local flat, wide = true, true
  for i, s in ipairs(skeleton) do
    flat = flat and s.leaves ~= nil
    wide = wide and (i == 1 or s.at_once ~= nil)
  end
  if flat then return "in order" end
  if wide then return "several at once" end
  return is_pairwise(skeleton) and "pairwise" or "as the tree shows"
end

return parts
