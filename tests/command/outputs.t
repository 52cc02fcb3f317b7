#!/usr/bin/env lua5.4
-- outputs.t: what cannot be written is reported, ends the run, and never lands in a file of another purpose.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local log = folder .. "/log"
local sample = "run --impl " .. tap.sample .. " "

-- Descriptors that the caller has closed are not given to files.
tap.write(folder .. "/hook.lua", [[io.stderr:write("words of a hook\n"); print("and more"); return {}]])
for _, closed in ipairs {">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"} do
  -- a hook's standard output is standard error, which needs both
  local hook = closed:find "^2" and ("--hook %s/hook.lua"):format(folder) or ""
  local status = tap.shell(("(exec %s; %s %s --tap --log %s %s cases/padding.yaml)"):format(closed, tap.program, sample, log, hook))
  local wrong = 0
  for line in io.lines(log) do wrong = wrong + (line:find '^{"' and line:find "}$" and 0 or 1) end
  tap.is(wrong, 0, closed .. ": nothing but results is in the log")
  tap.is(status, (" " .. closed):find " >" and 3 or 0, closed .. ": what can't be written is a failure")
end

-- Two runs on one log.
tap.write(folder .. "/wait.lua", ("local f = io.open('%s/at', 'w'); f:close(); while not io.open('%s/go') do end; return {}"):format(folder, folder))
local held = folder .. "/held"
local _, out = tap.shell(([[
  %s %s --log %s --hook %s/wait.lua cases/padding.yaml >%s/first 2>&1 & first=$!
  exec 3>>%s; flock -x 3; exec 3>&-
  until [ -e %s/at ]; do sleep 0.05; done; touch %s/go; wait $first; echo $?]]):format(tap.program, sample, held, folder, folder, held, folder, folder))
tap.is(out, "0\n", "a lock that is given back is no hindrance")
local status, _, err = tap.shell(("flock -x %s %s %s --log %s cases/padding.yaml"):format(held, tap.program, sample, held))
tap.is(status, 2, "a second run on a log is refused")
tap.has(err, held .. ": another run is writing this log", "and told why")
tap.has(tap.read(held), '"interrupted":false', "the log of the first is as it was")
for _, command in ipairs {"merge -o", "report --html"} do
  status, _, err = tap.shell(("cp %s %s.whole; flock -x %s %s %s %s %s.whole"):format(held, held, held, tap.program, command, held, held))
  tap.is(status, 2, command .. " does not write to it meanwhile")
  tap.has(err, held .. ": another run is writing this log", "and says why")
end
tap.is(tap.shell(("flock -x /dev/null %s %s --log /dev/null cases/padding.yaml"):format(tap.program, sample)), 0,
  "any number of runs write to /dev/null")

tap.write(folder .. "/twice.lua", ([[
local s, c = subject.open {path = "%s"}, suite.load "cases/padding.yaml"
s:run(c, {log = "%s", before = function ()
  local good, e = pcall(s.run, s, {case.parse "conv2d:in=1x1x3x3,out=1,k=2"}, {log = "%s"})
  assert(not good and e.message:find "another run is writing this log", e.message)
end})
return 0]]):format(tap.sample, held, held))
tap.is(tap.run("lua " .. folder .. "/twice.lua"), 0, "nor may a script write a log from two runs at once")

-- What is there already: an option whose value was left out takes the next argument.
local page, yaml, done = folder .. "/page.html", folder .. "/own.yaml", folder .. "/done.jsonl"
tap.write(yaml, tap.read "cases/bias.yaml")
tap.write(page, "<!DOCTYPE html>")
tap.run(sample .. "cases/bias.yaml --log " .. done)
local whole = tap.read(done)
for command, words in pairs {
  [sample .. "cases/padding.yaml --log " .. yaml] = yaml .. ": this is no result log, and would be overwritten",
  ["merge " .. done .. " -o " .. yaml] = yaml .. ": this is no result log, and would be overwritten",
  [("report --html %s %s"):format(done, done)] = done .. ": this is a result log, and would be overwritten",
  [("report --junit %s %s"):format(done, done)] = done .. ": this is a result log, and would be overwritten",
  [("report --markdown %s %s"):format(done, done)] = done .. ": this is a result log, and would be overwritten",
} do
  status, _, err = tap.run(command)
  tap.is(status, 2, "refused: " .. command:gsub(folder, "DIR"))
  tap.has(err, words, "with what would be lost")
end
tap.ok(tap.read(yaml) == tap.read "cases/bias.yaml" and tap.read(done) == whole, "and it is as it was")
tap.is(tap.run(sample .. "cases/padding.yaml --log " .. done), 0, "a log gives way to a log")
tap.is(tap.run(("report --html %s %s"):format(page, done)), 0, "and a page to a page")

-- A full disk, a file that may not grow.
status, _, err = tap.run(sample .. "--tier full --log /dev/full cases/sweeps/geometry.yaml")
tap.is(status, 3, "a full disk ends a run of 53,760 cases at once")
tap.has(err, "/dev/full: No space left on device: the run ends, and its log has whole lines of the first 0 results only", "and says what is lost")
status, _, err = tap.run(sample .. "--tier full --tap cases/sweeps/geometry.yaml >/dev/full")
tap.is(status, 3, "so does a full disk under the TAP")
tap.has(err, "standard output: No space left on device", "and says so")
for _, command in ipairs {"help", "list", "version", "show --keys", "report --tap " .. held, sample .. "cases/padding.yaml"} do
  status, _, err = tap.run(command .. " >/dev/full")
  tap.is(status, 3, "/dev/full: " .. command:gsub(folder, "DIR"))
  tap.has(err, "No space left on device", "has a message: " .. command:gsub(folder, "DIR"))
end

-- A reader who has what he wanted.
_, out, err = tap.shell(tap.program .. " list --tier full --ids | head -n 1")
tap.has(out, "conv2d:", "list | head: the first line")
tap.is(err, "", "and no message that nobody reads the others")

status, _, err = tap.shell(("ulimit -f 8; %s list --ids >%s/short"):format(tap.program, folder))
tap.is(status, 3, "a file that may not grow kills nothing")
tap.has(err, "standard output: File too large", "and is reported")
status, _, err = tap.run("run --impl build/mutants/padding-swapped.so cases/padding.yaml >/dev/full")
tap.is(status, 1, "a subject that does not conform stays so where nothing can be written")
tap.has(err, "No space left on device", "and the loss is reported")

tap.done()
