#!/usr/bin/env lua5.4
-- throughput.lua: judged cases a second, and what isolation, TAP and the log cost.
-- The variants take turns, so that a machine that slows down slows all of them; ratios are of medians.

local program, impl = "build/conv2d-cts", arg[1] or "build/adapters/naive.so"
local suite = arg[2] or "cases/sweeps/geometry.yaml"
local rounds = 5

local variants = {
  {"default isolation", ""},
  {"--isolation=none", "--isolation=none"},
  {"--paranoid", "--paranoid"},
  {"default, with a log", "--log /dev/null"},
  {"default, with TAP", "--tap"},
  {"default, one lane", "--jobs 1"},
}

local function rate(options)
  local pipe = assert(io.popen(("%s run --impl %s %s %s 2>&1"):format(program, impl, options, suite)))
  local last
  for line in pipe:lines() do last = line end
  assert(pipe:close(), "the run failed: " .. tostring(last))
  return tonumber((last:match("%(([%d,]+) cases a second%)"):gsub(",", "")))
end

local rates = {}
for i in ipairs(variants) do rates[i] = {} end
for _ = 1, rounds do
  for i, v in ipairs(variants) do table.insert(rates[i], rate(v[2])) end
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

print(("%-22s %14s %8s   (%s, median of %d)"):format("", "cases/s", "ratio", suite, rounds))
local base = median(rates[1])
for i, v in ipairs(variants) do
  local m = median(rates[i])
  print(("%-22s %14d %8.2f"):format(v[1], m, m / base))
end
