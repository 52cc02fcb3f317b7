-- map: at which sizes an implementation switches to another way of summing.

local allowance = require "time.allowance"
local asker = require "reveal.asker"
local escape = require "text.escape"
local mapping = require "reveal.mapping"
local options = require "cli.options"
local output = require "text.output"
local runs = require "reveal.runs"
local ways = require "reveal.ways"

local command = {
  name = "map",
  usage = "--impl FILE.so [OPTION ...]",
  about = "Finds the sizes at which an implementation sums in another way, axis by axis and in pairs, by calls whose elements\n"
    .. "are all sums of the same products, of special values and beside padding. At first sizes are tried one by one up to 17\n"
    .. "and then by doubling; then pairs of switches; then all sizes, as long as there is time.",
  options = options.join(options.subject, {
    {"seconds", value = "SECONDS", number = true, above = 0, about = "how long to look (default 300); a busy machine gets more"},
    {"dtype", value = "NAME", about = "of the tensors (default float32)"},
    {"axes", value = "NAME,...", about = "walk only these: " .. table.concat(mapping.axes, ", ")},
    {"up_to", value = "SIZE", integer = true, at_least = 2, about = "the largest size on any axis"},
    {"yaml", value = "FILE", about = "write a case file of the sizes around each switch, all pairs of them"},
    {"json", about = "print a line of JSON for each base"},
  }),
  more = "Exit status: 0 the map is complete, 1 time ran out, 2 usage, 3 the harness failed, 4 nothing could be asked.",
}

local got = options.read(command)
local dtype = got.dtype or "float32"
if not asker.follows(dtype) then cts.fail(2, ("map: --dtype: '%s' is none of float32, float64, float16, bfloat16"):format(dtype)) end

local function chosen_axes()
  if not got.axes then return mapping.axes end
  local known, list = {}, {}
  for _, axis in ipairs(mapping.axes) do known[axis] = true end
  for word in (got.axes .. ","):gmatch "([^,]*)," do
    if not known[word] then cts.fail(2, ("map: --axes: '%s' is none of %s"):format(word, table.concat(mapping.axes, ", "))) end
    list[#list + 1] = word
  end
  return list
end

local told = {order = "order", padding = "what padding is multiplied with", small = "the smallest numbers", zero = "signed zeros",
  nan = "which NaN", refused = "refused"}

-- The features that change at any of the sizes.
local function say_changes(changes)
  local seen, said = {}, {}
  for _, list in pairs(changes) do
    for _, name in ipairs(list) do seen[name] = true end
  end
  for _, name in ipairs(ways.features) do
    if seen[name] then said[#said + 1] = told[name] end
  end
  return table.concat(said, ", ")
end

local function say_axis(walk, axis)
  local said, list = {}, mapping.thresholds(walk, axis)
  if #list > 0 then said[1] = ("switches at %s (%s)"):format(runs.text(list), say_changes(walk.changes[axis])) end
  local p = mapping.period(walk, axis)
  if p then said[#said + 1] = ("a tail unless the output has a multiple of %d"):format(p) end
  return #said > 0 and table.concat(said, "; ") or "one way"
end

local function print_walk(walk)
  print(mapping.describe(walk.base) .. ":")
  for _, axis in ipairs(walk.axes) do print(("  %-14s %s"):format(axis, say_axis(walk, axis))) end
  for _, p in ipairs(walk.pairs) do
    print(("  (%s: %s at %d where %s is %s)"):format(p.axis, p.vanishes and "no switch" or "a switch", p.at, p.other,
      table.concat(p.from, " or ")))
  end
end

local function as_json(walk)
  local thresholds, changes, periods, ranges, pairs_seen = {}, {}, {}, {}, {}
  for _, axis in ipairs(walk.axes) do
    thresholds[axis] = json.list(mapping.thresholds(walk, axis))
    changes[axis] = {}
    for v, list in pairs(walk.changes[axis]) do changes[axis][tostring(v)] = json.list(list) end
    periods[axis] = mapping.period(walk, axis)
    ranges[axis] = json.list {mapping.range(walk.base, axis)}
  end
  for i, p in ipairs(walk.pairs) do
    pairs_seen[i] = {axis = p.axis, at = p.at, other = p.other, from = json.list(p.from), vanishes = p.vanishes}
  end
  return json.encode {base = walk.base, ranges = ranges, thresholds = thresholds, changes = changes, periods = periods,
    pairs = json.list(pairs_seen), calls = walk.calls}
end

local axes = chosen_axes()
if got.up_to then mapping.limit(got.up_to) end
local tested = options.open_subject(command, got)
local first = mapping.bases(dtype)[1]
if ways.of(tested, first, ways.common(first, first)).refused then
  cts.fail(4, "map: the implementation does not answer the first call")
end
local expired = allowance(got.seconds or 300)
local walks = {}
for i, base in ipairs(mapping.bases(dtype)) do walks[i] = mapping.new(tested, base, expired, axes) end
for _, walk in ipairs(walks) do mapping.scout(walk) end
for _, walk in ipairs(walks) do mapping.pair(walk, walks) end
for _, walk in ipairs(walks) do mapping.fill(walk) end
for _, walk in ipairs(walks) do mapping.pair(walk, walks) end
local ended = expired()

if not got.json then print(("%s %s, %s"):format(tested.name, tested.version, dtype)) end
for _, walk in ipairs(walks) do
  if got.json then print(as_json(walk)) else print_walk(walk) end
end
if got.yaml then output.write(got.yaml, mapping.yaml(walks, escape.yaml(tested.name))) end
if ended and not got.json then print "time ran out: sizes that are not listed may have switches, too" end
return ended and 1 or 0
