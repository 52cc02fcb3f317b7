-- invariances.lua: run by invariances.t.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- What ends in which surrounding; each plant has one dependence.
local plants = {
  switches = {"batch", "among 5 images"}, neighbours = {"neighbours", "beside other images"}, changing = {"repetition", "in call %d"},
  layout = {"layout", "in layout nhwc"}, alignment = {"alignment", "in memory that is aligned to one number only"},
  threads = {"threads", "with 2 threads"},
}

for plant, want in pairs(plants) do
  local name, words = table.unpack(want)
  local status, out = tap.run(("invariances --json --time-limit 100 --claim %s --impl build/plants/order_%s.so"):format(name, plant))
  local ends = json.decode(out).ends
  tap.is(status, 1, plant .. ": the claim fails")
  tap.ok(ends[name] and ends[name].words:find(words) and ends[name].case:find("^conv2d:in=1x"), plant .. ": told where it begins", out)
end

local status, out = tap.run "invariances --claim batch,neighbours,repetition,layout,alignment,threads --time-limit 100 --impl build/plants/order_chain.so"
tap.is(status, 0, "a plain order has no dependence")
tap.ok(not out:find("other bits", 1, true), "and none is reported", out)
tap.is(tap.run "invariances --claim colour --impl build/plants/order_chain.so", 2, "an unknown name: status")

tap.done()
