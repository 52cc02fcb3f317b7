#!/usr/bin/env lua5.4
-- Deeds that a subject tries to keep from being seen; and those that only look like them.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

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
  {"atexit-warming", "plain", "pass", ""},
  {"keep-megabyte", "plain", "leak", "kept memory"},
  {"keep-mappings", "plain", "leak", "kept memory"},
  {"leak-memory", "*", "leak", "kept memory", "--memory-limit 600"},
  {"leak-zeroes", "*", "leak", "kept memory", "--memory-limit 600"},
  {"keep-workspace", "plain", "pass", ""},
  {"keep-plans", "plain", "pass", ""},
  {"fill-ring", "*", "pass", ""},
  {"fill-ring-slowly", "plain", "pass", ""},
  {"give-back", "plain", "pass", ""},
  {"add-to-unset", "plain", "wrong value", "", "--paranoid"},
  {"add-to-unset", "plain", "pass", "", "--heap-fill 0"},
  {"add-to-grown", "plain", "wrong value", "", "--paranoid"},
  {"add-to-zeros", "plain", "pass", "", "--paranoid"},
  {"look-at-program", "plain", "pass", ""},
}
-- what only luck makes right is explained
for _, subject in ipairs(tap.sanitizer and {} or {"add-to-unset", "add-to-grown"}) do
  local said, status = stage.shell(("%s explain --seconds 300 --impl build/hostile/%s.so 'conv2d:in=1x4x6x9,out=4,k=2,d=1x3'"):format(tap.program, subject))
  tap.ok(status == 0 and said:find("used before it is written", 1, true), subject .. " is explained")
end
stage.finish()
