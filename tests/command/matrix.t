#!/usr/bin/env lua5.4
-- matrix.t: a log stands for the run that wrote it, in the table and in what is published.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local mutant = "build/mutants/padding-swapped.so"
local list = folder .. "/list.yaml"
tap.write(list, "- {where: 'padding[1] ~= padding[2]', reason: rows and columns}\n")
tap.run(("run --tier quick --shard 1/40 --log %s/swapped.jsonl --xfail %s --impl %s"):format(folder, list, mutant))

local function row(arguments)
  local status, out = tap.run("matrix --publish " .. folder .. " " .. arguments)
  tap.is(status, 0, "matrix " .. arguments)
  local name, passed, failed, listed, skipped = out:match("\n(%S+swapped%S*) +(%d+) +(%d+) +(%d+) +(%d+)")
  if not name then name, passed, failed, listed, skipped = out:match("\n(swapped) +(%d+) +(%d+) +(%d+) +(%d+)") end
  return {passed, failed, skipped}, listed, tap.read(("%s/%s.json"):format(folder, name))
end

local by_run, none_listed = row("--shard 1/40 " .. mutant)
local by_log, listed, published = row(folder .. "/swapped.jsonl")
tap.is(table.concat(by_log, " "), table.concat(by_run, " "), "the same counts by its log")
tap.is(none_listed, "0", "nothing is expected without a list")
tap.ok(tonumber(listed) > 0 and tonumber(listed) <= tonumber(by_log[2]), "failures on the list are counted")
tap.has(published, '"expected":{"rows and columns":' .. listed .. "}", "and published with their reason")
tap.has(published, '"selection":"--shard 1/40 --tier quick"', "and so is which cases ran")

tap.write(folder .. "/swapped.invariances.json", '{"ends":{"batch":{"case":"c","words":"among 2 images"}}}\n')
local _, table_text = tap.run(("matrix --publish %s %s/swapped.jsonl"):format(folder, folder))
tap.ok(table_text:find "\nswapped[^\n]* b%.%.%.%.%. ", "what its bits depend on stands beside the log")
tap.ok(table_text:find "\nswapped[^\n]*of the cases 1/40", "and in the table that only a part ran")
tap.has(tap.read(folder .. "/swapped.json"), '"invariances_end":{"batch"', "and is published")

tap.write(folder .. "/cut.jsonl", (tap.read(folder .. "/swapped.jsonl"):gsub('{"end".*', "")))
local status, out = tap.run("matrix " .. folder .. "/cut.jsonl")
tap.is(status, 3, "a log that is cut off")
tap.has(out, "cut.jsonl: the log is not complete", "is no subject")
tap.done()
