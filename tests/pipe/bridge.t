#!/usr/bin/env lua5.4
-- bridge.t: subjects that are processes. The answers of a good child are judged as if it were a shared object. A child
-- that dies, hangs or talks nonsense gets the verdict that a shared object would get.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local log = tap.folder() .. "/log"

local function run(command, arguments)
  return tap.run(("run --impl-cmd '%s' --log %s %s"):format(command, log, arguments))
end

-- What a log says of each case.
local function verdicts()
  local list = {}
  for line in io.lines(log) do
    local case, verdict = line:match('"case":"([^"]*)"'), line:match('"verdict":"([^"]*)"')
    if verdict then list[#list + 1] = case .. ": " .. verdict end
  end
  return table.concat(list, "\n")
end

-- ---- good children

local files = "cases/padding.yaml cases/layout.yaml cases/backward.yaml cases/initialisation.yaml cases/validity.yaml"
local status = run("build/tests/pipe/server", files)
local bridged = verdicts()
tap.is(status, 0, "the sample conforms as a process")
tap.run(("run --impl %s --log %s %s"):format(tap.sample, log, files))
tap.is(bridged, verdicts(), "each case has the verdict that it has in a shared object")

-- Children in other languages, where what they need is there: name, what must succeed, command, cases.
for _, child in ipairs {
  {"Python", "/usr/bin/python3 --version", "/usr/bin/python3 tests/pipe/plain.py", "cases/padding.yaml cases/stride.yaml"},
  {"Node", "node --version", "node tests/pipe/plain.mjs", "cases/padding.yaml cases/layout.yaml cases/complex.yaml"},
  {"NumPy", "/usr/bin/python3 -c 'import scipy'", "/usr/bin/python3 adapters/scipy_conv.py",
   "cases/layout.yaml cases/integers.yaml cases/reflect.yaml"},
  {"NumPy that transforms", "/usr/bin/python3 -c 'import scipy'", "/usr/bin/python3 adapters/scipy_fft.py", "--tier quick"},
} do
  local name, needs, command, chosen = table.unpack(child)
  if tap.shell(needs) == 0 then
    local exit, out = run(command, chosen)
    tap.is(exit, 0, "a child in " .. name .. " conforms")
    tap.has(out, " conforms: ", "and some cases have passed")
  else
    print("# no child in " .. name .. ": " .. needs .. " fails")
  end
end

-- How many processes a run starts: as many as the child asks for, unless the user says so.
local count = tap.folder() .. "/count"
for _, row in ipairs {{1, "", 1}, {3, "", 3}, {3, "--jobs 2", 2}} do
  local asked, option, want = table.unpack(row)
  os.remove(count)
  local exit = run(("/usr/bin/python3 tests/pipe/plain.py %d %s"):format(asked, count), option .. " cases/padding.yaml cases/stride.yaml")
  tap.is(exit, 0, "a child that asks for processes conforms")
  local _, started = tap.shell("wc -l <" .. count)
  tap.is(tonumber(started), want, ("asked for %d, %s: processes"):format(asked, option))
end

-- A child that is slow to load: cases are judged while others of it still load, so its time is not gone before the first.
local slow, said
for _, seconds in ipairs {2, 10} do -- a busy machine may need more for the cases themselves
  slow, said = run(("sh -c \"sleep %d; exec build/tests/pipe/server\""):format(seconds + 1),
    ("--seconds %d --jobs 4 cases/padding.yaml"):format(seconds))
  if said:find("40 passed", 1, true) then break end
end
tap.is(slow, 0, "a child that takes longer to load than the run has")
tap.has(said, "conforms: 40 passed of 40 cases", "is judged")

-- ---- odd children

-- deed, exit status, verdict, words
local deeds = {
  {"error", "gave up", "forward answers FAILED: no licence"},
  {"die", "crash", "SIGSEGV"},
  {"leave", "exit", "exit (3)"},
  {"die-halfway", "crash", "SIGKILL"},
  {"hang", "timeout", "did not return"},
  {"close", "timeout", "did not return"},
  {"print", "gave up", "the child breaks the protocol: it says 'computing a shape', which is no JSON object"},
  {"babble", "gave up", "it says '[1, 2, 3', which is no JSON object"},
  {"wrong-seq", "gave up", "is answered with seq"},
  {"strange-status", "gave up", "the status is none of ok, unsupported, invalid, error"},
  {"short-shape", "gave up", "a shape of 3 axes is given, 4 are right"},
  {"few-bytes", "gave up", "20 bytes of output are announced, 24 are right"},
  {"no-bytes", "gave up", "0 bytes of output are announced, 24 are right"},
  {"zeros", "wrong value", "output[0,0,0,0]"},
}
for _, deed in ipairs(deeds) do
  local name, verdict, words = table.unpack(deed)
  local exit = run("build/tests/pipe/odd " .. name, "--time-limit 0.5 tests/pipe/case.yaml")
  local text = tap.read(log)
  tap.is(("%d %s"):format(exit, text:match('"verdict":"([^"]*)"')), "1 " .. verdict, name .. ": " .. verdict)
  tap.has(text, words, name .. " in words")
end

-- command, words of the error while it is being loaded
local greetings = {
  {"build/tests/pipe/odd greet-dying", "dies by SIGABRT while it is being loaded"},
  {"build/tests/pipe/odd greet-leaving", "ends the process with status 5 while it is being loaded"},
  {"build/tests/pipe/odd greet-babbling", "it says 'welcome to the odd library'"},
  {"build/tests/pipe/odd greet-silent", "does not return while it is being loaded"},
  {"build/tests/pipe/odd greet-newer", "in protocol 2, this is protocol 1"},
  {"build/tests/pipe/odd greet-boasting", "hello holds 'knows-everything', which is not in its vocabulary"},
  {"build/tests/pipe/odd greet-misspelling", "hello holds 'directons', which is not in its vocabulary"},
  {"build/tests/pipe/odd greet-no-list", "hello holds 'something that is no list', which is not in its vocabulary"},
  {"build/tests/pipe/odd greet-with-jobs", "hello holds 'jobs that are no whole number', which is not in its vocabulary"},
  {"build/tests/pipe/no-such-child", "ends the process with status 127"},
  {"cat", "the status is none of"},
}
for _, greeting in ipairs(greetings) do
  local exit, _, err = run(greeting[1], "--load-limit 1 tests/pipe/case.yaml")
  tap.is(exit, 2, greeting[1] .. " is no subject")
  tap.has(err, greeting[2], "which is said")
end

-- The same mistake in Python has its message there.
if tap.shell("/usr/bin/python3 -c 'import numpy'") == 0 then
  local _, _, err = tap.shell("PYTHONPATH=adapters /usr/bin/python3 -c 'import conv2d_subject; "
    .. "conv2d_subject.Subject(name=\"a\", version=\"1\", directons=[\"forward\"])'")
  tap.has(err, "there is no capability 'directons'", "a misspelt capability of a subject in Python is an error")
end

tap.done()
