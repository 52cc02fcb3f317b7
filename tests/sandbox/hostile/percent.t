#!/usr/bin/env lua5.4
-- One case in a hundred crashes and one hangs: the tier is run to its end all the same, and those
-- cases fail, each in its own way, and no other does. `percent.t full` takes longer.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

-- without the one large case, for which the sample itself takes about as long as the limit
local options = "--jobs 10 --filter 'in_channels * out_channels < 8192' --tier " .. (arg[1] or "quick")
local limit = tap.sanitizer and 5 or 0.5

-- The id of a case, its verdict, and whether anything came of the call, for each line of the log.
local function run(subject, more)
  local list = {}
  stage.shell(stage.command(subject, options .. (more or ""), "cases"))
  for line in io.lines(stage.log) do
    local verdict = line:match '"verdict":"([^"]*)"'
    if verdict then
      list[#list + 1] = {verdict = verdict, id = line:match '"(conv2d:[^"]*)"', gives = line:find('"outputs":', 1, true)}
    end
  end
  return list
end

-- A pair of an id's values, which may be written as one, or left out.
local function pair(id, key)
  local h, w = id:match("," .. key .. "=(%-?%d+)x?(%-?%d*)")
  h = math.tointeger(h) or 1
  return h, math.tointeger(w) or h
end

-- The number that answers.c gives to the call.
local function number_of(id)
  local elements, n = 1, 14
  for extent in id:match("in=([%dx]+)"):gmatch "%d+" do elements = elements * math.tointeger(extent) end
  local parts = {elements, (pair(id, "out"))}
  for _, key in ipairs {"k", "s", "d"} do
    parts[#parts + 1], parts[#parts + 2] = pair(id, key)
  end
  parts[#parts + 1] = pair(id, "g")
  for _, part in ipairs(parts) do n = (n + part) * 6364136223846793005 + 1442695040888963407 end
  return n >> 33
end

local fate = {[0] = "crash", "timeout"}
local function fate_of(result)
  local forward = result.gives and not result.id:find(",dir=", 1, true)
  return forward and fate[number_of(result.id) % 100] or result.verdict
end

local undisturbed, disturbed = run "none", run("one-percent", " --time-limit " .. limit)
tap.is(#disturbed, #undisturbed, "all cases have a verdict")
local wrong, struck = 0, {crash = 0, timeout = 0}
for i, result in ipairs(undisturbed) do
  local want, got = fate_of(result), disturbed[i]
  struck[want] = struck[want] and struck[want] + 1
  if got.id ~= result.id or got.verdict ~= want then
    wrong = wrong + 1
    print(("# %s: %s, expected %s"):format(got.id, got.verdict, want))
  end
end
tap.is(wrong, 0, "every verdict is right")
for what, n in pairs(struck) do
  tap.ok(n > #undisturbed // 250 and n < #undisturbed // 50, ("%d of %d: %s"):format(n, #undisturbed, what))
end
stage.finish()
