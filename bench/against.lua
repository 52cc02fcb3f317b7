#!/usr/bin/env lua5.4
-- against.lua PROGRAM ...: judged cases a second by several builds of the program, each with its own naive.so, in pairs: the
-- builds take turns, and what counts is the median of the ratios to the first build in the same round. All read the
-- cases of the first, which is to be the oldest.

local rounds = tonumber(os.getenv "ROUNDS" or "15")
local suite = "cases/sweeps/geometry.yaml"

local function folder_of(program)
  local pipe <close> = assert(io.popen(("cd '%s/..' && pwd"):format(program:match("(.*)/") or ".")))
  return pipe:read("l")
end

local cases = (os.getenv "CONV2D_CTS_ROOT" or folder_of(arg[1])) .. "/" .. suite

local function seconds(program)
  local pipe = assert(io.popen(("cd '%s' && build/conv2d-cts run --impl build/adapters/naive.so --jobs 1 %s 2>&1")
    :format(folder_of(program), cases)))
  local text = pipe:read("a")
  assert(pipe:close(), text)
  local rate = text:match("([%d,]+) cases a second")
  return 1 / assert(tonumber((rate:gsub(",", ""))), text)
end

local function quartile(list, part)
  return list[math.max(1, math.min(#list, math.floor(part * #list + 0.5)))]
end

local rates, ratios = {}, {}
for i in ipairs(arg) do rates[i], ratios[i] = {}, {} end
for _ = 1, rounds do
  local first
  for i, program in ipairs(arg) do
    local took = seconds(program)
    first = first or took
    table.insert(rates[i], 1 / took)
    table.insert(ratios[i], first / took)
  end
end

print(("%-44s %10s %8s   quartiles   (%s, one lane, %d rounds)"):format("", "cases/s", "ratio", suite, rounds))
for i, program in ipairs(arg) do
  table.sort(rates[i])
  table.sort(ratios[i])
  print(("%-44s %10.0f %8.3f   %.3f to %.3f"):format(program, quartile(rates[i], 0.5), quartile(ratios[i], 0.5),
    quartile(ratios[i], 0.25), quartile(ratios[i], 0.75)))
end
