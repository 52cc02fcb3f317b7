-- suites.lua: several loops over one suite do not disturb each other, and nothing frees what is in use; run by suites.t.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local s = suite.load("cases/padding.yaml", {tier = "quick"})
local alone = {}
for c in s:cases() do alone[#alone + 1] = c.id end
tap.ok(#alone > 20, "a suite of some cases")

-- Gives up where a loop would never end.
local function walk(loop, each)
  local ids = {}
  for c in loop do
    ids[#ids + 1] = c.id
    if each then each() end
    if #ids > 2 * #alone then break end
  end
  return table.concat(ids, " ")
end
local want = table.concat(alone, " ")

tap.is(walk(s:cases(), function() s:count() end), want, "count within a loop")
tap.is(walk(s:cases(), function() s:hash() end), want, "hash within a loop")
tap.is(walk(s:cases(), function() walk(s:cases()) end), want, "a loop within a loop")

local one, two = s:cases(), s:cases()
local first = one()
tap.is(two().id, first.id, "two loops begin at the same case")
tap.is(one().id, two().id, "and go on side by side")

local swept = suite.load("cases/sweeps/interactions.yaml", {tier = "quick"})
local number, whole = 0, swept:count()
for _ in swept:cases() do
  number = number + 1
  if number % 500 == 1 then tap.is(swept:count(), whole, "count within a loop over a sweep, at case " .. number) end
  if number > whole then break end
end
tap.is(number, whole, "and the loop sees each case of the sweep")
swept:coverage(2)

local filtered
filtered = suite.load("cases/padding.yaml", {filter = function() return s:count() == #alone end})
tap.is(filtered:count(), suite.load("cases/padding.yaml"):count(), "a filter that goes through another suite")

local x = subject.open {path = "build/adapters/naive.so"}
local result = x:run(s, {before = function() walk(s:cases()) end})
tap.is(result.cases, #alone, "a hook before each case that goes through the suite leaves the run whole")
result = x:run(s, {all = true, each = function() s:hash() end})
tap.is(result.cases, #alone, "and so does one after each")

-- ---- what a script can't take apart

local objects = {suite = s, subject = x, case = case.parse("conv2d:in=1x1x4x5,out=1,k=3"), tensor = tensor.new({1}), xml = xml.new()}
for kind, object in pairs(objects) do
  tap.is(getmetatable(object), kind, "the metatable of a " .. kind .. " is locked")
  tap.ok(not pcall(setmetatable, object, {}), "and can't be replaced")
  local seen, finaliser = pcall(function() return object.__gc end)
  tap.ok(not (seen and finaliser), "its finaliser can't be reached by name")
  local copy = debug.getmetatable(object)
  tap.ok(not copy.__gc and not copy.__close, "nor by the library debug")
  copy.__index = nil
  tap.ok(debug.getmetatable(object).__index, "which shows a copy")
end
tap.ok(not (debug.setmetatable or debug.getregistry or debug.setuservalue), "what takes objects apart is not there")
local _, problem = pcall(suite.load, "/nowhere")
tap.is(getmetatable(problem), "error", "nor the metatable of an error")
tap.is(x:run(s).cases, #alone, "all is whole afterwards")

tap.done()
