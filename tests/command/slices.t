#!/usr/bin/env lua5.4
-- slices.t: a product of axes has one test for each slice, and one for each case that fails. No case is lost.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local file = folder .. "/product.yaml"
tap.write(file, [=[
about: A product of 12,288 cases, whose first axis distinguishes its two slices.
clauses: [FWD-1]
base: {input: [1, 2, 5, 6], out_channels: 3, kernel_size: 2}
cases:
  - {name: by-hand, padding: 1}
sweep:
  axes:
    batch: [1, unbatched]
    stride: [1, 2, 3, [1, 2]]
    padding: [0, 1, [1, 0], [0, 1]]
    dilation: [1, 2, 3, [2, 1]]
    bias: [true, false]
    padding_mode: [zeros, reflect, replicate, circular]
    dtype: [float32, float64, int32, int64]
    layout: [nchw, nhwc, gaps]
  strength: all
]=])

-- Lines of a run, and how prove reads them.
local function run(subject, more)
  local arguments = ("run --tap --impl %s %s %s"):format(subject, more or "", file)
  local _, out = tap.run(arguments)
  tap.write(folder .. "/run.t", out)
  local status, said = tap.shell(("prove -v --exec cat %s/run.t"):format(folder))
  local lines = {}
  for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines, status, said
end

local function count(lines, pattern)
  local n = 0
  for _, line in ipairs(lines) do n = n + (line:find(pattern) and 1 or 0) end
  return n
end

local lines, status = run(tap.sample, "--slices")
tap.is(status, 0, "prove reads it")
tap.is(count(lines, "^ok"), 3, "a test for the case by hand, and one for each slice")
tap.has(table.concat(lines, "\n"), "product batch=1: 6144 passed", "a slice is named by its axes, and counts")
tap.has(table.concat(lines, "\n"), "product batch=unbatched: 6144 passed", "so is the next")
tap.is(lines[1], "TAP version 13", "the version first")
tap.is(count(lines, "^1%.%.3$"), 1, "one plan, of that many tests")
tap.ok(lines[#lines]:find("12,289 passed of 12,289 cases", 1, true), "every case was run")

local said
lines, status, said = run("build/mutants/circular-one-off.so", "--slices")
tap.ok(status ~= 0, "a mutant fails under prove")
local failed = 0
for n in table.concat(lines, "\n"):gmatch("batch=%w+: (%d+) failed") do failed = failed + tonumber(n) end
tap.is(count(lines, "^not ok.*mode=circular.*: wrong value"), failed, "each of " .. failed .. " failures has a test of its own")
tap.is(count(lines, "^  repro: "), failed, "and is reported in full")
tap.is(count(lines, "^not ok %d+ %- .*product batch=%w+: %d+ failed, %d+ passed$"), 2, "its slices fail, too")
local plan = table.concat(lines, "\n"):match("\n1%.%.(%d+)\n")
tap.is(tonumber(plan), count(lines, "^ok") + count(lines, "^not ok"), "the plan counts them all")
tap.has(said, "Failed", "prove says so")

lines = run(tap.sample, "--shard 2/3 --slices")
tap.has(table.concat(lines, "\n"), "batch=1: 2048 passed", "a shard has its part of each slice")
lines = run(tap.sample)
tap.is(count(lines, "^ok"), 12289, "without the option every case is a test")
tap.is(lines[2], "1..12289", "and the plan comes first")

tap.done()
