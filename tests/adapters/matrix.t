#!/usr/bin/env lua5.4
-- matrix.t: run_all.sh, which `make matrix` is made of, gives each subject its time, goes on with what has cases left, and leaves
-- alone what is complete. subjects.lua lists those whose names begin so.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local log = folder .. "/naive.jsonl"
local options = "--tier quick --shard 1/40"

local function run_all(more)
  local line = "naive - --impl build/adapters/naive.so"
  local status, _, err = tap.shell(("echo '%s' | sh adapters/run_all.sh %s %s %s"):format(line, folder, options, more))
  tap.is(status, 0, "run_all.sh " .. more)
  return err
end

local function cases()
  return tonumber(tap.read(log):match '"end":true,"cases":(%d+)')
end

local said
for _, seconds in ipairs {0.4, 1.6, 6.4} do -- on a busy machine none may be begun in the first
  os.remove(log)
  said = run_all("--seconds " .. seconds)
  if said:find("status 0", 1, true) then break end
end
tap.has(said, "ran naive: status 0", "it says what it ran")
tap.has(tap.read(log), '"out_of_time":true', "the time was over")
tap.has(tap.read(folder .. "/naive.invariances.json"), '"ends"', "and on what its bits depend is written beside the log")
local first = cases()
local _, table_text = tap.run("matrix " .. log)
tap.has(table_text, ("of the cases %d of "):format(first), "the table says of how many cases it is")
run_all ""
local whole = tap.read(log)
tap.ok(not whole:find '"out_of_time":true', "without a time the same goes on to the end")
tap.ok(cases() > first, "with more cases")
tap.is(run_all "--seconds 0.4", "", "what is complete is not run again")
tap.is(tap.read(log), whole, "and its log stays")

tap.write(log, whole:gsub('{"end".*', ""):sub(1, -200))
run_all ""
tap.has(tap.read(log), '"interrupted":false', "a log that was cut off is completed")

local _, list = tap.shell "lua5.4 adapters/subjects.lua list nothing-begins-so"
tap.is(list, "", "a beginning that no name has")
tap.done()
