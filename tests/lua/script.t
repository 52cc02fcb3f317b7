#!/usr/bin/env lua5.4
-- script.t: if a user's script goes wrong, the error says where, the script ends in time, and the result log is complete.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local function script(text)
  tap.write(folder .. "/s.lua", text)
  return folder .. "/s.lua"
end

local function lua(text, options)
  return tap.run(("lua %s %s a b"):format(options or "", script(text)))
end

-- ---- errors

local status, out, err = lua "return #arg"
tap.is(status, 2, "what a script returns is the exit status")
status, _, err = lua "local x\nlocal function f() return x.y end\nf()"
tap.is(status, 2, "an error is status 2")
tap.has(err, "s.lua:2: attempt to index a nil value", "with its place")
tap.has(err, "s.lua:3: in main chunk", "and a traceback")
status, _, err = lua "x = = 1"
tap.is(status, 2, "a syntax error is status 2")
tap.has(err, "s.lua:1:", "with its place")
status, _, err = lua "\ncase.new {input = {1, 1, 2, 2}, out_channels = 1}"
tap.is(status, 2, "an error of the API is status 2")
tap.has(err, "s.lua:2: kernel_size: must be given", "with the place of the call")
status, _, err = lua "error {}"
tap.is(status, 2, "an error that is no text is status 2")
tap.has(err, "error: table", "and is reported")
status, _, err = lua "cts.fail(4, 'nothing to do')"
tap.is(status, 4, "cts.fail ends a script with the status that it names")
tap.is(err, "conv2d-cts: nothing to do\n", "and says its words")

-- What a script ends with: {its text, status, words of the message}.
local ends = {
  {"", 0}, {"return", 0}, {"return nil", 0}, {"return 0", 0}, {"return 1", 1}, {"return 255", 255},
  {"return 256", 2, "an exit status is an integer from 0 to 255, not 256"},
  {"return 512", 2, "not 512"}, {"return -1", 2, "not -1"}, {"return math.maxinteger", 2, "not 9223372036854775807"},
  {"return 1.0", 2, "not 1.0"}, {"return true", 2, "not true"}, {"return false", 2, "not false"},
  {"return '1'", 2, "not 1"}, {"return {}", 2, "not table"},
  {"cts.fail(0, 'x')", 0}, {"cts.fail(1, 'x')", 1}, {"cts.fail(3, 'x')", 3}, {"cts.fail(255, 'x')", 255},
  {"cts.fail(256, 'x')", 2, "an exit status is from 0 to 255, not 256"}, {"cts.fail(-1, 'x')", 2, "not -1"},
  {"cts.fail(1)", 2, "string expected"}, {"pcall(cts.fail, 1, 'x')", 0},
  {"os.exit(1)", 1}, {"os.exit(true)", 0}, {"os.exit(false)", 1}, {"os.exit()", 0}, {"os.exit(7, true)", 7},
  {"os.exit(256)", 2, "an exit status is an integer from 0 to 255, not 256"}, {"os.exit(1.5)", 2, "not 1.5"},
  {"_G.os.exit(256)", 2, "not 256"}, {"require('os').exit(512)", 2, "not 512"},
}
for _, e in ipairs(ends) do
  status, _, err = lua(e[1])
  tap.is(status, e[2], "status of a script: " .. e[1])
  tap.has(err, e[3] or "", "and its message")
end

-- Options that a script misspells: {its text, words of the message}.
local before = "local s = suite.load('cases/padding.yaml')\nlocal x = subject.open {path = 'build/adapters/naive.so'}\n"
  .. "local c = case.parse 'conv2d:in=1x1x4x5,out=1,k=3'\n"
local misspelt = {
  {"suite.load('cases', {teir = 'quick'})", "suite.load: unknown key 'teir': there are tier, shard, filter"},
  {"suite.load('cases', {'quick'})", "suite.load: unknown key '1'"},
  {"suite.load('cases', {tier = 'quick', filter = 'stride'})", "filter: a function is expected, got a string"},
  {"subject.open {path = 'build/adapters/naive.so', timelimit = 3}", "subject.open: unknown key 'timelimit'"},
  {"subject.open {path = 'build/adapters/naive.so', strict = 'false'}", "strict: true or false is expected, got a string"},
  {"subject.open {path = 'build/adapters/naive.so', threads = 1.5}", "threads: an integer"},
  {"subject.open {path = 'build/adapters/naive.so', memory_limit = 1e300}", "memory_limit: an integer"},
  {"x:run(s, {verdit = print})", "subject:run: unknown key 'verdit'"},
  {"x:run(s, {verdict = 'pass'})", "verdict: a function is expected, got a string"},
  {"x:run(s, {each = 1})", "each: a function is expected, got a number"},
  {"x:run(s, {jobs = -1})", "jobs: an integer"}, {"x:run(s, {all = 1})", "all: true or false is expected, got a number"},
  {"x:run(s, {log = 5})", "log: a string is expected, got a number"},
  {"x:call(c, {inptu = {1}})", "values: unknown key 'inptu'"},
  {"c:with {values = {wieght = {1}}}", "values: unknown key 'wieght'"},
  {"c:with {clauses = 'PAD-1'}", "clauses: a list"}, {"c:with {stirde = 1}", "unknown key 'stirde'"},
}
for _, m in ipairs(misspelt) do
  status, _, err = lua(before .. m[1])
  tap.is(status, 2, "is an error: " .. m[1])
  tap.has(err, "s.lua:4: " .. m[2], "with the place, and what there is")
end
tap.is(tap.run("lua " .. folder .. "/none.lua"), 2, "a script that is not there")

-- ---- time; ThreadSanitizer passes on a signal at a system call only, which an endless loop never makes

if tap.sanitizer == "thread" then
  tap.skip("scripts that never end", "ThreadSanitizer keeps the alarm from them")
else
  status, _, err = lua("while true do end", "--time-limit 0.3")
  tap.is(status, 2, "a script that never ends is ended")
  tap.has(err, "the script's time limit is over", "and told why")
  status, _, err = lua("while true do pcall(function() while true do end end) end", "--time-limit 0.3")
  tap.is(status, 2, "also one that catches errors")
  tap.has(err, "does not end at its time limit", "with the process")
end
tap.is(lua("return 7", "--time-limit 30"), 7, "the limit does not touch others")

-- ---- hooks that are misspelt, or end with no status

for _, h in ipairs {
  {"return {verdit = print}", "a hook has no 'verdit': there are before, verdict, after and finish"},
  {"return {print}", "a hook has no '1'"}, {"return {finish = 3}", "finish: a function is expected, got a number"},
  {"return {finish = function() return 256 end}", "finish: an exit status is an integer from 0 to 255, not 256"},
  {"return {finish = function() return true end}", "not true"}, {"return {finish = function() return 1.0 end}", "not 1.0"},
} do
  status, _, err = tap.run(("run --impl %s --hook %s cases/padding.yaml"):format(tap.sample, script(h[1])))
  tap.is(status, 2, "is an error: " .. h[1])
  tap.has(err, h[2], "with its message")
end
for _, way in ipairs {"os", "_G.os", "require('os')", "package.loaded.os"} do
  status, _, err = tap.run(("run --impl %s --hook %s cases/padding.yaml"):format(tap.sample,
    script(("return {after = function() %s.exit(0) end}"):format(way))))
  tap.is(status, 2, "a hook can't leave by " .. way)
  tap.has(err, "a hook can't end the run", "and is told so")
end
for text, want in pairs {["return {finish = function() end}"] = 0, ["return {finish = function() return 7 end}"] = 7,
  ["return {finish = function() cts.fail(1, 'no') end}"] = 1, ["return {after = function() cts.fail(5, 'no') end}"] = 5} do
  tap.is(tap.run(("run --impl %s --hook %s cases/padding.yaml"):format(tap.sample, script(text))), want, "status of a hook: " .. text)
end

-- ---- TAP of one's own

status, out = lua [[
local c = case.new {input = {1, 1, 3, 3}, out_channels = 1, kernel_size = 2}
local x = subject.open {path = "build/mutants/kernel-flipped.so"}
tap.ok(true, "first")
x:run({c}, {tap = true})
tap.skip("never # so", "not here")
tap.ok(tap.ok(true, "b"), "c")
x:run({c:with {kernel_size = 1}}, {tap = true})
tap.ok(false, "d", "one\ntwo")
return tap.done()]]
tap.is(status, 1, "a point that is not good makes the status 1")
for number, text in ipairs {"first", "conv2d:in=1x1x3x3,out=1,k=2: wrong value", "never : so # SKIP not here", "b", "c", "conv2d:in=1x1x3x3,out=1,k=1", "d"} do
  tap.has(out, ("ok %d - %s\n"):format(number, text), "points and cases are numbered in one sequence: " .. text)
end
tap.has(out, "# one\n# two\n1..7\n", "with the reason as a comment, and the plan")

-- ---- hooks and the log

local function hooked(text, options)
  local log = folder .. "/log"
  os.remove(log)
  local s, o, e = tap.run(("run --impl %s --hook %s --log %s %s cases/forward.yaml"):format(
    "build/mutants/kernel-flipped.so", script(text), log, options or ""))
  local f = io.open(log)
  if f then f:close() end
  return s, o, e, f and tap.read(log) or ""
end

local function is_whole(log, name)
  local lines, last, bad = 0, nil, 0
  for line in log:gmatch "([^\n]*)\n" do
    lines = lines + 1
    last = line
    if line:sub(1, 1) ~= "{" or line:sub(-1) ~= "}" then bad = bad + 1 end
  end
  tap.ok(lines >= 2 and bad == 0, name .. ": every line of the log is an object")
  tap.has(last or "", '"end":true', name .. ": and the log has its end")
  return last or ""
end

local log
status, _, err, log = hooked "local n = 0\nreturn {after = function() n = n + 1 if n == 9 then error 'broken hook' end end}"
tap.is(status, 2, "a hook that fails ends the run")
tap.has(err, "s.lua:2: broken hook", "with place")
tap.has(is_whole(log, "a failing hook"), '"interrupted":true', "a failing hook: the log says that it is not all")
status, out, _, log = hooked("return {before = function() print 'not ok 1 - forged\\n1..0' end, after = function() print 'ok 2' end}", "--tap")
is_whole(log, "a printing hook")
tap.ok(not ("\n" .. out):find("\nok 2\n", 1, true) and not out:find("\n1..0", 1, true), "what a hook prints is a comment in TAP")
status, out, _, log = hooked([[return {after = function()
  io.write "\nnot ok 1\n"
  io.stdout:write "\nok 2\n"
  os.execute "echo; echo Bail out!"
  local f <close> = io.open("/dev/stdout", "w")
  f:write "\n1..0\n"
end}]], "--tap")
tap.is(status, 1, "a hook that writes to standard output by itself")
is_whole(log, "a writing hook")
local _, points = ("\n" .. out):gsub("ok %d+ %- forward/", "")
tap.is(points, tonumber(out:match "\n1%.%.(%d+)\n"), "leaves TAP with a point for each case")
for _, forged in ipairs {"\nnot ok 1\n", "\nok 2\n", "\nBail", "\n1..0"} do
  tap.ok(not ("\n" .. out):find(forged, 1, true), "and has not written" .. forged)
end
status, _, err, log = hooked "return {after = function() os.exit(0) end}"
tap.is(status, 2, "a hook can't end the run")
tap.has(err, "a hook can't end the run", "and is reported")
is_whole(log, "a leaving hook")
if tap.sanitizer ~= "thread" then
  status, _, _, log = hooked("return {after = function() while true do end end}", "--hook-time-limit 0.5")
  tap.is(status, 2, "a hook that never ends is ended")
  is_whole(log, "an endless hook")
end
status, _, _, log = hooked "return {verdict = function(r) if r.class == 'failed' then return 'pass', 'known' end end}"
tap.is(status, 0, "a hook may overrule the judge")
tap.has(log, '"judged":"wrong value"', "which the log says")
status = hooked "return {finish = function(s) return s.failed > 0 and 7 or 8 end}"
tap.is(status, 7, "a hook may decide the exit status")
status, _, err = hooked "return 1"
tap.is(status, 2, "a hook must return a table")
tap.has(err, "must return a table of functions", "and is reported")
tap.done()
