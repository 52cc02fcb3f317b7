#!/usr/bin/env lua5.4
-- findings.t: findings/FINDINGS.md has a line for each program that shows a finding, and each expected failure of a
-- third-party subject leads to one. What no tracker has is linked to a report that is ready to be filed.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local page = tap.read("findings/FINDINGS.md")
local anchors, programs = {}, {}
for id in page:gmatch('<a id="([^"]+)">') do anchors[id] = true end
for path in page:gmatch("%(alone/([^)]+)%)") do programs[path] = true end

local function lines(command)
  local list = {}
  for line in io.popen(command):lines() do list[#list + 1] = line end
  return list
end

for _, path in ipairs(lines "ls findings/alone/*/*") do
  if not path:find "%.h$" then
    tap.ok(programs[path:match("alone/(.+)")], path .. " has a line")
    tap.ok(("\n" .. tap.read(path)):find "\n[ /#*]*Proof: %a+", path .. " says on a line what proves it")
  end
end
for path in pairs(programs) do tap.ok(io.open("findings/alone/" .. path), path .. " is there") end
local reports = {} -- whether a row leads to it
for row in page:gmatch("\n| <a id=[^\n]+") do
  local id, report = row:match('<a id="([^"]+)'), row:match("%[report%]%(reports/([^)]+)%)")
  if report then reports[report] = true end
  tap.is(report ~= nil, row:find "not in the tracker" ~= nil, id .. " has a report if it is not in the tracker")
  tap.ok(not report or io.open("findings/reports/" .. report), id .. " leads to a report that is there")
end
for _, path in ipairs(lines "ls findings/reports/*") do
  local text, lacks = tap.read(path), {}
  for _, part in ipairs {"^# %S", "\nVersions: ", "\n```%l+\n.-\n```\n", "\nExpected: ", "\nActual: "} do
    if not text:find(part) then lacks[#lacks + 1] = part end
  end
  tap.is(table.concat(lacks, " "), "", path .. " can be filed as it is")
  tap.ok(reports[path:match "[^/]+$"], path .. " belongs to a row")
end
for _, list in ipairs(lines "ls adapters/*.xfail.yaml") do
  local entries, lost = 0, {}
  for line in io.lines(list) do
    if line:find "^%- " then entries = entries + 1 end
    local id = line:match("link: findings/FINDINGS.md#(%S+)")
    if id then entries = entries - 1 end
    if id and not anchors[id] then lost[#lost + 1] = id end
  end
  tap.is(table.concat(lost, " "), "", list .. " leads to findings that are there")
  tap.is(entries, 0, "from each entry")
end
tap.done()
