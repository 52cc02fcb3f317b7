#!/usr/bin/env lua5.4
-- Deeds that a subject tries to keep from being seen; and those that only look like them.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"catch-read", "plain", "read outside", "just past the end of input"},
  {"catch-write", "plain", "write outside", "just past the end of weight"},
  {"catch-by-signal", "plain", "read outside", "just past the end of input"},
  {"catch-own", "plain", "pass", ""},
  {"leave-fault-handler", "plain", "changed process", "signal handlers"},
  {"write-in-thread", "plain", "write outside", "just past the end of output"},
  {"atexit", "plain", "leak", "atexit"},
  {"on-exit", "plain", "leak", "atexit"},
  {"at-quick-exit", "plain", "leak", "atexit"},
  {"atexit-once", "plain", "pass", ""},
  {"keep-megabyte", "plain", "leak", "kept memory"},
  {"keep-mappings", "plain", "leak", "kept memory"},
  {"leak-memory", "*", "leak", "kept memory", "--memory-limit 600"},
  {"leak-zeroes", "*", "leak", "kept memory", "--memory-limit 600"},
  {"keep-workspace", "plain", "pass", ""},
  {"keep-plans", "plain", "pass", ""},
  {"give-back", "plain", "pass", ""},
  {"look-at-program", "plain", "pass", ""},
}
stage.finish()
