-- map-score.lua: how many of the switches that oneDNN's own log shows does a map find? conv2d-cts lua tests/lua/map-score.lua
-- SUBJECT.so [ISA]; `make map-score`. Along each axis that the map walks, each size is called once more with
-- ONEDNN_VERBOSE=1, and the name of the implementation that the log gives is compared with that of the size before. The
-- case file of the map must then find a fault that stands in front of one of these switches.

package.path = "runner/lua/?.lua;" .. package.path
local mapping = require "reveal.mapping"
local runs = require "reveal.runs"
local ways = require "reveal.ways"

local SHARE = 0.95
local impl, isa = arg[1], arg[2]

-- ---- as a child: the log. One line for each size: the base's number, axis, size, name.

if impl == "--log" then
  local tested = subject.open {path = isa}
  for i, base in ipairs(mapping.bases "float32") do
    for _, axis in ipairs(mapping.axes) do
      local first, last = mapping.range(base, axis)
      for v = first, last do
        local c = case.new(ways.keys(mapping.with(base, axis, v)))
        local _, r = tested:ask(c, c:operands())
        local name = (r.printed or ""):match "exec,cpu,convolution,([^,]+)," or r.verdict
        print(i, axis, v, name)
      end
    end
  end
  return 0
end

-- ---- the map, and what the log says

local environment = isa and ("ONEDNN_MAX_CPU_ISA=%s DNNL_MAX_CPU_ISA=%s "):format(isa, isa) or ""
local cases = os.tmpname()

-- The walks of the map, and the seconds that it took of a clock and of a processor.
local function read_map()
  local times, started, walks = os.tmpname(), cts.now(), {}
  local pipe = io.popen(("{ %s%s map --json --seconds 3600 --yaml %s --impl %s; times >%s; }"):format(environment, cts.program, cases,
    impl, times))
  for line in pipe:lines() do walks[#walks + 1] = json.decode(line) end
  pipe:close()
  local seconds, processor = cts.now() - started, 0
  local text = {}
  for line in io.lines(times) do text[#text + 1] = line end
  for minutes, s in (text[2] or ""):gmatch "(%d+)m([%d.]+)s" do processor = processor + minutes * 60 + s end
  os.remove(times)
  return walks, seconds, processor
end

-- {[base's number and axis] = {[size] = name of the implementation}}
local function read_log()
  local log = {}
  local pipe = io.popen(("%sONEDNN_VERBOSE=1 DNNL_VERBOSE=1 %s lua tests/lua/map-score.lua --log %s"):format(environment, cts.program, impl))
  for line in pipe:lines() do
    local i, axis, v, name = line:match "^(%d+)\t([^\t]+)\t(%d+)\t(.*)$"
    if i then
      local key = i .. " " .. axis
      log[key] = log[key] or {}
      log[key][tonumber(v)] = name
    end
  end
  pipe:close()
  return log
end

-- The sizes at which the name is another than at the size before, ascending.
local function switches_of(names, range)
  local list = {}
  for v = range[1] + 1, range[2] do
    if names[v] ~= names[v - 1] then list[#list + 1] = v end
  end
  return list
end

local function minus(list, other)
  local set, rest = {}, {}
  for _, v in ipairs(other) do set[v] = true end
  for _, v in ipairs(list) do
    if not set[v] then rest[#rest + 1] = v end
  end
  return rest
end

local function names_around(names, list)
  local said, seen = {}, {}
  for _, v in ipairs(list) do
    local text = ("%s to %s"):format(names[v - 1], names[v])
    if not seen[text] then said[#said + 1] = text end
    seen[text] = true
  end
  return table.concat(said, ", ")
end

local walks, seconds, processor = read_map()
local log = read_log()
local in_log, found, extra, axes, axes_whole, sizes, one = 0, 0, 0, 0, 0, 0, nil
print(("%s %s"):format(impl, isa or "with all instructions"))
for i, walk in ipairs(walks) do
  for _, axis in ipairs(mapping.axes) do
    local names, range, told = log[i .. " " .. axis], walk.ranges[axis], walk.thresholds[axis]
    local wanted = switches_of(names, range)
    local missed, more = minus(wanted, told), minus(told, wanted)
    sizes = sizes + range[2] - range[1] + 1
    in_log, found, extra = in_log + #wanted, found + #wanted - #missed, extra + #more
    if #wanted > 0 then
      axes, axes_whole = axes + 1, axes_whole + (#missed == 0 and 1 or 0)
      print(("%s, %s from %d to %d: %d in the log, %d found"):format(mapping.describe(walk.base), axis, range[1], range[2], #wanted,
        #wanted - #missed))
      print(("    in the log: %s (%s)"):format(runs.text(wanted), names_around(names, wanted)))
    end
    if #missed > 0 then print(("    could not be told apart: %s (%s)"):format(runs.text(missed), names_around(names, missed))) end
    if #more > 0 then print(("  only in the map: %s, %s: %s"):format(mapping.describe(walk.base), axis, runs.text(more))) end
    one = one or (#wanted > #missed and axis == "out_channels" and {walk = walk, axis = axis, at = minus(wanted, missed)[1]}) or nil
  end
end

-- ---- a fault at a switch

-- A pattern of the ids of calls at the switch, which a subject in front of oneDNN's gets wrong.
local function plant(at)
  local s = mapping.with(at.walk.base, at.axis, at.at)
  return ("FAULTY_OUT_CHANNELS=%d FAULTY_GROUPS=%d FAULTY_SUBJECT=%s "):format(s.out_channels * s.groups, s.groups, impl)
end

local caught = true
if one then
  local front = "build/plants/in_front.so"
  local function run(variables)
    local _, _, status = os.execute(("%s%s%s run --impl %s %s >/dev/null 2>&1"):format(environment, variables, cts.program, front, cases))
    return status
  end
  local with, without = run(plant(one)), run(("FAULTY_SUBJECT=%s "):format(impl))
  caught = with == 1 and without == 0
  print(("a fault where %s is %d, at a switch of the log: the case file %s it; without the fault it %s"):format(one.axis, one.at,
    with == 1 and "finds" or "does not find", without == 0 and "passes" or "does not pass"))
end
os.remove(cases)

if in_log == 0 then
  print(("the log has no switch on these axes: nothing is scored; %d sizes; %.0f seconds, of a processor %.0f"):format(sizes, seconds, processor))
  return 1
end
local share = found / in_log
print(("%d of %d switches in the log found (%.1f %%), on %d of %d axes that have some all of them; %d only in the map; %d sizes; "
  .. "%.0f seconds, of a processor %.0f"):format(found, in_log, 100 * share, axes_whole, axes, extra, sizes, seconds, processor))
return share >= SHARE and caught and 0 or 1
