#!/usr/bin/env lua5.4
-- marks.t: repro marks what is wrong, and nothing that is within the bound; errors are measured of wrong results, too.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local id = "conv2d:in=1x2x6x7,out=2,k=3,data=uniform"
local function marks(implementation, case)
  local status, out = tap.run(("repro --impl build/mutants/%s.so '%s'"):format(implementation, case or id))
  local got = out:match "got %b() tensor.-\n\n" or out:match "got %b().-\n\n" or ""
  return status, select(2, got:gsub("%*", "")) - (out:find("got (*", 1, true) and 1 or 0), out
end

local status, n, out = marks "operands-in-tensorfloat32"
local wrong = tonumber(out:match "mismatches  (%d+) of")
tap.is(status, 1, "a TF32 kernel is wrong")
tap.is(n, wrong, "as many elements are marked as the judge counts")
tap.ok(wrong < 40, "which is not all")
tap.has(out, ("; %d %s within what is allowed)"):format(40 - wrong, 40 - wrong == 1 and "differs" or "differ"), "the others are reported as within")
tap.is(select(2, (out:match "where it is wrong.-\n\n"):gsub("#", "")), wrong, "the map has the same")

-- Float sums in another order: different, and right.
for _, case in ipairs {id, "conv2d:in=1x16x9x9,out=4,k=3,data=normal", "conv2d:in=2x3x8x8,out=3,k=3,data=normal,dir=backward"} do
  status, n, out = marks("none", case)
  tap.is(status, 0, "a right answer: " .. case)
  tap.is(n, 0, "has no mark")
  tap.ok(not out:find "where it", "and no map")
end

-- Exact data: what differs is wrong.
status, n, out = marks("padding-swapped", "conv2d:in=1x1x4x5,out=1,k=3,p=1x0")
tap.is(status, 1, "exact data")
tap.is(n, tonumber(out:match "mismatches  (%d+) of"), "all that differs is marked")

-- Errors of results that are wrong are measured.
tap.write(folder .. "/errors.lua", [[
local x = subject.open {path = arg[1]}
do
  local r = x:test(case.parse(arg[2]))
  print(r.verdict, r.rms_error > 1 and "far" or "near", r.rms_error <= r.error * 1000 and "sane" or "absurd", r.mean_error ~= 0)
end
return 0]])
for mutant, case in pairs {["operands-in-tensorfloat32"] = id, ["padding-swapped"] = "conv2d:in=1x1x4x5,out=1,k=3,p=1x0"} do
  local _, text = tap.run(("lua %s/errors.lua build/mutants/%s.so %s"):format(folder, mutant, case))
  tap.has(text, "wrong value\tfar\tsane\ttrue", mutant .. ": errors of wrong results are measured")
end
local _, matrix = tap.run "matrix build/mutants/operands-in-tensorfloat32.so"
tap.ok(matrix:find "operands%-in%-tensorfloat32[^\n]- C " , "a TF32 kernel has grade C")

-- in_channels that an id leaves out are the input's.
tap.write(folder .. "/channels.lua", [[
local params = require "reports.params"
for _, id in ipairs {"conv2d:in=2x6x4x5,out=1,k=1", "conv2d:in=6x4x5,out=1,k=1", "conv2d:in=2x6x4x5,out=1,c=3,k=1"} do
  io.write(params.text(params.read(id), "c"), " ")
end
print(params.text(params.read "conv2d:in=2x6x4x5,out=1,k=1", "s"))
return 0]])
tap.is(select(2, tap.run("lua " .. folder .. "/channels.lua")), "6 6 3 1\n", "in_channels follow from the input")

tap.done()
