#!/usr/bin/env lua5.4
-- script.t: a user's script that goes wrong says where, ends in time, and leaves the result log whole.

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
tap.has(err, "error: table", "and is told")
status, _, err = lua "cts.fail(4, 'nothing to do')"
tap.is(status, 2, "cts.fail within a script is an error of the script")
tap.has(err, "nothing to do", "with its words")
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
tap.has(err, "a hook can't end the run", "and is told")
is_whole(log, "a leaving hook")
if tap.sanitizer ~= "thread" then
  status, _, _, log = hooked("return {after = function() while true do end end}", "--hook-time-limit 0.5")
  tap.is(status, 2, "a hook that never ends is ended")
  is_whole(log, "an endless hook")
end
status, _, _, log = hooked "return {verdict = function(r) if r.class == 'failed' then return 'pass', 'known' end end}"
tap.is(status, 0, "a hook may overrule the judge")
tap.has(log, '"judged":"wrong value"', "which the log tells")
status = hooked "return {finish = function(s) return s.failed > 0 and 7 or 8 end}"
tap.is(status, 7, "a hook may decide the exit status")
status, _, err = hooked "return 1"
tap.is(status, 2, "a hook must return a table")
tap.has(err, "must return a table of functions", "and is told")
tap.done()
