-- map.lua: run by map.t.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()

-- The walks that map prints as JSON.
local function map(plant, options)
  local status, out, err = tap.run(("map --json --seconds 300 --time-limit 100 --impl build/plants/order_%s.so %s"):format(plant, options or ""))
  tap.is(status, 0, plant .. ": status")
  local walks = {}
  for line in out:gmatch "[^\n]+" do walks[#walks + 1] = json.decode(line) end
  tap.is(#walks, 4, plant .. ": four walks", out .. err)
  return walks
end

local function said(list) return table.concat(list, " ") end

for _, w in ipairs(map("switches", ("--yaml %s/switches.yaml"):format(folder))) do
  local from = ("%dx%d from %d channels"):format(w.base.kernel, w.base.kernel, w.base.in_channels)
  local small = w.base.in_channels < 24 and w.base.kernel > 1 -- three products have one order
  tap.is(said(w.thresholds.images), small and "5" or "", from .. ": images")
  tap.is(said(w.thresholds.in_channels), "24", from .. ": in_channels")
  for _, axis in ipairs {"out_channels", "height", "width"} do tap.is(said(w.thresholds[axis]), "", from .. ": " .. axis) end
  tap.is(#w.pairs, small and 2 or 0, from .. ": either switch hides the other")
end

for _, w in ipairs(map("width_tail")) do
  tap.ok(w.periods.width == 4 and not w.periods.height, "a tail of every four columns")
  tap.is(said(w.thresholds.in_channels), "", "whose sums are the same otherwise")
end

local status, out = tap.run(("run --time-limit 100 --impl build/plants/order_faulty_switch.so %s/switches.yaml"):format(folder))
tap.ok(status == 1 and out:find("in=5x24x", 1, true), "the case file finds a fault where two switches meet", out)
status, out = tap.run(("run --time-limit 100 --impl build/plants/order_switches.so %s/switches.yaml"):format(folder))
tap.is(status, 0, "and none where there is none", out)

tap.is(tap.run "map --dtype int8 --impl build/plants/order_chain.so", 2, "a dtype without rounding")

tap.done()
