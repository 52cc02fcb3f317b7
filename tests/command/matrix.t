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

-- A published result is a row by itself, and stays where a new one is of fewer cases.
tap.shell(("mkdir %s/results"):format(folder))
local function publish(log) return select(2, tap.run(("matrix --publish %s/results %s"):format(folder, log))) end
local function result() return tap.read(folder .. "/results/swapped.json") end
publish(folder .. "/swapped.jsonl")
local status, out
local by_result = select(2, tap.run(("matrix %s/results/swapped.json"):format(folder)))
tap.is(by_result, table_text, "the same table by the result")
tap.has(by_result, "\na: ", "which names the machine")
local whole = result()
local log = tap.read(folder .. "/swapped.jsonl")
tap.shell(("mkdir %s/less"):format(folder))
tap.run(("run --tier quick --shard 1/200 --log %s/less/swapped.jsonl --xfail %s --impl %s"):format(folder, list, mutant))
tap.write(folder .. "/less/swapped.jsonl", (tap.read(folder .. "/less/swapped.jsonl"):gsub('"interrupted":false', '%0,"out_of_time":true')))
tap.has(select(2, tap.run(("matrix %s/less/swapped.jsonl"):format(folder))), " of " .. select(2, tap.run "list --count --tier quick"), "of how many cases a row is whose time was over")
tap.has(select(2, tap.run(("matrix --shard 1/2000 %s/less/swapped.jsonl"):format(folder))), ", and not all\n", "... which are more than the tier has")
tap.is(publish(folder .. "/less/swapped.jsonl"), table_text, "a result of more cases is shown")
tap.is(result(), whole, "and stays")
tap.write(folder .. "/swapped.jsonl", (log:gsub('"processor":"[^"]*"', '"processor":"another"')))
tap.has(publish(("%s/swapped.jsonl %s/swapped.json"):format(folder, folder)), "\na: another; features: ", "another machine")
tap.has(result(), '"processor":"another"', "a result of as many cases takes its place")
tap.write(folder .. "/swapped.jsonl", (log:gsub('{"end".*', "")))
status, out = tap.run(("matrix --publish %s/results %s/swapped.jsonl %s/results/swapped.json"):format(folder, folder, folder))
tap.is(status, 0, "the log of a run that goes on")
tap.has(out, "another; features", "lets the published result stand")
tap.write(folder .. "/swapped.jsonl", log)

tap.write(folder .. "/cut.jsonl", (tap.read(folder .. "/swapped.jsonl"):gsub('{"end".*', "")))
status, out = tap.run("matrix " .. folder .. "/cut.jsonl")
tap.is(status, 3, "a log that is cut off")
tap.has(out, "cut.jsonl: the log is not complete", "is no subject")
tap.done()
