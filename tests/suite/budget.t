#!/usr/bin/env lua5.4
-- budget.t: a sweep with a budget has no case that costs more, and all cases that do not.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local path = folder .. "/budget.yaml"
local script = folder .. "/costs.lua"

local function sweep(budget, strength)
  return ([==[
about: x
clauses: [FWD-1]
base: {input: [1, 1, 1, 1], out_channels: 1}
sweep:
  axes:
    channels:
      - {name: few, in_channels: 1, out_channels: 2}
      - {name: some, in_channels: 8, out_channels: 8}
      - {name: each, in_channels: 8, out_channels: 8, groups: 8}
    size: [5, 7, [9, 30]]
    kernel:
      - {name: 1x1, kernel_size: 1}
      - {name: 3x3, kernel_size: 3, padding: 1}
      - {name: 5x5-strided, kernel_size: 5, stride: 2}
    batch: [1, 3]
    direction: [forward, backward]
  budget: %s
  strength: %s
]==]):format(budget, strength)
end

-- The cost of a case, from its keys alone.
tap.write(script, [[
local function cost(c)
  local n, channels, h, w = table.unpack(c.input)
  local oh = (h + 2 * c.padding[1] - c.kernel_size[1]) // c.stride[1] + 1
  local ow = (w + 2 * c.padding[2] - c.kernel_size[2]) // c.stride[2] + 1
  local window = channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
  local outputs = n * c.out_channels * oh * ow
  local products = outputs * window * (c.direction == "backward" and 2 or 1)
  return products + 64 * (n * channels * h * w + c.out_channels * window + outputs)
end
local most, count = 0, 0
for c in suite.load(arg[1], {tier = arg[2]}):cases() do
  count = count + 1
  most = math.max(most, cost(c))
  if arg[3] and cost(c) <= tonumber(arg[3]) then print("cheap") end
end
print(count, most)
]])

-- How many cases the tier has, the cost of the dearest, and how many cost at most `limit`.
local function measure(tier, limit)
  local _, out = tap.run(("lua %s %s %s %s"):format(script, path, tier, limit or ""))
  local _, cheap = out:gsub("cheap\n", "")
  local count, most = out:match("(%d+)\t(%d+)\n$")
  return tonumber(count), tonumber(most), cheap
end

tap.write(path, sweep("{quick: 20000, full: 1000000}", "all"))
local quick, dearest = measure("quick")
local full, most, cheap = measure("full", 20000)
tap.ok(dearest <= 20000, "no case of quick costs more than its budget: " .. dearest)
tap.ok(quick < full and most > 20000, ("full has more: %d cases, %d"):format(full, most))
tap.is(quick, cheap, "quick has all of full that are within its budget")
tap.ok(most <= 1000000, "no case of full costs more than its own")

tap.write(path, sweep(20000, 2))
local _, most_covering = measure("full")
tap.ok(most_covering <= 20000, "nor in a covering array: " .. most_covering)
local _, out = tap.run("coverage --tier full --strength 2 " .. path)
local covered, valid = out:match("2%-way%s+(%d+) of%s+(%d+)")
tap.ok(covered and covered == valid, ("which has all pairs that are within it: %s of %s"):format(covered, valid))

tap.done()
