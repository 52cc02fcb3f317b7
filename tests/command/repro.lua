-- repro.lua: a case's id alone makes it again: of every tier, with the verdict and the numbers that the
-- tier's run found; run by repro.t. The subject fails many cases, so that there is much to compare.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local options = require "cli.options"

local path = "build/mutants/later-by-one.so"
local mutant = subject.open {path = path}

-- All that repeats of a result: not the clause, as an id does not say what its file is about.
local function digest(r)
  local parts = {r.verdict}
  for _, key in ipairs {"words", "outputs", "mismatches", "first", "got", "want", "error", "allowed",
                        "max_error", "rms_error", "mean_error"} do
    parts[#parts + 1] = ("%s=%s"):format(key, r[key])
  end
  return table.concat(parts, " ")
end

-- What a run of a tier's shard says: {{reference =, digest =, verdict =, failed =}, ...}.
local function run_tier(tier, shard)
  local results = {}
  mutant:run(suite.load(cts.root .. "/cases", {tier = tier, shard = shard}), {all = true, each = function(r)
    results[#results + 1] = {
      reference = r.case.reference, digest = digest(r), verdict = r.verdict, failed = r.class == "failed",
    }
  end})
  return results
end

-- `count` of them, evenly spread.
local function sample(results, count)
  local chosen = {}
  for i = 1, math.min(count, #results) do
    chosen[i] = results[(i - 1) * #results // math.min(count, #results) + 1]
  end
  return chosen
end

local function is_named(result) return result.reference:find("#", 1, true) ~= nil end

-- `count` of those with a name, and as many of the others.
local function sample_of_both(results, count)
  local with, without = {}, {}
  for _, r in ipairs(results) do table.insert(is_named(r) and with or without, r) end
  local chosen = sample(with, count)
  return table.move(sample(without, count), 1, count, #chosen + 1, chosen)
end

local function repeat_each(tier, results)
  local different, failures, named = {}, 0, 0
  for _, before in ipairs(results) do
    local again = digest(mutant:test(options.find_case({name = "repro"}, before.reference)))
    if again ~= before.digest then different[#different + 1] = before.reference .. ": " .. again end
    failures = failures + (before.failed and 1 or 0)
    named = named + (is_named(before) and 1 or 0)
  end
  tap.is(table.concat(different, "\n"), "", ("%s: %d cases by their id alone, %d of them failures, %d named"):format(
    tier, #results, failures, named))
  return failures, named
end

-- The same in a process of its own, as a user types it.
local function repeat_as_command(results)
  for _, before in ipairs(results) do
    local _, out, err = tap.run(("repro --quiet --impl %s '%s'"):format(path, before.reference))
    tap.has(out, ("verdict     %s\n"):format(before.verdict), "repro " .. before.reference .. err)
  end
end

local quick = run_tier("quick", "1/2")
local full = run_tier("full", "7/100")
local exhaustive = run_tier("exhaustive", "4321/50000")
local failures, named = repeat_each("quick", sample_of_both(quick, 200))
tap.ok(failures > 40 and named > 50, "failures and names are among them")
tap.ok(repeat_each("full", sample(full, 100)) > 10, "failures of the full tier, too")
tap.ok(repeat_each("exhaustive", sample(exhaustive, 100)) > 10, "and of the exhaustive one")
repeat_as_command(sample(quick, 5))
for _, result in ipairs(quick) do
  if result.failed and result.reference:find("#", 1, true) then
    repeat_as_command {result}
    break
  end
end
repeat_as_command(sample(full, 3))
repeat_as_command(sample(exhaustive, 3))
tap.done()
