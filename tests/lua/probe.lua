-- probe.lua: run by probe.t: what is planted is named, and nothing else.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function probe(name)
  local status, out = tap.run("probe --json --impl build/plants/" .. name .. ".so")
  tap.is(status, 0, name .. " is probed")
  return json.decode(out).probes
end

local plants = {
  float_sum = {algorithm = "direct", accumulator_float32 = "float32", order = "one after the other", products = "rounded",
    growth = "like the square root of K", operands = "float32", subnormals = "kept", determinism = "bitwise the same"},
  double_sum = {algorithm = "direct", accumulator_float32 = "float64", products = "not rounded", growth = "constant"},
  bfloat16_inside = {algorithm = "direct", operands = "bfloat16", accumulator_float32 = "float32"},
  pairwise = {order = "pairwise", growth = "constant", accumulator_float32 = "float32"},
  flush_to_zero = {subnormals = "flushed: inputs, weights, results", accumulator_float32 = "float32"},
  winograd = {algorithm = "Winograd F(2x2,3x3)", algorithm_channels = "Winograd F(2x2,3x3)", accumulator_float32 = "float32"},
  fourier = {algorithm = "FFT", accumulator_float32 = "float32"},
}

local names = {}
for name in pairs(plants) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local found, keys = probe(name), {}
  for key in pairs(plants[name]) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do tap.is(found[key].is, plants[name][key], name .. ": " .. key) end
end

local _, out = tap.run("probe --impl build/plants/float_sum.so")
tap.has(out, "2^24 + 1 - 2^24 loses the 1 in some order, 2^23 in none", "the evidence is printed")
tap.done()
