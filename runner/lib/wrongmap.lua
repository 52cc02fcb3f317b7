-- wrongmap.lua: which elements of an output are wrong: in words, as characters, as a picture.

local picture = require "picture"

local wrongmap = {}

local outputs = {"output", "grad_input", "grad_weight", "grad_bias"}

-- How far each element may be from the exact one; nil where every bit counts.
local function bounds_of(c, got, detail)
  if c:expect().exact or got.dtype:find "int" then return nil end
  return oracle.bound(got, detail)
end

-- Whether a value is wrong: beyond its bound, or a NaN or an infinity that should be another.
local function is_wrong(got, want, exact, bound)
  if got == want or (got ~= got and want ~= want) then return false end
  return not (bound and math.abs(got - exact) <= bound)
end

--- The first wrong tensor of a result: {name, got, want, wrong = {[index] = true}, count}; nil if none is.
function wrongmap.of(result)
  local tensors = result.case:tensors()
  for _, name in ipairs(outputs) do
    local got, detail = result.tensors[name], tensors[name]
    if got and detail then
      local wrong, count, bounds = {}, 0, bounds_of(result.case, got, detail)
      for i = 1, #got do
        if is_wrong(got[i], detail.want[i], detail.exact[i], bounds and bounds[i]) then
          wrong[i] = true
          count = count + 1
        end
      end
      if count > 0 then return {name = name, got = got, want = detail.want, wrong = wrong, count = count} end
    end
  end
end

-- How many wrong elements there are at each index of an axis, and of how many.
local function along(map, axis)
  local shape, counts = map.want.shape, {}
  local below = 1
  for a = axis + 1, #shape do below = below * shape[a] end
  for i = 1, shape[axis] do counts[i] = 0 end
  for at in pairs(map.wrong) do
    local i = (at - 1) // below % shape[axis] + 1
    counts[i] = counts[i] + 1
  end
  return counts, #map.want // shape[axis]
end

-- "0-2, 5, 7" of the indices whose count is above 0.
local function ranges(counts)
  local parts, first = {}, nil
  for i = 1, #counts + 1 do
    local bad = counts[i] and counts[i] > 0
    if bad and not first then first = i end
    if not bad and first then
      parts[#parts + 1] = first == i - 1 and tostring(first - 1) or ("%d-%d"):format(first - 1, i - 2)
      first = nil
    end
  end
  return table.concat(parts, ", ")
end

local function period(counts)
  for p = 2, #counts // 2 do
    local hit, regular = nil, true
    for i = 1, #counts do
      if counts[i] > 0 then
        hit = hit or i % p
        regular = regular and i % p == hit
      end
    end
    local expected = 0
    for i = 1, #counts do if hit and i % p == hit then expected = expected + (counts[i] > 0 and 0 or 1) end end
    if regular and hit and expected == 0 then return p end
  end
end

-- What is special about the wrong indices of an axis, or nil.
local function pattern(counts)
  local n, bad = #counts, 0
  for i = 1, n do bad = bad + (counts[i] > 0 and 1 or 0) end
  if bad == n then return "all" end
  if n == 1 then return nil end
  if bad == 1 and counts[n] > 0 then return "the last only" end
  if bad == 1 and counts[1] > 0 then return "the first only" end
  if bad == 2 and counts[1] > 0 and counts[n] > 0 then return "the border only" end
  local p = period(counts)
  return p and ("every %d."):format(p) or nil
end

local names = {
  output = {"image", "channel", "row", "column"}, grad_input = {"image", "channel", "row", "column"},
  grad_weight = {"output channel", "input channel", "kernel row", "kernel column"}, grad_bias = {"channel"},
}

local function axis_name(map, axis)
  local list = names[map.name]
  return list[axis + #list - #map.want.shape]
end

--- Prints the map in words and characters.
function wrongmap.print(map)
  local total = #map.want
  print(("  %s: %d of %d %s wrong"):format(map.name, map.count, total, total == 1 and "element is" or "elements are"))
  if map.count == total then return end
  for axis = 1, #map.want.shape do
    local counts, of = along(map, axis)
    local all = pattern(counts) or ranges(counts)
    print(("  %-15s %s (of %d, each of %d elements)"):format(axis_name(map, axis) .. "s", all, #counts, of))
  end
  if total <= 4096 then picture.print_map(map.name .. ": # is wrong", map.wrong, map.want) end
end

-- ---- SVG

local CELL, GAP = 8, 6

-- From white (right) to dark red (wrong by as much as any).
local function colour(error, largest)
  if error == 0 then return "#eef2ee" end
  local strength = largest > 0 and largest < math.huge and math.log(1 + error) / math.log(1 + largest) or 1
  local rest = 1 - strength
  return ("#%02x%02x%02x"):format(255 - math.floor(80 * strength), math.floor(170 * rest), math.floor(140 * rest))
end

local function error_at(map, i)
  if not map.wrong[i] then return 0 end
  local e = math.abs(map.got[i] - map.want[i])
  return e == e and e < math.huge and e or 1e300
end

--- Writes the errors as an SVG picture, a plane of the last two axes beside the other.
function wrongmap.write_svg(map, path)
  local shape = map.want.shape
  local columns, rows = shape[#shape], #shape > 1 and shape[#shape - 1] or 1
  local planes, largest = #map.want // (rows * columns), 0
  for i in pairs(map.wrong) do largest = math.max(largest, error_at(map, i)) end
  local across = math.ceil(math.sqrt(planes))
  local width, height = across * (columns * CELL + GAP), math.ceil(planes / across) * (rows * CELL + GAP)
  local f = io.open(path, "w") or cts.fail(2, path .. ": can't be written")
  f:write(('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" shape-rendering="crispEdges">\n')
    :format(width, height))
  f:write(("<title>%s: %d of %d elements are wrong</title>\n"):format(map.name, map.count, #map.want))
  for i = 1, #map.want do
    local e = i - 1
    local plane = e // (rows * columns)
    local x = plane % across * (columns * CELL + GAP) + e % columns * CELL
    local y = plane // across * (rows * CELL + GAP) + e // columns % rows * CELL
    local fill = colour(error_at(map, i), largest)
    f:write(('<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>\n'):format(x, y, CELL - 1, CELL - 1, fill))
  end
  f:write("</svg>\n")
  f:close()
end

return wrongmap
