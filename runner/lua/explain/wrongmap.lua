-- wrongmap.lua: which elements of an output are wrong: in words, as characters, as a picture.

local complex = require "text.complex"
local output = require "text.output"
local picture = require "case_page.picture"

local wrongmap = {}

local outputs = {"output", "grad_input", "grad_weight", "grad_bias"}

-- How far each element may be from the exact one; nil where every bit counts.
local function bounds_of(got, detail, exact)
  if exact or got.dtype:find "int" then return nil end
  return oracle.bound(got, detail)
end

-- Whether a value is wrong: beyond its bound, or a NaN or an infinity that should be another.
local function is_wrong(got, want, exact, bound)
  if got == want or (got ~= got and want ~= want) then return false end
  return not (bound and math.abs(got - exact) <= bound)
end

--- The first wrong tensor of a result: {name, got, want, wrong = {[index] = true}, count, case}; nil if none is.
function wrongmap.of(result)
  local tensors, exact = result.case:tensors()
  for _, name in ipairs(outputs) do
    local got, detail = result.tensors[name], tensors[name]
    if got and detail then
      local wrong, count, bounds, parts = {}, 0, bounds_of(got, detail, exact), complex.parts(got)
      for i = 1, #got do
        local element = (i - 1) // parts + 1
        if not wrong[element] and is_wrong(got[i], detail.want[i], detail.exact[i], bounds and bounds[i]) then
          wrong[element] = true
          count = count + 1
        end
      end
      if count > 0 then return {name = name, got = got, want = detail.want, wrong = wrong, count = count, case = result.case} end
    end
  end
end

-- How many elements at each index of an axis are wrong, and how many there are.
local function along(map, axis)
  local shape, counts = map.want.shape, {}
  local below = 1
  for a = axis + 1, #shape do below = below * shape[a] end
  for i = 1, shape[axis] do counts[i] = 0 end
  for at in pairs(map.wrong) do
    local i = (at - 1) // below % shape[axis] + 1
    counts[i] = counts[i] + 1
  end
  return counts, map.want.count // shape[axis]
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

-- p and the first index where exactly every p-th index from there on is wrong; nil where none is.
local function period(counts)
  local first
  for i = #counts, 1, -1 do first = counts[i] > 0 and i or first end
  for p = math.max(2, first), #counts // 2 do
    local i = 1
    while i <= #counts and (counts[i] > 0) == (i % p == first % p) do i = i + 1 end
    if i > #counts then return p, first - 1 end
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
  local p, first = period(counts)
  return p and ("one in %d, from %d on"):format(p, first) or nil
end

local names = {
  output = {"image", "channel", "row", "column"}, grad_input = {"image", "channel", "row", "column"},
  grad_weight = {"output channel", "input channel", "kernel row", "kernel column"}, grad_bias = {"channel"},
}

local function axis_name(map, axis)
  local list = names[map.name]
  return list[axis + #list - #map.want.shape]
end

-- ", in group 1 only" where the wrong channels lie in one of several groups; else "".
local function group_of(map, axis, counts)
  local name, groups = axis_name(map, axis), map.case.groups
  if groups == 1 or (name ~= "channel" and name ~= "output channel") then return "" end
  local size, group = #counts // groups, nil
  for i = 1, #counts do
    local own = counts[i] > 0 and (i - 1) // size or group
    if group and own ~= group then return "" end
    group = own
  end
  return (", in group %d only"):format(group)
end

--- What is special about the wrong elements on each axis: "all", "the last only", ...; "some" where nothing is.
function wrongmap.patterns(map)
  local list = {}
  for axis = 1, #map.want.shape do
    local counts = along(map, axis)
    local text = pattern(counts)
    list[axis] = axis_name(map, axis) .. "s: " .. (text and text:gsub(", from.*", "") or "some")
  end
  return list
end

--- Prints the map in words and characters.
function wrongmap.print(map)
  local total = map.want.count
  print(("  %s: %d of %d %s wrong"):format(map.name, map.count, total, total == 1 and "element is" or "elements are"))
  if map.count == total then return end
  for axis = 1, #map.want.shape do
    local counts, of = along(map, axis)
    local all = pattern(counts) or ranges(counts)
    print(("  %-15s %s (of %d, each of %d elements)%s"):format(
      axis_name(map, axis) .. "s", all, #counts, of, group_of(map, axis, counts)))
  end
  if total <= 4096 then picture.print_map(map.name .. ": # is wrong", map.wrong, map.want) end
end

-- ---- SVG

local CELL, GAP, LABEL = 8, 6, 12 -- pixels: an element, between planes, of a plane's name above it

-- The colour of an error, from light to dark red. The largest error is darkest.
local function colour(error, largest)
  local strength = largest > 0 and largest < math.huge and math.log(1 + error) / math.log(1 + largest) or 1
  local rest = 1 - strength
  return ("#%02x%02x%02x"):format(255 - math.floor(80 * strength), math.floor(170 * rest), math.floor(140 * rest))
end

local function error_at(map, i)
  local parts, e = complex.parts(map.want), 0
  for k = (i - 1) * parts + 1, i * parts do
    local away = math.abs(map.got[k] - map.want[k])
    e = away <= e and e or away
  end
  return e == e and e < math.huge and e or 1e300
end

-- How planes of the last two axes lie: the channels of an image side by side, if they are not too many.
local function arrange(shape, total)
  local columns, rows = shape[#shape], #shape > 1 and shape[#shape - 1] or 1
  local planes, channels = total // (rows * columns), #shape > 2 and shape[#shape - 2] or 1
  local across = channels <= 16 and channels or math.ceil(math.sqrt(planes))
  local wide, high = columns * CELL + GAP, rows * CELL + GAP + LABEL
  return {
    columns = columns, size = rows * columns, planes = planes, rows = rows,
    width = across * wide, height = math.ceil(planes / across) * high,
    corner = function(plane) return plane % across * wide, plane // across * high + LABEL end,
  }
end

-- "[1,3]": the indices of a plane on the axes before the last two.
local function name_plane(shape, plane)
  local index = {}
  for axis = #shape - 2, 1, -1 do
    table.insert(index, 1, plane % shape[axis])
    plane = plane // shape[axis]
  end
  return #index > 0 and "[" .. table.concat(index, ",") .. "]" or ""
end

--- Writes the errors as an SVG picture: every plane of the last two axes, with its name, and in it what is wrong.
function wrongmap.write_svg(map, path)
  local shape, largest = map.want.shape, 0
  local a = arrange(shape, map.want.count)
  local parts = {}
  local function put(text) parts[#parts + 1] = text end
  local function draw(x, y, width, height, fill)
    put(('<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>\n'):format(x, y, width, height, fill))
  end
  put(('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="9">\n')
    :format(a.width, a.height))
  put(("<title>%s: %d of %d elements are wrong</title>\n"):format(map.name, map.count, map.want.count))
  for plane = 0, a.planes - 1 do
    local x, y = a.corner(plane)
    put(('<text x="%d" y="%d">%s</text>\n'):format(x, y - 3, name_plane(shape, plane)))
    draw(x, y, a.columns * CELL, a.rows * CELL, "#eef2ee")
  end
  for i in pairs(map.wrong) do largest = math.max(largest, error_at(map, i)) end
  for i = 1, map.want.count do
    if map.wrong[i] then
      local x, y = a.corner((i - 1) // a.size)
      local at = (i - 1) % a.size
      draw(x + at % a.columns * CELL, y + at // a.columns * CELL, CELL - 1, CELL - 1, colour(error_at(map, i), largest))
    end
  end
  put("</svg>\n")
  output.write(path, table.concat(parts))
end

return wrongmap
