#!/usr/bin/env lua5.4
-- Deeds that are not over when the call returns, or show in other calls only.

package.path = "tests/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

stage.play {
  {"rewrite-soon", "plain", "kept pointer", "earlier call"},
  {"rewrite-later", "plain", "kept pointer", "earlier call"},
  {"write-outside-later", "plain", "kept pointer", "earlier call"},
  {"thread-ends-later", "plain", "pass", ""},
  {"child-answers", "plain", "unwritten", ""},
  {"child-answers-waited", "plain", "unwritten", "120 of 120 elements of output"},
  {"wrong-at-third", "*", "wrong after others", "alone it passes, but after"},
  {"wrong-at-20th", "*", "wrong after others", "alone it passes, but after other calls it is 'wrong value'"},
}

-- the calls that a failure depends on, found and played again
stage.shell(stage.command("stale-cache"))
local text = stage.shell(stage.command("stale-cache"))
local repro = text:match "repro%s+([^\n]+)"
tap.ok(repro:find "'conv2d:[^']*' 'conv2d:[^']*'", "repro names one earlier call")
local again, status = stage.shell(repro .. " --quiet")
tap.ok(status == 1 and again:find("wrong after others", 1, true), "and brings the failure about again")
local _, alone = stage.shell(repro:gsub("'conv2d:[^']*' ", "", 1) .. " --quiet")
tap.is(alone, 0, "without it the case passes")

stage.finish()
