#!/usr/bin/env lua5.4
-- What the machine or somebody else does to a worker is not the subject's doing.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

-- what the machine lacks
local function lacks(what, command, words)
  local said, code = stage.shell(command)
  tap.ok(code == 3 and said:find(words, 1, true), what .. ": exit status 3, " .. words)
end

if not tap.sanitizer then
  lacks("descriptors", "ulimit -n 600; " .. stage.command("none"), "no file descriptors")
  lacks("address space", "ulimit -v 4000000; " .. stage.command("none"), "no memory")
  lacks("more of it", "ulimit -v 20000000; " .. stage.command("none", "--jobs 2"), "no memory")
end

-- as a user who may have one process, which is the program itself
local as_stranger = "setpriv --reuid=65533 --regid=65533 --clear-groups "
local _, possible = stage.shell(as_stranger .. "cat build/conv2d-cts >/dev/null")
if possible == 0 and not tap.sanitizer then
  lacks("processes", ("%s sh -c 'ulimit -u 1 2>/dev/null || ulimit -p 1; exec %s run --jobs 1 --impl build/hostile/none.so %s'")
    :format(as_stranger, tap.program, "tests/sandbox/hostile/cases.yaml"), "no worker can be")
else
  tap.skip("processes: exit status 3", "only root can become another user")
end

-- The worker is the child of the keeper, which is the child of the program.
local script = [[
%s >%s 2>&1 & program=$!
child() { cat /proc/$1/task/$1/children 2>/dev/null; }
sleep %s
for keeper in $(child $program); do for worker in $(child $keeper); do kill -%s $worker; done; done
wait $program; status=$?; cat %s; exit $status]]

--- Sends a signal to the workers of a run after a while.
local function strike(command, after, signal)
  local said = os.tmpname()
  local text, code = stage.shell(("(" .. script .. ")"):format(command, said, after, signal, said))
  os.remove(said)
  return text, code
end

local long_run = stage.command("none", "--jobs 1 --shard 1/8", "cases/sweeps/interactions.yaml")

-- stopped, it does not go on by itself
local said, stopped = strike(long_run, 0.1, "STOP")
tap.ok(stopped == 0 or (stopped == 3 and said:find("a worker was stopped", 1, true)),
  "SIGSTOP: no case is blamed (exit status " .. stopped .. ")")

for _, signal in ipairs {"KILL", "TERM", "HUP"} do
  for _, after in ipairs {0.05, 0.2} do
    local text, code = strike(long_run, after, signal)
    tap.ok(code == 0 or (code == 3 and text:find("killed", 1, true)),
      ("SIG%s after %g s: no case is blamed (exit status %d)"):format(signal, after, code))
  end
end

-- while it is being opened
local slow_to_open = tap.program .. " run --jobs 1 --impl-cmd 'sh -c \"sleep 2; exec build/tests/pipe/server\"' cases/padding.yaml"
for _, signal in ipairs {"KILL", "TERM", "HUP"} do
  local text, code = strike(slow_to_open, 1, signal)
  tap.ok(code == 0, ("SIG%s while it is being opened: it is opened again (exit status %d)"):format(signal, code), text)
end
stage.finish()
