#!/usr/bin/env lua5.4
-- diff.t: the comparison finds the planted changes, and no other.

package.path = "tests/?.lua;tests/reports/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"

local folder = tap.folder()
local base, new, page = folder .. "/base.jsonl", folder .. "/new.jsonl", folder .. "/diff.html"

local function diff(before, after, options)
  tap.write(base, made.log("x", before))
  tap.write(new, made.log("x", after))
  return tap.run(("diff %s %s %s"):format(options or "", base, new))
end

local function error_of(v) return ('"verdict":"pass","outputs":8,"max_error":%s'):format(v) end

local status, out = diff(made.cases(9), made.cases(9))
tap.is(status, 0, "nothing changed")
tap.has(out, "nothing has become worse; 9 cases are as they were", "in words")

-- Each planted change: what it was, what it is, the heading, the exit status.
local plants = {
  {nil, made.wrong, "newly failing: 1", 1},
  {made.wrong, nil, "newly passing: 1", 0},
  {nil, made.skipped, "newly skipped: 1", 1},
  {made.skipped, nil, "newly passing: 1", 0},
  {made.wrong, (made.wrong:gsub("PAD%-1", "PAD-2")), "failing in another way: 1", 0},
  {error_of(0.1), error_of(0.3), "less accurate: 1", 1},
  {error_of(0.3), error_of(0.1), "more accurate: 1", 0},
}
-- A list of expected failures is no part of the subject: the same answers are no change, whoever expects them.
local expected = made.wrong .. ',"xfail":"known"'
for _, p in ipairs {{made.wrong, expected}, {expected, made.wrong}, {expected, expected}} do
  status, out = diff(made.cases(9, {[5] = p[1]}), made.cases(9, {[5] = p[2]}))
  tap.is(status, 0, "an expected failure: the status")
  tap.has(out, "9 cases are as they were", "... is what it was")
end
status, out = diff(made.cases(9), made.cases(9, {[5] = expected}))
tap.is(status, 1, "a new failure is one, also if it is expected")
tap.has(out, "-> wrong value, expected (PAD-1)", "... and is said to be")

for _, p in ipairs(plants) do
  status, out = diff(made.cases(9, {[5] = p[1]}), made.cases(9, {[5] = p[2]}))
  tap.is(status, p[4], p[3] .. ": status")
  tap.has(out, p[3], p[3] .. ": found")
  tap.has(out, "padding/made-5", p[3] .. ": the case")
  tap.has(out, "8 cases are as they were", p[3] .. ": nothing else")
end

status = diff(made.cases(2, {[1] = error_of(0.1)}), made.cases(2, {[1] = error_of(0.3)}), "--factor 4")
tap.is(status, 0, "a factor that allows it")
status = diff(made.cases(2, {[1] = error_of(1e-7)}), made.cases(2, {[1] = error_of(1e-3)}))
tap.is(status, 0, "errors far below the bound are no news")

status, out = diff(made.cases(5), made.cases(4))
tap.is(status, 1, "a case that is gone")
tap.has(out, "no longer tested: 1", "is said to be gone")
status, out = diff(made.cases(4), made.cases(5))
tap.is(status, 0, "a new case that passes")
tap.has(out, "new in the suite: 1", "is new")
status = diff(made.cases(4), made.cases(5, {[5] = made.wrong}))
tap.is(status, 1, "a new case that fails")

tap.write(base, made.log("x", made.cases(4)))
tap.write(new, (made.log("x", made.cases(6)):gsub('"suite":"0.1.0"', '"suite":"0.2.0"')))
status, out = tap.run(("diff --html %s %s %s"):format(page, base, new))
tap.is(status, 0, "another version of the suite, with two cases more")
tap.has(out, "two versions of the suite, 0.1.0 and 0.2.0: 2 cases stand in only one", "is reported")
tap.has(tap.read(page), "0.1.0 and 0.2.0: 2 cases", "in the page too")
tap.is((tap.run(("diff %s %s"):format(new, base))), 1, "a suite that lost two cases")

-- Planted all at once, found each for itself.
local before, after = {}, {}
for i, p in ipairs(plants) do before[i * 3], after[i * 3] = p[1], p[2] end
_, out = diff(made.cases(30, before), made.cases(31, after))
for heading, n in pairs {["newly failing"] = 1, ["newly passing"] = 2, ["newly skipped"] = 1, ["less accurate"] = 1,
  ["more accurate"] = 1, ["failing in another way"] = 1, ["new in the suite"] = 1} do
  tap.has(out, ("%s: %d\n"):format(heading, n), "among others: " .. heading)
end
tap.has(out, "23 cases are as they were", "and the others are as they were")

local reversed = {}
for i, line in ipairs(made.cases(9)) do reversed[10 - i] = line end
tap.is((diff(made.cases(9), reversed)), 0, "the order of the cases is nothing")

status = diff(made.cases(9), made.cases(9, {[3] = made.wrong}), "--html " .. page)
local html = tap.read(page)
tap.has(html, "newly failing", "the page names the change")
tap.has(html, "padding/<wbr>made-3", "and the case")
tap.ok(not html:find("made-4", 1, true), "and no other case")
tap.is(status, 1, "with the same status")

tap.write(base, made.log("x", made.cases(3)))
tap.write(new, made.log("x", made.cases(3), true))
tap.is((tap.run("diff " .. base .. " " .. new)), 3, "an incomplete log")
tap.is((tap.run("diff " .. base)), 2, "one log only")
-- ---- parts of a suite

local function run(log, arguments) return tap.run(("run --impl %s --log %s %s"):format(tap.sample, log, arguments)) end
run(base, "cases/padding.yaml cases/stride.yaml")
run(new, "cases/padding.yaml")
status, out = tap.run(("diff %s %s"):format(base, new))
tap.is(status, 0, "a run of a part is no loss")
tap.has(out, "Compared are the 40 cases that both logs have; 24 stand in only one of them", "as is said")
tap.has(out, "--tier full cases/padding.yaml", "with what was selected")
tap.ok(not out:find "no longer tested", "and no case is called lost")
tap.run(("run --impl build/mutants/padding-swapped.so --log %s cases/padding.yaml"):format(new))
status, out = tap.run(("diff --html %s %s %s"):format(page, base, new))
tap.is(status, 1, "what fails in the part is found")
tap.has(out, "newly failing: 20", "with its number")
tap.has(tap.read(page), "Compared are the 40 cases", "the page says so too")
run(new, "cases/padding.yaml cases/stride.yaml")
tap.write(new, (tap.read(new):gsub("[^\n]*\n$", ""):gsub('[^\n]*"name":"both"[^\n]*\n', "", 1)))
status, out = tap.run(("diff %s %s"):format(base, new))
tap.is(status, 3, "a run that ended early is reported by the status")
tap.has(out, "Compared are the 63 cases", "and what it has is compared")

-- ---- the order of the cases

local turned = made.cases(300, {[7] = made.wrong})
for i = 1, 150 do turned[i], turned[301 - i] = turned[301 - i], turned[i] end
turned[#turned + 1] = turned[5] -- a case that comes twice
tap.write(base, made.log("mylib", made.cases(300)))
tap.write(new, made.log("mylib", turned))
status, out = tap.run(("diff %s %s"):format(base, new))
tap.is(status, 1, "logs in different orders")
tap.has(out, "newly failing: 1", "the one that fails is found")
tap.has(out, "new in the suite: 1", "and the one that comes once more")
tap.has(out, "299 cases are as they were", "all others are matched")

tap.done()
