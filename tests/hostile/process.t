#!/usr/bin/env lua5.4
-- Calls that leave the process changed, or something behind; and those that only seem to.

package.path = "tests/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"rounding", "plain", "changed process", "rounding mode"},
  {"flush-to-zero", "plain", "changed process", "flushing of subnormals"},
  {"unmask", "plain", "changed process", "exception masks"},
  {"signal-handler", "plain", "changed process", "signal handlers"},
  {"ignore-pipe", "plain", "changed process", "signal handlers"},
  {"ignore-pipe-once", "plain", "changed process", "signal handlers"},
  {"block-signals", "plain", "changed process", "signal mask"},
  {"chdir", "plain", "changed process", "directory"},
  {"locale", "plain", "changed process", "locale"},
  {"close-all", "plain", "changed process", "closed"},
  {"descriptor-leak", "plain", "leak", "descriptors"},
  {"descriptor-once", "plain", "pass", ""},
  {"thread-leak", "plain", "leak", "threads"},
  {"thread-once", "plain", "pass", ""},
  {"threads-joined", "plain", "pass", ""},
  {"child", "plain", "leak", "child processes"},
  {"zombie", "plain", "leak", "child processes"},
  {"fork-and-return", "plain", "leak", "child processes"},
  {"daemon", "plain", "leak", "child processes"},
}
stage.finish()
