#!/usr/bin/env lua5.4
-- Calls that leave the process changed, or something behind; and those that only seem to.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"ask-proc", "plain", "pass", ""},
  {"rounding", "plain", "changed process", "rounding mode"},
  {"flush-to-zero", "plain", "changed process", "flushing of subnormals"},
  {"unmask", "plain", "changed process", "exception masks"},
  {"signal-handler", "plain", "changed process", "signal handlers"},
  {"ignore-pipe", "plain", "changed process", "signal handlers"},
  {"ignore-pipe-once", "plain", "changed process", "signal handlers"},
  {"ignore-pipe-within", "plain", "pass", ""},
  {"ignore-pipe-by-signal", "plain", "pass", ""},
  {"reap-unasked", "plain", "changed process", "signal handlers"},
  {"handlers-within", "plain", "pass", ""},
  {"block-signals", "plain", "changed process", "signal mask"},
  {"chdir", "plain", "changed process", "directory"},
  {"locale", "plain", "changed process", "locale"},
  {"alarm", "plain", "changed process", "timer"},
  {"alarm-within", "plain", "pass", ""},
  {"timer", "plain", "changed process", "timer"},
  {"variable", "plain", "changed process", "environment variables"},
  {"variable-once", "plain", "pass", ""},
  {"variable-once", "plain", "changed process", "environment variables", "--paranoid"},
  {"clear-variables", "plain", "changed process", "environment variables"},
  {"lower-limit", "plain", "changed process", "resource limits"},
  {"limit-addresses", "plain", "changed process", "resource limits"},
  {"limit-addresses", "plain", "changed process", "resource limits", "--isolation case"},
  {"cap-addresses", "plain", "changed process", "resource limits"},
  {"cap-addresses", "plain", "changed process", "resource limits", "--paranoid"},
  {"umask", "plain", "changed process", "mask of file modes"},
  {"nice", "plain", "changed process", "niceness"},
  {"close-all", "plain", "changed process", "closed"},
  {"descriptor-leak", "plain", "leak", "descriptors"},
  {"descriptor-once", "plain", "pass", ""},
  {"thread-leak", "plain", "leak", "threads"},
  {"thread-once", "plain", "pass", ""},
  {"threads-joined", "plain", "pass", ""},
  {"child", "plain", "leak", "child processes"},
  {"zombie", "plain", "leak", "child processes"},
  {"fork-and-return", "plain", "leak", "child processes"},
  {"mmx", "plain", "changed process", "x87 registers"},
  {"x87-stack", "plain", "changed process", "x87 registers"},
  {"direction", "plain", "changed process", "direction flag"},
  {"x87-precision", "plain", "changed process", "x87 registers"},
  {"signal-stack", "plain", "changed process", "signal stack"},
  {"signal-stack-within", "plain", "pass", ""},
  {"replace-hidden", "plain", "changed process", ""},
  {"replace-output", "plain", "changed process", ""},
  {"fork-barely", "plain", "leak", "child processes"},
  {"clone-barely", "plain", "leak", "child processes"},
  {"daemon", "plain", "leak", "child processes"},
}
if tonumber((stage.shell "nproc"):match "%d+") > 1 then
  stage.play {{"pin-thread", "plain", "changed process", "processors"}}
end
stage.finish()
