-- probe: the numerical fingerprint of an implementation: how it computes, with the evidence.

local options = require "cli.options"
local probes = require "probe.probes"
local summary = require "cli.summary"

local command = {
  name = "probe",
  usage = "--impl FILE.so",
  about = "Finds out how an implementation computes: algorithm, precision, order of sums, subnormals, determinism.",
  options = options.join(options.subject, {
    {"only", value = "NAMES", about = "run only some probes, by the names that --json prints: algorithm,order"},
    {"json", about = "print one line of JSON"},
  }),
  more = "The findings are for information. Exit status: 0; 1 if the subject states a numeric contract that it does not keep;\n"
    .. "2 and 3 on errors.",
}

local got = options.read(command)
local tested = options.open_subject(command, got)

-- The set of names of --only; nil for all.
local function read_wanted()
  if not got.only then return nil end
  local known, wanted = {}, {}
  for _, key in ipairs(probes.keys()) do known[key] = true end
  for key in got.only:gmatch "[^,%s]+" do
    if not known[key] then cts.fail(2, ("probe: --only: no probe is called '%s': %s"):format(key, table.concat(probes.keys(), ", "))) end
    wanted[key] = true
  end
  return wanted
end

local found = probes.run(tested, options.reopener(command, got), read_wanted())
local overstated = false
for _, p in ipairs(found) do overstated = overstated or p.overstated end
if got.json then
  local object = {subject = tested.name, version = tested.version, probes = {}}
  for _, p in ipairs(found) do
    object.probes[p.key] = {is = p.is, bits = p.bits, slope = p.slope, overstated = p.overstated or nil, evidence = json.list(p.evidence)}
  end
  print(json.encode(object))
  return overstated and 1 or 0
end
print(("%s %s"):format(tested.name, tested.version))
local own = summary.note_of_own(tested)
if own then print(("%-24s %s"):format("", own)) end
if tested.environment ~= "" then print(("%-24s %s"):format("environment", tested.environment)) end
for _, p in ipairs(found) do
  print(("%-24s %s"):format(p.title, p.is))
  for _, line in ipairs(p.evidence) do print(("%-24s   %s"):format("", line)) end
end
if overstated then print "overstated: the subject computes worse than the numeric contract that it states (specs/numerics.md)" end
return overstated and 1 or 0
