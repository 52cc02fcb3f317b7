#!/usr/bin/env lua5.4
-- Forged and damaged reports: the program survives them, the case whose deed it is fails, and no
-- other does.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

local report = "its report is impossible"
stage.play {
  {"forge-pass", "plain", "write outside", report},
  {"forge-done", "plain", "write outside", report},
  {"forge-progress", "plain", "write outside", report},
  {"forge-proven-progress", "plain", "write outside", report},
  {"forge-end", "plain", "write outside", report},
  {"forge-end-and-wait", "plain", "write outside", report},
  {"forge-end-of-shape", "plain", "write outside", report},
  {"punch-reports", "plain", "write outside", report},
  {"seal-reports", "plain", "pass", ""},
  {"forge-look", "plain", "write outside", report},
  {"forge-message", "plain", "write outside", report},
  {"zero-shapes", "plain", "crash", "SIGSEGV"},
  {"zero-answers", "plain", "crash", "SIGSEGV"},
  {"scribble", "plain", "write outside", report},
  {"scribble-all", "plain", "write outside", report, "--time-limit 0.5"},
  {"damage-results", "plain", "write outside", report},
  {"write-orders", "plain", "crash", "SIGSEGV"},
}

-- Words and bits of the shared memory, somewhere, during one case: whatever comes of it, it is that one's. HOSTILE_RUNS
-- says how many times as many runs there shall be: with 300, they make more than a million corruptions.
local times = math.tointeger(os.getenv "HOSTILE_RUNS") or 1
for _, damage in ipairs {{runs = 30, flips = 1}, {runs = 4, flips = 100}, {runs = 2, flips = 1000}} do
  local runs, flips = damage.runs * times, damage.flips
  local survived, innocent = 0, 0
  for seed = 1, runs do
    os.remove(stage.log)
    local _, status = stage.shell(("HOSTILE_SEED=%d HOSTILE_FLIPS=%d "):format(seed, flips)
      .. stage.command("flip-once", "--time-limit 0.5 --jobs 1"))
    local cases, n = stage.read_log()
    survived = survived + ((status == 0 or status == 1) and n == stage.cases and 1 or 0)
    for name, result in pairs(cases) do
      if name ~= "plain" and result.verdict ~= "pass" then
        innocent = innocent + 1
        print(("# seed %d: %s: %s, %s"):format(seed, name, result.verdict, result.words))
      end
    end
  end
  tap.is(survived, runs, ("of %d runs with %d corruptions a call all end with a verdict for each case"):format(runs, flips))
  tap.is(innocent, 0, "and no innocent case fails")
end

-- Many, in every case: `HOSTILE_FLIPS=40000` makes a million.
os.remove(stage.log)
local _, status = stage.shell(("HOSTILE_FLIPS=%s "):format(os.getenv "HOSTILE_FLIPS" or 200)
  .. stage.command("flip-always", "--time-limit 0.5"))
local cases, n = stage.read_log()
tap.is(status, 1, "corruptions in every case do not end the run")
tap.is(n, stage.cases, "and each case has a verdict")
for name, result in pairs(cases) do
  if result.verdict == "not run" then tap.ok(false, name .. " did not run") end
end
stage.finish()
