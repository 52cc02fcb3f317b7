-- map.lua: run by map.t.

package.path = "tests/?.lua;runner/lua/?.lua;" .. package.path
local mapping = require "reveal.mapping"
local runs = require "reveal.runs"
local tap = require "tap"

local folder = tap.folder()

-- Sizes as runs.
tap.is(runs.text {}, "", "no size")
tap.is(runs.text {2, 16}, "2, 16", "sizes that do not repeat")
tap.is(runs.text {385, 387, 389, 391, 400}, "385, so on every 2 to 391, 400", "a size that repeats")
tap.is(runs.text {2, 4, 5, 8, 9, 12, 13, 16, 17}, "2, 4 and 5, so on every 4 to 16 and 17", "two that repeat together")
tap.is(table.concat(runs.ends {2, 4, 5, 8, 9, 12, 13, 16, 17}, " "), "2 4 5 16 17", "the ends of runs")

-- The walks that map prints as JSON.
local function map(plant, options)
  local status, out, err = tap.run(("map --json --seconds 500 --time-limit 100 --up-to 34 --impl build/plants/order_%s.so %s")
    :format(plant, options or ""))
  tap.is(status, 0, plant .. ": status")
  local walks = {}
  for line in out:gmatch "[^\n]+" do walks[#walks + 1] = json.decode(line) end
  tap.is(#walks, 6, plant .. ": six walks", out .. err)
  return walks
end

local function said(list) return table.concat(list, " ") end

for _, w in ipairs(map("switches", ("--axes images,in_channels,width --yaml %s/switches.yaml"):format(folder))) do
  local b = w.base
  local from = ("%dx%d from %d groups of %d channels"):format(b.kernel_size, b.kernel_size, b.groups, b.in_channels)
  local is_few = b.in_channels * b.groups < 24
  tap.is(said(w.thresholds.images), is_few and "5" or "", from .. ": images") -- else lanes from the first image on
  tap.is(said(w.thresholds.in_channels), b.groups == 4 and "6" or b.groups == 1 and "24" or "", from .. ": in_channels")
  tap.is(said(w.thresholds.width), "", from .. ": width")
  if b.in_channels == 3 and b.kernel_size == 3 then tap.is(#w.pairs, 2, from .. ": either switch hides the other") end
end

for _, w in ipairs(map("width_tail", "--axes in_channels,width,height")) do
  tap.ok(w.periods.width == 4 and not w.periods.height, "a tail of every four columns")
  tap.is(said(w.thresholds.in_channels), "", "whose sums are the same otherwise")
end

local status, out = tap.run(("run --time-limit 100 --impl build/plants/order_faulty_switch.so %s/switches.yaml"):format(folder))
tap.ok(status == 1 and out:find("in=5x24x", 1, true), "the case file finds a fault where two switches meet", out)
status, out = tap.run(("run --time-limit 100 --impl build/plants/order_switches.so %s/switches.yaml"):format(folder))
tap.is(status, 0, "and none where there is none", out)

-- The case file of more switches than an axis of a sweep may have values.
local many = {}
for i, base in ipairs(mapping.bases "float32") do
  many[i] = mapping.new(nil, base, nil)
  for _, axis in ipairs {"in_channels", "out_channels", "height", "width"} do
    for k = 3, 7 do many[i].changes[axis][k * k] = {"order"} end
    for k = 1, 9 do many[i].changes[axis][90 + k * k // 3] = {"order"} end
  end
end
tap.write(folder .. "/many.yaml", mapping.yaml(many, "x"))
local listed, _, problem = tap.run(("list %s/many.yaml"):format(folder))
tap.is(listed, 0, "a case file of many switches is read", problem)

tap.is(tap.run "map --dtype int8 --impl build/plants/order_chain.so", 2, "a dtype without rounding")
tap.is(tap.run "map --axes depth --impl build/plants/order_chain.so", 2, "an axis that there is not")

tap.done()
