-- sizes.lua: what sizes cases have. An implementation chooses its kernels by sizes, so faults
-- hang on their place between powers of two, and on thresholds with both neighbours.

local cost = require "coverage.cost"

local sizes = {}

--- The classes: from this size on, up to the next.
sizes.bounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 65535}

--- Sizes at which kernels change: cases at them and at both neighbours are counted, too.
sizes.thresholds = {4, 8, 16, 32, 64, 128, 256}

-- The sizes of a valid call, by their names.
local quantities = {
  {"images", function(c) return #c.input == 4 and c.input[1] or 1 end},
  {"input channels of a group", function(c) return c.input[#c.input - 2] // c.groups end},
  {"output channels", function(c) return c.out_channels end},
  {"groups", function(c) return c.groups end},
  {"input height", function(c) return c.input[#c.input - 1] end},
  {"input width", function(c) return c.input[#c.input] end},
  {"output height", function(_, out) return out[#out - 1] end},
  {"output width", function(_, out) return out[#out] end},
  {"longer side of the kernel", function(c) return math.max(c.kernel_size[1], c.kernel_size[2]) end},
  {"products of an output", function(c) return cost.window(c) end},
}

local populations = {
  {"forward", function(c) return c.direction == "forward" end},
  {"backward", function(c) return c.direction == "backward" end},
  {"not float32", function(c) return c.dtype ~= "float32" and (c.direction == "forward" or c.direction == "backward") end},
}

local function class_of(n)
  local class
  for i, from in ipairs(sizes.bounds) do
    if n >= from then class = i end
  end
  return class
end

-- The thresholds with both neighbours, in order, and which of them a size is.
local near, place = {}, {}
for _, t in ipairs(sizes.thresholds) do
  for n = t - 1, t + 1 do
    if not place[n] then
      near[#near + 1] = n
      place[n] = #near
    end
  end
end

local function zeros(list)
  local row = {}
  for i in ipairs(list) do row[i] = 0 end
  return row
end

local function add_to(row, n)
  local class = class_of(n)
  if class then row.cases[class] = row.cases[class] + 1 end
  if place[n] then row.near[place[n]] = row.near[place[n]] + 1 end
end

--- Counts the cases of a suite: {name =, population =, cases = {number of each class}, near = {number of each threshold
--- and neighbour, in order}} for each quantity and population. Calls that are rejected have no sizes.
function sizes.count(cases)
  local rows = {}
  for _, q in ipairs(quantities) do
    for _, p in ipairs(populations) do
      rows[#rows + 1] = {name = q[1], population = p[1], cases = zeros(sizes.bounds), near = zeros(near)}
    end
  end
  for c in cases:cases() do
    local call = c:expect()
    for i, q in ipairs(call.status == "ok" and quantities or {}) do
      local n = q[2](c, call.output_shape)
      for k, p in ipairs(populations) do
        if p[2](c) then add_to(rows[(i - 1) * #populations + k], n) end
      end
    end
  end
  return rows
end

-- The sizes at and beside thresholds that no case has, as words; "" if all have one, or there are no cases at all.
local function missing(row)
  local list, some = {}, 0
  for i, count in ipairs(row.near) do
    some = some + count
    if count == 0 then list[#list + 1] = near[i] end
  end
  if some == 0 then return "" end
  return table.concat(list, " ")
end

--- Prints the rows as a table, and of the thresholds what no case has.
function sizes.print(rows)
  local head = {}
  for i, from in ipairs(sizes.bounds) do
    local last = sizes.bounds[i + 1] and sizes.bounds[i + 1] - 1
    head[i] = ("%11s"):format(not last and from .. "-" or last == from and tostring(from) or from .. "-" .. last)
  end
  print(("\n%-26s %-11s %s"):format("valid calls of size", "", table.concat(head)))
  for _, row in ipairs(rows) do
    local cells = {}
    for i, n in ipairs(row.cases) do cells[i] = ("%11s"):format(n > 0 and n or "-") end
    print(("%-26s %-11s %s"):format(row.name, row.population, table.concat(cells)))
  end
  local title = "\nof 4, 8, 16, 32, 64, 128, 256 and their neighbours no case has:"
  for _, row in ipairs(rows) do
    local none = missing(row)
    if none ~= "" then
      if title then print(title) end
      title = nil
      print(("  %-26s %-11s %s"):format(row.name, row.population, none))
    end
  end
end

return sizes
