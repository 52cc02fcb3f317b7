-- twin.lua: run by twin.t: each planted fault passes the bound, and is reported by the twin; a subject without one is not accused.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function run(plant, options)
  return tap.run(("run %s --time-limit 100 --impl build/plants/order_%s.so tests/lua/twin.yaml"):format(options, plant))
end

-- What passes, and is all predicted.
for _, plant in ipairs {"chain", "lanes", "width_tail"} do
  local status, out = run(plant, "--strict-twin")
  tap.is(status, 0, plant .. ": nothing is reported of it")
  tap.ok(out:find("bit for bit (100 %)", 1, true), plant .. ": all is predicted", out)
end

-- What the bound lets pass.
local faults = {
  ulp = {"within the bound, but 4 of 15376 elements of output are not what this implementation's own order gives: output%[", "1 ulp"},
  twice_rounded = {"within the bound, but %d+ of 12160 elements of output are not what", "1 ulp"},
  short_large = {"operands are rounded to 11 bits: in 1 results, the first conv2d:in=1x512x4x5,out=16,k=3,data=normal"},
}
for plant, told in pairs(faults) do
  local status, out = run(plant, "--strict-twin")
  tap.ok(out:find("conforms: 7 passed", 1, true), plant .. ": the bound lets it pass", out)
  tap.is(status, 1, plant .. ": --strict-twin fails")
  for _, words in ipairs(told) do tap.ok(out:find(words), plant .. ": it is reported", out) end
end
local status, out = run("ulp", "--twin --filter 'in_channels == 4'")
tap.ok(status == 0 and out:find "4 of 15376", "--twin reports it and does not fail", out)

-- One partial sum of 512 x 9 products is stored in bfloat16. Small sums do not pass with it; this one is within the bound.
status, out = run("stored_once", "--strict-twin --filter 'in_channels == 512'")
tap.ok(status == 1 and out:find("1 passed", 1, true), "stored_once: the bound lets it pass", out)
tap.ok(out:find("one partial sum, of 20 products, stored in bfloat16: in 1 results", 1, true), "it is reported", out)

-- Two versions: another size of blocks.
local folder = tap.folder()
for _, plant in ipairs {"blocks", "block_16"} do
  run(plant, ("--twin --filter 'in_channels == 40' --log %s/%s.jsonl"):format(folder, plant))
end
status, out = tap.run(("diff %s/blocks.jsonl %s/block_16.jsonl"):format(folder, folder))
tap.is(status, 0, "a changed order is nothing worse")
tap.ok(out:find("changed order: 1\n  output of conv2d:in=2x40x9x11,out=8,k=1,data=normal\n    4 partial sums of 10 products each", 1, true)
  and out:find("-> 3 partial sums of 16 products each (8 in the last)", 1, true), "diff reports it", out)
_, out = tap.run(("diff %s/blocks.jsonl %s/blocks.jsonl"):format(folder, folder))
tap.ok(out:find("1 results are summed in the same order", 1, true), "and says what is the same", out)
tap.is(tap.run(("report --junit %s/junit.xml %s/blocks.jsonl"):format(folder, folder)), 0, "other readers of the log take its orders")

-- The command of its own.
status, out = tap.run "twin --json --impl build/plants/order_ulp.so tests/lua/twin.yaml --filter 'in_channels == 4'"
local found = json.decode(out)
tap.is(status, 1, "twin: status")
tap.ok(found.elements == 15376 and found.predicted == 15372 and #found.odd == 1, "twin --json", out)
status, out = tap.run "twin --json --impl build/plants/order_ulp.so conv2d:in=1x4x64x64,out=4,k=3 conv2d:in=1x1x3x3,out=1,k=1,dtype=float8_e4m3fn"
found = json.decode(out)
tap.ok(status == 1 and #found.odd == 1 and found.odd[1].case:find("data=normal", 1, true) and found.results == 1,
  "a case that is named, whose own sums are exact, is judged by real numbers; float8 by none", out)
tap.is(tap.run "twin --impl build/plants/order_chain.so conv2d:in=1x4x9x9,out=4,k=3 tests/lua/twin.yaml --filter 'in_channels == 4'", 0,
  "a case and a file")
status, out = tap.run "twin --impl build/plants/order_chain.so tests/lua/twin.yaml conv2d:in=1x4x9x9,out=4,k=3 --filter 'in_channels == 4'"
tap.ok(status == 0 and out:find("in 2 results", 1, true), "in either order", out)

-- Data that tell arithmetics apart which random data do not: a right subject is not accused.
for _, row in ipairs {{"double", "k=1,dtype=bfloat16,data=wide/2"}, {"at_once", "k=1,dtype=float16,data=cancellation/1"},
  {"twice_rounded", "k=1,dtype=bfloat16,data=wide/1"}, {"chain", "k=1,dtype=float16,data=wide/3"}} do
  status, out = tap.run(("twin --impl build/plants/order_%s.so conv2d:in=1x3x16x16,out=8,%s"):format(row[1], row[2]))
  tap.ok(status == 0 and out:find("2,048 of 2,048 elements", 1, true), row[1] .. " on " .. row[2], out)
end
status, out = tap.run "twin --impl build/plants/order_neighbours.so 'conv2d:in=1x2x12x12,out=2,k=3,p=1,data=uniform,seed=3'"
tap.ok(status == 0 and not out:find("time", 1, true), "an order that hangs on the data is said to", out)
status, out = tap.run "twin --impl build/plants/winograd2.so 'conv2d:in=1x8x12x12,out=4,k=3,p=1,data=uniform'"
tap.ok(status == 4 and out:find("a transform", 1, true), "status 4 where nothing could be predicted", out)
status, out = tap.run "twin --impl build/mutants/first-call-wrong.so 'conv2d:in=1x2x12x12,out=4,k=3,p=1,data=uniform'"
tap.ok(status == 4 and not out:find("within", 1, true) and out:find("1 results are wrong", 1, true),
  "an answer that is beyond the bound is called wrong, also if a second call is right", out)
status, out = tap.run "twin --numerics 'float16: flush' --impl build/mutants/float16-subnormal-flushed.so 'conv2d:in=1x2x9x9,out=2,k=3,dtype=float16,data=wide'"
tap.ok(status == 4 and out:find("subnormals count as 0", 1, true), "what a contract allows is not accused", out)
tap.write(folder .. "/wrong.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [5, 24, 6, 6], out_channels: 3, kernel_size: 3, data: normal}\n"
  .. "cases:\n  - {name: wrong}\n  - {name: right, input: [4, 24, 6, 6]}\n")
status, out = tap.run(("twin --impl build/plants/order_faulty_switch.so %s/wrong.yaml"):format(folder))
tap.ok(status == 0 and out:find("bit for bit (100 %)", 1, true) and out:find "1 results are wrong, and not counted: the first conv2d:in=5x24x6x6",
  "a wrong result is not counted among those without an order", out)
tap.is(tap.run "twin --impl build/plants/order_chain.so tests/lua/twin.yaml --filter 'in_channels == 5'", 4, "twin: no case")

-- Time ends after each number of readings of the clock, so in the middle of a case, too: what is not looked at to the end
-- remains, and nothing is called unstable or left without an order.
package.path = "runner/lua/?.lua;" .. package.path
local sweep = require "reveal.sweep"
local now = cts.now
for readings = 4, 40, 4 do
  local reads = 0
  cts.now = function() -- luacheck: ignore
    reads = reads + 1
    return reads > readings and 1e6 or 0
  end
  local tested = subject.open {path = "build/plants/order_chain.so"}
  local total = sweep.run(tested, suite.load("tests/lua/twin.yaml", {filter = function(c) return c.in_channels == 4 end}), {seconds = 10})
  tap.ok(total.predicted == total.elements and #total.unpredicted == 0, ("time ran out at %d"):format(readings),
    json.encode(total.kinds))
  if not total.ended then break end
end
cts.now = now -- luacheck: ignore

tap.done()
