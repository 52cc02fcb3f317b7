-- probe.lua: run by probe.t: what is planted is named, and nothing else.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- What probe must say about a plain sum of floats. Each plant differs from it in what is listed with its name.
local plain = {
  algorithm = "direct", algorithm_gradient = "unknown", operands = "float32", products = "rounded", accumulator_float32 = "float32",
  order = "one after the other", blocks = "none", growth = "like the square root of K", subnormals = "kept",
  determinism = "bitwise the same",
}

local plants = {
  float_sum = {},
  fused = {products = "not rounded"},
  double_sum = {products = "not rounded", accumulator_float32 = "float64", growth = "constant"},
  float16_sum = {accumulator_float32 = "float16", operands = "TF32", blocks = "unknown", growth = false},
  bfloat16_inside = {operands = "bfloat16", growth = false},
  tf32_inside = {operands = "TF32", growth = false},
  backward = {order = "one after the other, from the last", blocks = "not by channels"},
  pairwise = {order = "pairwise", blocks = false, growth = "constant"},
  lanes = {order = "8 lanes side by side", blocks = "not by channels", growth = false},
  blocks_of_16 = {order = "blocks of 16, one after the other", blocks = "16 terms", growth = false},
  blocks_of_256 = {blocks = "256 terms", growth = false},
  flush_to_zero = {subnormals = "flushed: inputs, weights, results"},
  flush_inputs = {subnormals = "flushed: inputs, weights", products = "not rounded"},
  flush_results = {subnormals = "flushed: results"},
  unrepeatable = {determinism = "not repeatable", order = false, blocks = false, growth = false},
  threaded = {determinism = "other bits: 4 threads"},
  winograd2 = {algorithm = "Winograd F(2x2,3x3)"},
  winograd4 = {algorithm = "Winograd F(4x4,3x3)"},
  winograd_by_batch = {algorithm = "direct, Winograd F(2x2,3x3)"},
  fourier = {algorithm = "FFT"},
}

local function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- The algorithm is probed for some plants only: it takes longest, and the others differ from a plain sum elsewhere.
local function probe(name)
  local only = plants[name].algorithm and "algorithm" or name ~= "float_sum" and "operands,products,accumulator_float32,order,blocks,"
    .. "growth,subnormals,determinism"
  local status, out = tap.run(("probe --json %s --impl build/plants/%s.so"):format(only and "--only " .. only or "", name))
  tap.is(status, 0, name .. " is probed")
  return json.decode(out)
end

for _, name in ipairs(sorted(plants)) do
  local found = probe(name)
  for _, key in ipairs(sorted(plain)) do
    local want = plants[name][key]
    if want == nil then want = plain[key] end
    if want and found.probes[key] then tap.is(found.probes[key].is, want, name .. ": " .. key) end
  end
end

-- ---- what is printed

local object = probe "float_sum"
tap.is(object.subject, "float_sum", "JSON names the subject")
tap.is(object.probes.accumulator_float32.bits, 24, "and has numbers as numbers")
tap.ok(object.probes.growth.slope > 0.3 and object.probes.growth.slope < 0.75, "the slope of the error's growth too")
for _, key in ipairs(sorted(object.probes)) do
  tap.ok(#object.probes[key].evidence > 0, key .. " has evidence")
end

local _, out = tap.run("probe --impl build/plants/float_sum.so")
tap.has(out, "direct on all 8 shapes probed", "on how many shapes a finding stands is printed")
tap.has(out, "2^24 + 1 - 2^24 loses the 1 in some order, 2^23 in none", "so is the evidence")
tap.has(out, "slope of log rms error against log K: 0.", "and how the error grows")
_, out = tap.run("probe --only algorithm --impl build/plants/winograd_by_batch.so")
tap.has(out, "Winograd F(2x2,3x3) on 3 of 8 shapes probed", "a choice by shape is seen")
_, out = tap.run("probe --only order,blocks --impl build/adapters/oracle.so")
tap.is(select(2, out:gsub("not visible: sums are exact", "")), 2, "exact sums have no order")
local status, _, err = tap.run("probe --only algoritm --impl build/plants/float_sum.so")
tap.is(status, 2, "a probe that there is not is bad usage")
tap.has(err, "no probe is called 'algoritm'", "and named")
tap.done()
