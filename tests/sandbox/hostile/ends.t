#!/usr/bin/env lua5.4
-- Calls that do not return: the end is charged to its case alone, in words.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"none", "plain", "pass", ""},
  {"segv", "plain", "crash", "SIGSEGV"},
  {"segv-shape", "plain", "crash", "SIGSEGV"},
  {"segv-backward", "plain-gradients", "crash", "SIGSEGV"},
  {"segv-init", "plain-parameters", "crash", "SIGSEGV"},
  {"segv-thread", "plain", "crash", "SIGSEGV"},
  {"bus", "plain", "crash", "SIGBUS"},
  {"fpe", "plain", "crash", "SIGFPE"},
  {"ill", "plain", "crash", "SIGILL"},
  {"abort", "plain", "crash", "SIGABRT"},
  {"abort-later", "late", "crash after others", "SIGABRT; alone the case does not end so"},
  {"kill-self", "plain", "crash", "SIGKILL"},
  {"kill-parent", "plain", "crash", "SIGKILL"},
  {"exit-zero", "plain", "exit", "exit (0)"},
  {"exit-at-once", "plain", "exit", "exit (3)"},
  {"exit-never", "plain", "timeout", "did not return"},
  {"hang", "plain", "timeout", "did not return"},
  {"hang-shape", "plain", "timeout", "did not return"},
  {"sleep", "plain", "timeout", "did not return"},
  {"terminate-self", "plain", "crash", "SIGTERM"},
  {"interrupt-group", "plain", "crash", "SIGINT"},
  {"interrupt-all", "plain", "pass", ""},
  {"stop", "plain", "timeout", "stopped itself"},
  {"fork-bomb", "plain", "timeout", "did not return"},
  {"stack-overflow", "plain", "crash", "stack overflow"},
  {"stack-jump", "plain", "crash", "stack overflow"},
  {"stack-jump-short", "plain", "crash", "stack overflow"},
  {"stack-jump-thread", "plain", "crash", "a thread whose stack has overflowed"},
  {"stack-array", "plain", "crash", "stack overflow"},
  {"memory-eater", "plain", "out of memory", "", "--memory-limit 200"},
  {"memory-eater-throws", "plain", "out of memory", "", "--memory-limit 200"},
  {"throw", "plain", "exception", ""},
  {"longjmp", "plain", "crash", "SIGABRT"},
  {"end-thread", "plain", "exit", "exit (0)"},
}
stage.finish()
