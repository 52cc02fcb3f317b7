-- tree.lua: the tree of additions of one element, from the sizes of lowest common nodes (asker.lua).
--
-- A tree is a leaf's number, or a list of what is added one after the other: the first item is what stands there first. An
-- item is a tree; or {at_once = trees}: several that are added to what stands there in one step, rounded once.

local asking = require "reveal.asker"

local tree = {}

local CONTRADICTORY = "the answers contradict each other: no tree of additions"

-- Tasks are lists of leaves. A task's first leaf is paired with each other one.
local function ask_all(asker, e, tasks)
  local list = {}
  for _, t in ipairs(tasks) do
    for j = 2, #t.leaves do list[#list + 1] = {t.leaves[1], t.leaves[j]} end
  end
  local sizes, why = asker:ask(e, list)
  if not sizes then return nil, why end
  local n = 0
  for _, t in ipairs(tasks) do
    t.sizes = {}
    for j = 2, #t.leaves do
      n = n + 1
      t.sizes[j] = sizes[n]
    end
  end
  return true
end

-- The leaves of a task by the size of the node at which they meet the first, smallest first.
local function group(t)
  local by_size, order = {}, {}
  for j = 2, #t.leaves do
    local size = t.sizes[j]
    if not by_size[size] then
      by_size[size] = {}
      order[#order + 1] = size
    end
    table.insert(by_size[size], t.leaves[j])
  end
  table.sort(order)
  return by_size, order
end

local function add_part(slot, leaves, next_tasks, from_last)
  if #leaves == 1 then
    slot[#slot + 1] = leaves[1]
  else
    if from_last then leaves[1], leaves[#leaves] = leaves[#leaves], leaves[1] end
    local t = {leaves = leaves, slot = slot, size = #leaves}
    next_tasks[#next_tasks + 1] = t
  end
end

-- Makes the task's tree, with a slot for each sibling; the siblings become tasks. Leaves that meet the first at a larger
-- node than the task's own are further terms of the same addition.
local function settle(t, next_tasks)
  local by_size, order = group(t)
  local made, count, rest = {t.leaves[1]}, 1, {}
  for _, size in ipairs(order) do
    local leaves = by_size[size]
    if size > t.size then
      table.move(leaves, 1, #leaves, #rest + 1, rest)
    else
      count = count + #leaves
      if #rest > 0 or size ~= count then return CONTRADICTORY end
      local slot = {}
      made[#made + 1] = slot
      add_part(slot, leaves, next_tasks, #order == 1) -- the first was added last: look from the other end
    end
  end
  t.slot[#t.slot + 1] = #made > 1 and made or made[1]
  if #rest > 0 then
    if t.root then return CONTRADICTORY end
    add_part(t.slot, rest, next_tasks)
  end
end

-- A leaf that is added to a sum comes after it, not before.
local function in_sequence(node)
  local first, second = node[1], node[2]
  if type(first) == "table" or type(second) ~= "table" or second.at_once then return node end
  local made = table.move(second, 1, #second, 1, {})
  made[#made + 1] = first
  return table.move(node, 3, #node, #made + 1, made)
end

-- Slots become what stands in them: one tree, or several that are added at once.
local function resolve(node)
  if type(node) ~= "table" then return node end
  for i = 2, #node do
    local slot = node[i]
    for k = 1, #slot do slot[k] = resolve(slot[k]) end
    node[i] = #slot == 1 and slot[1] or {at_once = slot}
  end
  return in_sequence(node)
end

local function is_exact(t)
  if #t.leaves < 3 then return false end
  for j = 2, #t.leaves do if t.sizes[j] ~= 2 then return false end end
  return true
end

--- The tree of element e, a leaf that counts as 0 if it has no products; else nil, why, and a word: "exact", "transform", "refused",
--- "count".
function tree.reveal(asker, e)
  local leaves = asker:leaves(e)
  if #leaves < 2 then return leaves[1] or 0 end
  local counts, failed = asker:counts_products(e)
  if counts == nil then return nil, failed, "refused" end
  if not counts then
    return nil, asker.unit < 1 and "it is not the sum of its products, each the smallest number: it is wrong, or subnormals count as 0"
      or "it is not the sum of its products, each 1: it is wrong", "count"
  end
  local root = {}
  local tasks = {{leaves = leaves, slot = root, size = #leaves, root = true}}
  while #tasks > 0 do
    local good, why = ask_all(asker, e, tasks)
    if not good then return nil, why, why == asking.NO_WHOLE_NUMBER and "transform" or "refused" end
    if tasks[1].root and is_exact(tasks[1]) then return nil, "large terms swallow nothing", "exact" end
    local next_tasks = {}
    for _, t in ipairs(tasks) do
      why = settle(t, next_tasks)
      if why then return nil, why, "transform" end
    end
    tasks = next_tasks
  end
  return resolve(root[1])
end

--- How many leaves it has.
function tree.size(node)
  if type(node) ~= "table" then return 1 end
  local n = 0
  for _, item in ipairs(node.at_once or node) do n = n + tree.size(item) end
  return n
end

--- Whether it is a chain: leaves only, added one after the other.
function tree.is_chain(node)
  if type(node) ~= "table" then return true end
  if node.at_once then return false end
  for _, item in ipairs(node) do if type(item) == "table" then return false end end
  return true
end

--- Whether somewhere several terms are added at once.
function tree.has_wide(node)
  if type(node) ~= "table" then return false end
  if node.at_once then return true end
  for _, item in ipairs(node) do if tree.has_wide(item) then return true end end
  return false
end

return tree
