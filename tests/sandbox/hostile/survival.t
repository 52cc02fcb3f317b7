#!/usr/bin/env lua5.4
-- A run outlasts its subject, and its processes do not outlast the run.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

-- what is printed
stage.shell(stage.command("forge-tap", "--tap") .. " >" .. stage.log .. ".tap")
local transcript = io.open(stage.log .. ".tap"):read("a")
tap.ok(not transcript:find("\nnot ok") and not transcript:find("\nBail"), "a forged line is no line of the transcript")
tap.ok(stage.read_log().plain.printed:find("forged"), "but it is in the log")
os.remove(stage.log .. ".tap")
stage.shell(stage.command("print-much"))
local printed = stage.read_log().plain.printed
tap.ok(#printed > 4000 and #printed < 5000 and printed:find("[cut]", 1, true), "16 MB of output are cut")
stage.shell(stage.command("print-line"))
tap.is(stage.read_log().plain.printed:gsub("\\n$", ""), "computing", "two passes of a call print once")

-- the end of the run
local function interrupted(signal)
  local command = stage.command("sleep", "--tap --time-limit 60")
  return stage.shell(("%s & pid=$!; sleep 0.5; kill -%s $pid; wait $pid"):format(command, signal))
end
local _, killed = interrupted("KILL")
tap.ok(killed == 137, "the program can be killed")
stage.no_process_left()
local text, code = interrupted("INT")
tap.is(code, 3, "an interrupted run says so")
tap.ok(text:find(("\nBail out! interrupted: %%d+ of %d cases did not run"):format(stage.cases)), "and how much it did not run")
local cases = stage.read_log()
tap.is(cases.first.verdict, "pass", "what came before the interruption is there")
tap.is(cases.last.verdict, "not run", "what did not run is named")
local last
for line in io.lines(stage.log) do last = line end
tap.ok(last:find('"end":true', 1, true) and last:find('"interrupted":true', 1, true), "the log has its end")
stage.finish()
