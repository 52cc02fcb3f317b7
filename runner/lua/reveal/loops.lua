-- loops.lua: a sequence of leaves as a nest of loops: which index runs outermost, and in which blocks.

local loops = {}

loops.permutations = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}

--- The three indices of a leaf.
function loops.indices(leaf, extent)
  return {leaf // (extent[2] * extent[3]), leaf // extent[3] % extent[2], leaf % extent[3]}
end

-- The values of each index in order of their first appearance.
local function values_of(list)
  local values, seen = {{}, {}, {}}, {{}, {}, {}}
  for _, index in ipairs(list) do
    for a = 1, 3 do
      if not seen[a][index[a]] then
        seen[a][index[a]] = true
        table.insert(values[a], index[a])
      end
    end
  end
  return values
end

local function is_nest(list, values, order)
  local inner, middle, outer = values[order[3]], values[order[2]], values[order[1]]
  if #inner * #middle * #outer ~= #list then return false end
  for i, index in ipairs(list) do
    local k = i - 1
    if index[order[3]] ~= inner[k % #inner + 1] or index[order[2]] ~= middle[k // #inner % #middle + 1]
      or index[order[1]] ~= outer[k // (#inner * #middle) + 1] then
      return false
    end
  end
  return true
end

local function find_nest(list)
  local values = values_of(list)
  for _, order in ipairs(loops.permutations) do
    if is_nest(list, values, order) then return order, values end
  end
end

local function slice(list, first, last) return table.move(list, first, last, 1, {}) end

-- Blocks of the first index, each a nest of the same order: the size and the order.
local function find_blocks(list)
  local total = #values_of(list)[1]
  if total < 3 or #list % total ~= 0 then return nil end
  local each = #list // total
  for size = 2, total - 1 do
    local order = find_nest(slice(list, 1, size * each))
    local good = order ~= nil
    for first = size * each + 1, #list, size * each do
      if not good then break end
      local block = slice(list, first, math.min(first + size * each - 1, #list))
      local values = values_of(block)
      good = #values[1] <= size and is_nest(block, values, order)
    end
    if good then return size, order end
  end
end

-- The steps in which a list of values runs: 1, -1, 2 ...; nil if it is uneven.
local function step_of(values)
  local step = #values > 1 and values[2] - values[1] or 1
  for i = 2, #values do if values[i] - values[i - 1] ~= step then return nil end end
  return step
end

-- "channels", "rows from the last": an index in words.
local function say_axis(name, values)
  local step = step_of(values)
  if step == 1 then return name end
  if step == -1 then return name .. " from the last" end
  if not step or step < 0 then return name .. " in another sequence" end
  return ("every %d%s of the %s"):format(step, step == 2 and "nd" or step == 3 and "rd" or "th", name)
end

local function say_nest(order, values, names)
  local said = {}
  for _, a in ipairs(order) do
    if #values[a] > 1 then said[#said + 1] = say_axis(names[a], values[a]) end
  end
  if #said == 0 then return nil end
  if #said == 1 then return said[1] .. " in order" end
  return said[1] .. " outermost, then " .. table.concat(said, ", ", 2)
end

--- The order of a chain in words, or nil if it is no nest of loops.
function loops.say(leaves, extent, names)
  local list = {}
  for i, leaf in ipairs(leaves) do list[i] = loops.indices(leaf, extent) end
  local order, values = find_nest(list)
  if order then return say_nest(order, values, names) end
  local size, inner = find_blocks(list)
  if not size then return nil end
  local all = values_of(list)
  return ("blocks of %d %s, in each %s"):format(size, names[1], say_nest(inner, all, names))
end

return loops
