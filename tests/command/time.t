#!/usr/bin/env lua5.4
-- time.t: run --time measures and judges nothing by it; the figures reach the log, the report, the matrix and the object.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local log = folder .. "/run.jsonl"
local chosen = "--tier quick cases/stride.yaml cases/padding.yaml"

local status, out = tap.run(("run --impl %s --time --baseline build/adapters/oracle.so --log %s %s"):format(tap.sample, log, chosen))
tap.is(status, 0, "a measured run conforms")
tap.has(out, "no part of the verdict and only indicative on a shared machine", "what the figures are worth is said")
local cases = tonumber(out:match("GMAC/s in the geometric mean of ([%d,]+) cases"))
tap.ok(cases and cases > 10, "many cases are measured", out)
tap.ok(out:find("\n  [%d.e+-]+ times as fast as conv2d%-cts oracle"), "and compared", out)

local measured, compared, odd = 0, 0, 0
for line in io.lines(log) do
  local time, call = line:match('"median_nanoseconds":(%d+)'), line:match('"nanoseconds":(%d+)')
  if time then measured = measured + 1 end
  if time and not (line:find '"verdict":"pass"' and tonumber(time) > 0 and call) then odd = odd + 1 end
  if line:find '"baseline_nanoseconds":%d' then compared = compared + 1 end
end
tap.is(("%d %d %d"):format(measured, compared, odd), ("%d %d 0"):format(cases, cases), "the log has the figures of these cases, which pass")
status = tap.run(("report --html %s/r.html %s"):format(folder, log))
tap.is(status, 0, "a report is made of it")
tap.ok(tap.read(folder .. "/r.html"):find('"speed":{"cases":' .. cases .. ',"compared":' .. cases), "which has the speed")
tap.is(tap.run(("diff %s %s"):format(log, log)), 0, "diff reads it")

-- The log of a shard begins with controls, which are no results: no time is theirs.
local shard = folder .. "/shard.jsonl"
tap.run(("run --impl %s --time --shard 1/40 --log %s cases/padding.yaml cases/sweeps/even-kernels.yaml"):format(tap.sample, shard))
local controls, timed, strayed = 0, 0, 0
for line in io.lines(shard) do
  local control, time = line:find '"control":true' ~= nil, line:find '"median_nanoseconds"' ~= nil
  controls, timed = controls + (control and 1 or 0), timed + (time and 1 or 0)
  if control and time then strayed = strayed + 1 end
end
tap.ok(controls > 0 and timed > 0, "the log of a shard has controls and times")
tap.is(strayed, 0, "... on other lines")

-- A call that is rightly rejected passes, and computes nothing that could be measured.
local rejected = folder .. "/rejected.jsonl"
status, out = tap.run(("run --impl build/adapters/oracle.so --time --log %s cases/groups.yaml cases/validity.yaml"):format(rejected))
tap.is(status, 0, "rejected calls are no hindrance", out)
tap.ok(out:find "GMAC/s" and not tap.read(rejected):find '"case":"[^"]*g=0[^\n]*median_nanoseconds', "and have no time")

-- The matrix has a column for it, a figure for each subject.
status, out = tap.run(("matrix --time --shard 1/200 %s build/adapters/oracle.so"):format(tap.sample))
tap.is(status, 0, "a matrix is measured", out)
tap.has(out, "GMAC/s", "in a column of its own")
local function words_of(line)
  local words = {}
  for word in line:gmatch "%S+" do words[#words + 1] = word end
  return words
end
local figures, column = 0, nil
for line in out:gmatch "[^\n]+" do
  local words = words_of(line)
  for i, word in ipairs(words) do column = words[1] == "subject" and word == "GMAC/s" and i or column end
  if words[1] == "naive" or words[1] == "oracle" then figures = figures + (tonumber(words[column]) and 1 or 0) end
end
tap.is(figures, 2, "with a figure for each subject", out)

local wrong, text = tap.run("run --impl build/mutants/stride-swapped.so --time " .. chosen)
tap.is(wrong, 1, "a fast mutant does not conform")
tap.has(text, "GMAC/s", "and its passing cases are measured")
_, text = tap.run(("run --impl %s --time --json %s"):format(tap.sample, chosen))
tap.ok(text:find('"speed":{"cases":' .. cases), "--json has the speed", text)
_, text = tap.run("run --impl " .. tap.sample .. " " .. chosen)
tap.ok(not text:find "GMAC", "nothing is measured unasked")
for arguments, words in pairs {["--baseline x.so"] = "--baseline is the second subject of --time", ["--time --tap"] = "--time and --tap exclude each other"} do
  local code, _, err = tap.run(("run --impl %s %s %s"):format(tap.sample, arguments, chosen))
  tap.ok(code == 2 and err:find(words, 1, true), arguments .. ": " .. words, err)
end

tap.done()
