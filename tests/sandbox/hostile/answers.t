#!/usr/bin/env lua5.4
-- Unsteady answers, answers under concurrency, and subjects that print.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"count-calls", "plain", "not deterministic", ""},
  {"nan-payload", "nans", "pass", ""},
  {"nan-payload", "nans", "pass", "", "--threads 2"},
  {"every-other", "plain", "not deterministic", ""},
  {"wrong-by-turns", "plain", "not deterministic", ""},
  {"random-init", "plain-parameters", "not deterministic", ""},
  {"stale-cache", "plain", "wrong after others", "after another call it is 'wrong value'"},
  {"stale-cache", "plain", "pass", "", "--isolation case"},
  {"shared-buffer", "*", "not thread-safe", "", "--threads 4"},
  {"crash-together", "*", "not thread-safe", "", "--threads 4"},
  {"crash-at-join", "*", "not thread-safe", "SIGABRT", "--threads 4"},
  {"deadlock-together", "*", "not thread-safe", "", "--threads 2 --time-limit 0.8"},
  {"shared-buffer", "plain", "pass", ""},
  {"no-status", "plain", "bad status", "42"},
  {"give-up", "plain", "gave up", ""},
  {"forge-tap", "plain", "pass", ""},
  {"print-much", "plain", "pass", ""},
  {"print-line", "plain", "pass", ""},
}
stage.finish()
