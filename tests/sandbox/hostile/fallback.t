#!/usr/bin/env lua5.4
-- The same where the kernel gives the worker no PID namespace: the process group must do.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

local without_namespaces = "unshare --user --map-root-user sh -c "
  .. "'echo 0 >/proc/sys/user/max_pid_namespaces && echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"' sh "

if select(2, stage.shell(without_namespaces .. "true")) ~= 0 then
  print("1..0 # SKIP namespaces cannot be switched off here")
  os.exit(0)
end

stage.prefix = without_namespaces
stage.play {
  {"none", "plain", "pass", ""},
  {"segv", "plain", "crash", "SIGSEGV"},
  {"kill-self", "plain", "crash", "SIGKILL"},
  {"kill-parent", "plain", "crash", "SIGKILL"},
  {"exit-zero", "plain", "exit", "exit (0)"},
  {"hang", "plain", "timeout", "did not return"},
  {"stop", "plain", "timeout", "stopped itself"},
  {"fork-bomb", "plain", "timeout", "did not return"},
  {"child", "plain", "leak", "child processes"},
  {"daemon", "plain", "leak", "child processes"},
}
stage.finish()
