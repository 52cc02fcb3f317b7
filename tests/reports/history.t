#!/usr/bin/env lua5.4
-- history.t: many logs of one subject as one page: when a case broke and was mended, what is flaky, links, orders.

package.path = "tests/?.lua;tests/reports/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"

local folder = tap.folder()
os.execute("mkdir -p " .. folder .. "/runs")

-- A log of a day: version, the cases that fail, and lines for the end.
local function day(n, version, failing, more)
  local others = {}
  for i, fields in pairs(failing) do others[i] = fields == true and made.wrong or fields end
  local lines = made.cases(6, others)
  for _, line in ipairs(more or {}) do lines[#lines + 1] = line end
  local text = made.log("mylib", lines):gsub('"subject_version":"1.0"', '"subject_version":"' .. version .. '"', 1)
    :gsub("2026%-01%-02", ("2026-01-%02d"):format(n), 1)
  tap.write(("%s/runs/%d.jsonl"):format(folder, 9 - n), text)
end

local link = '"link":"https://example.org/issues/7"'
local function order(tree)
  return ('{"order":"output","case":"conv2d:in=1x1x4x5,out=1,k=3","words":"by rows","tree":"%s"}'):format(tree)
end
day(1, "1.0", {[6] = made.wrong .. ',"xfail":"known",' .. link}, {order "aa"})
day(2, "1.1", {[2] = true, [6] = true}, {order "aa"})
day(3, "1.2", {[3] = true, [6] = true, [5] = made.skipped}, {order "bb"})
day(4, "1.2", {[6] = true})

local page = folder .. "/history.html"
local status, _, err = tap.run(("history --html %s %s/runs"):format(page, folder))
tap.is(status, 0, "made", err)
local text = tap.read(page)
tap.has(text, "mylib 1.2, the last of 4 runs: 1 cases fail", "the verdict of the newest")

local function part(id)
  return text:match('<section id="' .. id .. '">(.-)</section>')
end
tap.has(part "changed", "broke in 1.1, mended in 1.2", "a case that broke and was mended")
tap.has(part "changed", "Broken or mended: 1", "alone")
tap.has(part "flaky", "made-3", "one version on one machine with two verdicts is flaky")
tap.has(part "flaky", "Flaky: 1", "alone")
tap.has(part "always", "made-6", "what fails in every run")
tap.has(part "always", 'href="https://example.org/issues/7"', "with the link of its xfail file")
tap.has(part "runs", "1 of 1 changed", "a changed order of summation")
tap.ok(part("runs"):find "as before", "and one that has not changed")
tap.has(part "clauses", "PAD-1", "clauses over time")
tap.ok(not text:find('src="http', 1, true) and not text:find("<link", 1, true), "nothing is loaded")

-- ---- accuracy

local function accurate(rms)
  return ('{"case":"conv2d:in=1x1x4x5,out=1,k=3,data=uniform","clauses":["JUDGE-3"],"verdict":"pass","outputs":8,"rms_error":%s}'):format(rms)
end
day(1, "1.0", {}, {accurate "0.2"})
day(2, "1.1", {}, {accurate "0.7"})
tap.run(("history --html %s %s/runs"):format(page, folder))
text = tap.read(page)
tap.has(part "runs", "A (0.2)", "the grade of one")
tap.has(part "runs", "B (0.7)", "and of another")

-- ---- bad input

os.execute("mkdir -p " .. folder .. "/none")
status, _, err = tap.run(("history --html %s %s/none"):format(page, folder))
tap.is(status, 2, "a folder without logs")
tap.has(err, "there is no result log", "is reported")
tap.write(folder .. "/runs/other.jsonl", made.log("another", made.cases(2)))
status, _, err = tap.run(("history --html %s %s/runs"):format(page, folder))
tap.is(status, 2, "a log of another subject")
tap.has(err, "a history is of one subject", "is reported")
os.remove(folder .. "/runs/other.jsonl")
tap.write(folder .. "/runs/5.jsonl", made.log("mylib", made.cases(3), true))
status, _, err = tap.run(("history --html %s %s/runs"):format(page, folder))
tap.is(status, 3, "a log that ended early")
tap.has(tap.read(page), "(ended early)", "is shown, and told")

tap.done()
