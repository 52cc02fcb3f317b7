#!/usr/bin/env lua5.4
-- gate.t: each third-party subject that is there passes with its expected failures, and none of these is stale.
-- So a library with known deviations can use the suite as a gate. CONV2D_SUBJECTS=all adds subjects that take long.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- Processes and libtorch take long.
local function is_slow(s)
  return s.option == "--impl-cmd" or s.name:find "^libtorch"
end

local subjects = dofile "adapters/subjects.lua"
local all = os.getenv("CONV2D_SUBJECTS") == "all"

local function gate(s)
  local expected = s.list and "--strict-xpass --xfail " .. s.list or ""
  local status, out, err = tap.run(("run --time-limit 60 --load-limit 600 %s %s '%s'"):format(expected, s.option, s.value))
  if not tap.ok(status == 0, s.name) then
    for line in (out .. err):gmatch("[^\n]+") do print("# " .. line) end
  end
end

for _, list in ipairs {subjects.native(), subjects.processes()} do
  for _, s in ipairs(list) do
    if not s.there then
      tap.skip(s.name, ("%s is not there: make deps-adapters GROUP=%s"):format(s.lacks, s.group))
    elseif not is_slow(s) or all then
      gate(s)
    end
  end
end
tap.done()
