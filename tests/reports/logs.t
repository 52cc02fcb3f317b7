#!/usr/bin/env lua5.4
-- logs.t: logs that are cut short, files that are not logs, and reports that can't be written.

package.path = "tests/?.lua;tests/reports/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"

local folder = tap.folder()
local log, out = folder .. "/x.jsonl", folder .. "/out"

local function report(text, arguments)
  tap.write(log, text)
  return tap.run("report " .. (arguments or "--html " .. out) .. " " .. log)
end

local status, _, err = report(made.log("x", made.cases(3)))
tap.is(status, 0, "a whole log")
tap.is(err, "", "nothing to say")

status, _, err = report(made.log("x", made.cases(3), true))
tap.is(status, 3, "a log without its last line")
tap.has(err, "x.jsonl:4: the run ended early", "file and line of its end")
tap.has(tap.read(out), '"complete":false', "the report is made, and knows")

for _, medium in ipairs {"--html " .. out, "--junit " .. out, "--markdown " .. out, "--badge " .. out, "--github", "--tap"} do
  tap.is((report(made.log("x", {}, true):gsub("\n\n", "\n"), medium)), 3, "a log that ended before its first case: " .. medium:match "%-%-%a+")
end
tap.is((report(made.log("x", made.cases(3), true), "--junit " .. out)), 3, "JUnit of a log without its last line")
tap.has(tap.read(out), '<error type="incomplete" message="the run ended early: the log is incomplete"/>', "is no green one")
local _, points = report(made.log("x", made.cases(3), true), "--tap")
tap.ok(points:find("Bail out! the run ended early", 1, true) and not points:find "\n1%.%.", "nor is its TAP", points)
tap.run(("run --impl %s --shard 1/2 --log %s/shard.jsonl cases/padding.yaml"):format(tap.sample, folder))
status, points, err = tap.run(("report --markdown - %s/shard.jsonl"):format(folder))
tap.ok(status == 3 and points:find("is not judged: shard 2 of 2 is missing", 1, true) and err:find("shard 2 of 2 is missing", 1, true),
  "a shard alone says which others are missing", points .. err)
tap.is(tap.run(("diff %s/shard.jsonl %s/shard.jsonl"):format(folder, folder)), 0, "and is compared with the same of another run")

status, _, err = report((made.log("x", made.cases(2)):gsub('"interrupted":false', '"interrupted":true')))
tap.is(status, 3, "a log of a run that was interrupted")
tap.has(err, "x.jsonl:4: the run ended early", "is reported")
status, _, err = report((made.log("x", made.cases(2)):gsub('"interrupted":false', '"interrupted":true')) .. made.case(3) .. "\n")
tap.is(status, 2, "text after the last line of one")
tap.has(err, "x.jsonl:5: text after", "its line")

status, _, err = report(made.log("x", made.cases(3), true) .. '{"case":"conv2d:in=1x')
tap.is(status, 3, "a last line that is cut")
tap.has(err, "x.jsonl:5: the run ended early", "its line")

-- A compressed log of a run that was killed before its first line.
tap.write(folder .. "/empty.lua", ('cts.open("%s/empty.jsonl.zst", "w"):close()'):format(folder))
tap.run("lua " .. folder .. "/empty.lua")
for _, medium in ipairs {"report --html " .. out, "report --junit " .. out, "report --tap", "diff " .. folder .. "/empty.jsonl.zst", "history --html " .. out} do
  status, _, err = tap.run(("%s %s/empty.jsonl.zst"):format(medium, folder))
  tap.is(status, 2, "a compressed log without a line: " .. medium:match "^%a+ ?%-*%a*")
  tap.has(err, "empty.jsonl.zst:1: this is no conv2d-cts result log", "is told")
end

status, _, err = report(made.log("x", {made.case(1), '{"case":', made.case(2)}))
tap.is(status, 2, "a line in the middle that is no JSON")
tap.has(err, "x.jsonl:3: column", "its line and column")

status, _, err = report(made.log("x", {made.case(1, '"verdict":"marvellous"')}))
tap.is(status, 2, "an unknown verdict")
tap.has(err, "x.jsonl:2: unknown verdict 'marvellous'", "its line")

for key, value in pairs {line = '"x"', clauses = "7", words = "[]", map = "[]", wrong = "[1]", max_error = "{}"} do
  status, _, err = report(made.log("x", {made.case(1, ('"%s":%s'):format(key, value))}))
  tap.is(status, 2, key .. " of another kind")
  tap.has(err, "x.jsonl:2: the value of `" .. key .. "` is of another kind", "its line and key")
end

status, _, err = report(made.log("x", {("["):rep(100000)}))
tap.is(status, 2, "100,000 brackets")
tap.has(err, "x.jsonl:2: column 2049: maximum parsing depth", "where it was too deep")

for _, command in ipairs {"report --html " .. out, "diff " .. log} do
  tap.write(log, made.log("x", made.cases(3)))
  status, _, err = tap.shell(("%s %s %s /dev/zero"):format(tap.bounds, tap.program, command))
  tap.is(status, 2, command:match "%a+" .. ": a line that never ends")
  tap.has(err, "/dev/zero:1: the line is longer than 1048576 bytes", "is not waited for")
end

for name, text in pairs {["an empty file"] = "", ["another JSON"] = "{}\n", ["a text"] = "hello\n"} do
  status, _, err = report(text)
  tap.is(status, 2, name)
  tap.has(err, "x.jsonl:1: this is no conv2d-cts result log", name .. ": what is wrong")
end

status, _, err = report((made.log("x", made.cases(1)):gsub('"version":1', '"version":9')))
tap.is(status, 2, "a newer log")
tap.has(err, "version 9", "the version")

status, _, err = report(made.log("x", made.cases(1)) .. made.case(2) .. "\n")
tap.is(status, 2, "text after the last line")
tap.has(err, "x.jsonl:4: text after", "its line")

status, _, err = tap.run("report --html " .. out .. " " .. folder .. "/missing.jsonl")
tap.is(status, 2, "a log that is not there")
tap.has(err, "missing.jsonl: No such file", "its name")

local two = made.log("x", {made.case(1), made.case(2, made.wrong)}):gsub('"cases":2', '%0,"failed":1')
tap.is((report(two)), 0, "a last line that counts what is there")
status, _, err = report((two:gsub("[^\n]*wrong value[^\n]*\n", "")))
tap.is(status, 2, "a log whose failure is lost")
tap.has(err, "x.jsonl:3: the last line counts 2 cases, but there are 1", "what is missing")
status, _, err = report((two:gsub("wrong value", "pass")))
tap.is(status, 2, "a log whose failure is changed")
tap.has(err, "the last line counts 1 cases that failed, but there are 0", "what is changed")

for _, option in ipairs {"--html", "--junit", "--markdown", "--badge"} do
  status, _, err = report(made.log("x", made.cases(1)), option .. " /nonexistent/out")
  tap.is(status, 2, option .. " into a folder that is not there")
  tap.has(err, "/nonexistent/out: No such file", option .. ": the file")
  status, _, err = report(made.log("x", made.cases(1)), option .. " /dev/full")
  tap.is(status, 3, option .. " onto a full device")
  tap.has(err, "/dev/full: No space left", option .. ": the reason")
end

tap.is((tap.run("report --html " .. out)), 2, "no log named")
tap.is((report(made.log("x", made.cases(1)), "")), 2, "no report chosen")
tap.done()
