-- invariances: what an image's output depends on besides its own numbers, bit for bit.

local allowance = require "time.allowance"
local invariances = require "reveal.invariances"
local options = require "cli.options"

local command = {
  name = "invariances",
  usage = "--impl FILE.so [OPTION ...]",
  about = "Says whether the bits of an image's output depend on how many images are in the batch, on what these are, on\n"
    .. "repetition, layout, alignment or the number of threads, and at which of its shapes that begins. What the\n"
    .. "implementation claims (enum conv2d_claim of conv2d_abi.h) is judged; specs/invariances.md.",
  options = options.join(options.subject, {
    {"claim", value = "NAMES", about = "further claims that are judged: batch,neighbours,repetition,layout,alignment,threads"},
    {"seconds", value = "SECONDS", number = true, above = 0, about = "how long to look; a busy machine gets more"},
    {"json", about = "print one line of JSON"},
  }),
  more = "Exit status: 0 what is claimed holds, 1 it does not, 2 usage, 3 the harness failed, 4 it is not known: time ran out,\n"
    .. "or the implementation does not answer the calls.",
}

local got = options.read(command)

-- Adds the names of --claim to a set.
local function read_claimed(set)
  local known = {}
  for _, name in ipairs(invariances.names) do known[name] = true end
  for name in (got.claim or ""):gmatch "[^,%s]+" do
    if not known[name] then cts.fail(2, ("invariances: --claim: '%s' is no invariance"):format(name)) end
    set[name] = true
  end
  return set
end

local asked = read_claimed {}
local tested = options.open_subject(command, got)
local claimed = invariances.claimed(tested)
for name in pairs(asked) do claimed[name] = true end

local function names_of(set)
  local list = {}
  for _, name in ipairs(invariances.names) do if set[name] then list[#list + 1] = name end end
  return list
end

local expired = got.seconds and allowance(got.seconds) or function() return false end
local ends, is_whole, compared = invariances.find(tested, options.reopener(command, got), expired)
if got.json then
  print(json.encode {subject = tested.name, version = tested.version, ends = ends, out_of_time = not is_whole,
    claimed = json.list(names_of(claimed)), compared = json.list(names_of(compared))})
else
  print(("%s %s"):format(tested.name, tested.version))
end
local function say_found(name)
  local e = ends[name]
  if e then return ("other bits %s: %s"):format(e.words, e.case) end
  if compared[name] then return "no dependence was found" end
  return ends.repetition and "not known, since repetition gives other bits" or "not known: no two calls were answered"
end

local is_broken, is_known = false, is_whole and next(compared) ~= nil
for _, name in ipairs(invariances.names) do
  is_broken = is_broken or claimed[name] and ends[name] ~= nil
  is_known = is_known and (not claimed[name] or compared[name])
  if not got.json then
    print(("  %-12s %s%s"):format(name, claimed[name] and (ends[name] and "CLAIMED, but " or "claimed: ") or "", say_found(name)))
  end
end
if not is_whole and not got.json then print "time ran out: there may be dependences that were not looked for" end
return is_broken and 1 or is_known and 0 or 4
