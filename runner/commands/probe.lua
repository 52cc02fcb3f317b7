-- probe: the numerical fingerprint of an implementation: how it computes, with the evidence.

local options = require "options"
local probes = require "probes"

local command = {
  name = "probe",
  usage = "--impl FILE.so",
  about = "Tells how an implementation computes: algorithm, precision, order of sums, subnormals, determinism.",
  options = options.join(options.subject, {
    {"json", about = "as one line of JSON"},
  }),
  more = "Informational: nothing here is right or wrong. Exit status: 0, or 2 and 3 on errors.",
}

local got = options.read(command)
local tested = options.open_subject(command, got)

-- The same subject with other numbers of threads.
local function reopen(threads)
  local other = {subject_threads = threads}
  for key, value in pairs(got) do if not other[key] then other[key] = value end end
  return options.open_subject(command, other)
end

local found = {}
local function add(key, title, probe)
  probe.key, probe.title = key, title
  found[#found + 1] = probe
end

add("algorithm", "algorithm, 1 channel", probes.algorithm(tested, 1, 1))
add("algorithm_channels", "algorithm, 32 channels", probes.algorithm(tested, 32, 1))
add("algorithm_batch", "... and 4 images", probes.algorithm(tested, 32, 4))
add("operands", "operands of float32", probes.operands(tested, "float32"))
add("products", "products", probes.products(tested))
for _, dtype in ipairs {"float32", "float64", "bfloat16", "float16"} do
  add("accumulator_" .. dtype, "sums of " .. dtype, probes.accumulator(tested, dtype))
end
add("order", "order of 64 terms", probes.order(tested))
add("growth", "error growth", probes.growth(tested))
add("subnormals", "subnormals", probes.subnormals(tested))
add("determinism", "determinism", probes.determinism(tested, reopen))

if got.json then
  local object = {subject = tested.name, version = tested.version, probes = {}}
  for _, p in ipairs(found) do object.probes[p.key] = {is = p.is, evidence = json.list(p.evidence)} end
  print(json.encode(object))
  return 0
end
print(("%s %s"):format(tested.name, tested.version))
for _, p in ipairs(found) do
  print(("%-24s %s"):format(p.title, p.is))
  for _, line in ipairs(p.evidence) do print(("%-24s   %s"):format("", line)) end
end
return 0
