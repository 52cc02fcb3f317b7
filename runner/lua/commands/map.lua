-- map: at which sizes an implementation switches to another way of summing.

local escape = require "text.escape"
local mapping = require "reveal.mapping"
local options = require "cli.options"
local output = require "text.output"

local command = {
  name = "map",
  usage = "--impl FILE.so [OPTION ...]",
  about = "Finds the sizes at which an implementation sums in another way, axis by axis and in pairs, by calls whose elements\n"
    .. "are all sums of the same products. Sizes are tried one by one up to 17, then by doubling.",
  options = options.join(options.subject, {
    {"seconds", value = "SECONDS", number = true, above = 0, about = "how long to look (default 60)"},
    {"dtype", value = "NAME", about = "of the tensors (default float32)"},
    {"yaml", value = "FILE", about = "write a case file of the sizes around each switch, all pairs of them"},
    {"json", about = "print a line of JSON for each base"},
  }),
  more = "Exit status: 0 the map is complete, 1 time ran out, 2 usage, 3 the harness failed, 4 nothing could be asked.",
}

local got = options.read(command)
local dtypes = {float32 = true, float64 = true, float16 = true, bfloat16 = true}
local dtype = got.dtype or "float32"
if not dtypes[dtype] then cts.fail(2, ("map: --dtype: '%s' is none of float32, float64, float16, bfloat16"):format(dtype)) end

local function say_axis(w, axis)
  local said = {}
  if #w.thresholds[axis] > 0 then said[1] = "switches at " .. table.concat(w.thresholds[axis], ", ") end
  if w.periods[axis] then said[#said + 1] = ("a tail unless the output has a multiple of %d"):format(w.periods[axis]) end
  return #said > 0 and table.concat(said, "; ") or "one way"
end

local function print_walk(w)
  local b = w.base
  print(("%dx%d kernel, from %d images of %dx%dx%d to %d channels:"):format(b.kernel, b.kernel, b.images, b.in_channels,
    b.height, b.width, b.out_channels))
  for _, axis in ipairs(mapping.axes) do print(("  %-14s %s"):format(axis, say_axis(w, axis))) end
  for _, p in ipairs(w.pairs) do
    print(("  (%s: no switch at %d where %s is %d)"):format(p.axis, p.at, p.other, p.from))
  end
end

local function as_json(w)
  local at, pairs_seen = {}, {}
  for axis, list in pairs(w.thresholds) do at[axis] = json.list(list) end
  for i, p in ipairs(w.pairs) do pairs_seen[i] = p end
  return json.encode {base = w.base, thresholds = at, periods = w.periods, pairs = json.list(pairs_seen), calls = w.calls}
end

local tested = options.open_subject(command, got)
if not mapping.signature(tested, mapping.bases(dtype)[1], 3) then cts.fail(4, "map: the implementation does not answer the first call") end
local stop = cts.now() + (got.seconds or 60)
local function expired() return cts.now() > stop end
local walks = {}
if not got.json then print(("%s %s, %s"):format(tested.name, tested.version, dtype)) end
for _, base in ipairs(mapping.bases(dtype)) do
  local w = mapping.walk(tested, base, expired)
  walks[#walks + 1] = w
  if got.json then print(as_json(w)) else print_walk(w) end
end
if got.yaml then output.write(got.yaml, mapping.yaml(walks, escape.yaml(tested.name))) end
if expired() and not got.json then print "time ran out: sizes that are not listed may have switches, too" end
return expired() and 1 or 0
