-- invariances: what an image's output depends on besides its own numbers, bit for bit.

local invariances = require "reveal.invariances"
local options = require "cli.options"

local command = {
  name = "invariances",
  usage = "--impl FILE.so [OPTION ...]",
  about = "Says whether the bits of an image's output depend on how many images are in the batch, on what these are, on\n"
    .. "repetition, layout, alignment or the number of threads, and at which of its shapes that begins.",
  options = options.join(options.subject, {
    {"claim", value = "NAMES", about = "those that are claimed, and judged: batch,neighbours,repetition,layout,alignment,threads"},
    {"json", about = "print one line of JSON"},
  }),
  more = "Exit status: 0 what is claimed holds, 1 it does not, 2 usage, 3 the harness failed.",
}

local got = options.read(command)

-- The set of names of --claim.
local function read_claimed()
  local known, set = {}, {}
  for _, name in ipairs(invariances.names) do known[name] = true end
  for name in (got.claim or ""):gmatch "[^,%s]+" do
    if not known[name] then cts.fail(2, ("invariances: --claim: '%s' is no invariance"):format(name)) end
    set[name] = true
  end
  return set
end

local claimed = read_claimed()
local tested = options.open_subject(command, got)

local ends = invariances.find(tested, options.reopener(command, got))
if got.json then
  print(json.encode {subject = tested.name, version = tested.version, ends = ends})
else
  print(("%s %s"):format(tested.name, tested.version))
end
local status = 0
for _, name in ipairs(invariances.names) do
  local e = ends[name]
  if e and claimed[name] then status = 1 end
  if not got.json then
    print(("  %-12s %s"):format(name, e and ("other bits %s: %s"):format(e.words, e.case) or "no dependence was found"))
  end
end
return status
