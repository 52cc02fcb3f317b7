#!/usr/bin/env lua5.4
-- next-steps.t: the end of a run that failed says what the failures have in common, and commands that work as they stand.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

-- The commands behind "next:", and the whole.
local function run(arguments)
  local _, out = tap.run("run " .. arguments)
  local commands = {}
  for line in (out:match "\nnext:\n(.*)$" or ""):gmatch "  ([^\n]+)" do commands[#commands + 1] = line end
  return commands, out
end

local commands, out = run "--impl build/mutants/padding-swapped.so --max-failures 1 cases/padding.yaml --filter 'stride[1] == 1'"
tap.has(out, "19 of the 22 cases in which padding of rows and columns differs, the plainest: padding/unbatched", "the cause")
tap.is(#commands, 4, "four commands")
local here = select(2, tap.shell "pwd"):match "[^\n]+"
os.execute(("ln -s %s/build %s/cases %s/"):format(here, here, folder))
for i, wanted in ipairs {{1, "height and width of padding were swapped"}, {1, "wrong value, as before"}, {1, "does not conform"}, {0, ""}} do
  local status, said = tap.shell(("cd %s && %s"):format(folder, commands[i]))
  if i > 2 then tap.is(status, wanted[1], "pasted: " .. commands[i]) end
  tap.has(said, wanted[2], "which says what it should: " .. commands[i]:match "build/conv2d%-cts (%l+)")
end
tap.has(tap.read(folder .. "/report.html"), "<html", "a report is made")

commands = run("--impl build/mutants/padding-swapped.so cases/padding.yaml --log '" .. folder .. "/a log'")
tap.is(#commands, 3, "with a log there is no need to run again")
tap.has(commands[3], "report --html report.html '" .. folder .. "/a log'", "as a shell reads it")

-- What hangs on earlier calls.
commands, out = run "--impl build/mutants/cached-without-stride.so cases/order.yaml cases/stride.yaml cases/pairs.yaml"
tap.has(out, "something is kept between calls, as a cache of weights", "state is reported as such")
tap.ok(not out:find "cases in which", "and blamed on no parameter")
tap.is(#commands, 4, "with the sequence, what explains it, and the report behind it")
tap.has(commands[2], "explain", "explain has the same calls")
local status, said = tap.shell(commands[1])
tap.is(status, 1, "pasted: " .. commands[1])
tap.has(said, "wrong", "the sequence shows it again")

-- Several such verdicts: their order, and the case that the commands are about, are the same each time.
tap.write(folder .. "/three.lua", [[
local steps = require("cli.next_steps").collector("--impl x.so")
for i, verdict in ipairs {"not deterministic", "crash after others", "wrong after others"} do
  steps.note {class = "failed", verdict = verdict, case = {id = "conv2d:in=1x1x4x4,out=1,k=3", label = "case" .. i},
    fields = {{"repro", "conv2d-cts repro --impl x.so case" .. i}}}
end
steps.print()
]])
for _ = 1, 5 do
  _, out = tap.run("lua " .. folder .. "/three.lua")
  tap.ok(out:find("wrong after others.*crash after others.*not deterministic.*next:\n  conv2d%-cts repro %-%-impl x.so case3"),
    "what hangs on other calls first, and its case")
end

-- What all cases have in common is no cause, and what every case says is one.
tap.write(folder .. "/alike.lua", [[
local function print_steps(words, passed)
  local steps = require("cli.next_steps").collector("--impl x.so")
  for i = 1, 60 do
    local id = ("conv2d:in=1x1x4x%d,out=1,k=3%s"):format(i + 3, i > passed and "" or ",dir=init")
    steps.note {class = i > passed and "failed" or "passed", verdict = "gave up", words = words(i), case = {id = id, label = "case" .. i},
      fields = {{"repro", "conv2d-cts repro --impl x.so '" .. id .. "'"}}}
  end
  steps.print()
end
print_steps(function(i) return "word " .. i end, 1)
print "----"
print_steps(function() return "no card" end, 0)
]])
_, out = tap.run("lua " .. folder .. "/alike.lua")
tap.has(out, "59 of all 60 cases, the plainest: case2", "what nearly all cases have in common is no cause")
tap.ok(select(2, out:gsub("every case alike: gave up: no card", "")) == 1, "what every case says is one, and different words are none", out)

-- A tail that is forgotten where there is more than a block: the cause is told as that, not as what happens to go with it.
tap.write(folder .. "/tail.lua", [[
local causes, params = require "reports.causes", require "reports.params"
for _, key in ipairs {"in=1x%dx5x5,out=4,k=3", "in=1x1x5x%d,out=4,k=1", "in=1x1x5x5,out=%d,k=3"} do
  local counts = {}
  for n = 1, 40 do
    local profile = causes.profile(params.read("conv2d:" .. key:format(n)))
    counts[profile] = counts[profile] or {failed = 0, passed = 0}
    local result = n > 8 and n % 8 ~= 0 and "failed" or "passed"
    counts[profile][result] = counts[profile][result] + 1
  end
  local cause = causes.find(counts)[1]
  print(cause.words, cause.failed, cause.run)
end
]])
_, out = tap.run("lua " .. folder .. "/tail.lua")
for _, name in ipairs {"input channels of a group", "output columns", "output channels"} do
  tap.has(out, name .. " above 8 and not a multiple of it\t28\t28\n", "a tail of " .. name)
end

-- A hook sees every case of a run of millions: what passes is not kept.
tap.write(folder .. "/long.lua", [[
local steps = require("cli.next_steps").collector("")
collectgarbage()
local before = collectgarbage "count"
for i = 1, 400000 do
  steps.note {class = "passed", verdict = "pass", case = {id = ("conv2d:in=1x1x5x5,out=1,k=1,data=uniform/%d"):format(i)}, fields = {}}
end
collectgarbage()
print(collectgarbage "count" - before < 1000 and "little is kept" or "much is kept")
]])
_, out = tap.run("lua " .. folder .. "/long.lua")
tap.is(out, "little is kept\n", "of a long run")

_, out = run("--impl " .. tap.sample .. " cases/padding.yaml")
tap.ok(not out:find "next:" and not out:find "what fails", "a run without failures ends with its sentence")
_, out = run "--tap --impl build/mutants/padding-swapped.so cases/padding.yaml"
tap.ok(not out:find "next:", "nor does TAP have it")

tap.done()
