-- runs.lua: a list of sizes as runs that repeat: 4, 5, 8, 9, 12, 13 is "4 and 5, so on every 4".

local runs = {}

local MOST_TOGETHER = 4 -- sizes that repeat together
local LEAST = 3         -- times that they do

-- How many sizes from number i on repeat in groups of so many, and by how much; 0 if none do.
local function length(list, i, together)
  local step = list[i + together] and list[i + together] - list[i]
  local n = together
  while step and list[i + n] and list[i + n] - list[i + n - together] == step do n = n + 1 end
  n = n - n % together
  return n >= LEAST * together and n or 0, step
end

--- Runs of an ascending list: {{first = a list of sizes, last = a list of as many, step =}, ...}; a size on its own is a run
--- without `step`.
function runs.of(list)
  local found, i = {}, 1
  while i <= #list do
    local best, together, step = 0, 1, nil
    for k = 1, MOST_TOGETHER do
      local n, by = length(list, i, k)
      if n > best then best, together, step = n, k, by end
    end
    local count = best > 0 and best or 1
    found[#found + 1] = {first = table.move(list, i, i + together - 1, 1, {}), step = step,
      last = table.move(list, i + count - together, i + count - 1, 1, {})}
    i = i + count
  end
  return found
end

--- The runs as a text.
function runs.text(list)
  local said = {}
  for i, run in ipairs(runs.of(list)) do
    local function joined(sizes) return table.concat(sizes, " and ") end
    said[i] = run.step and ("%s, so on every %d to %s"):format(joined(run.first), run.step, joined(run.last)) or joined(run.first)
  end
  return table.concat(said, ", ")
end

--- Of each run the first sizes and the last.
function runs.ends(list)
  local kept, seen = {}, {}
  local function keep(v)
    if not seen[v] then kept[#kept + 1] = v end
    seen[v] = true
  end
  for _, run in ipairs(runs.of(list)) do
    for _, v in ipairs(run.first) do keep(v) end
    for _, v in ipairs(run.last) do keep(v) end
  end
  return kept
end

return runs
