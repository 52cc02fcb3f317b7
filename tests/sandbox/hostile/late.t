#!/usr/bin/env lua5.4
-- Deeds that are not over when the call returns, or show in other calls only.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

stage.play {
  {"rewrite-soon", "plain", "kept pointer", "earlier call"},
  {"rewrite-later", "plain", "kept pointer", "earlier call"},
  {"rewrite-much-later", "plain", "kept pointer", "earlier call"},
  {"write-outside-later", "plain", "kept pointer", "earlier call"},
  {"thread-ends-later", "plain", "pass", ""},
  {"child-answers", "plain", "unwritten", ""},
  {"child-answers-waited", "plain", "unwritten", "120 of 120 elements of output"},
  {"sharing-child-answers", "plain", "leak", "child processes"},
  {"thread-answers", "plain", "kept pointer", "earlier call"},
  {"wrong-at-third", "*", "wrong after others", "alone it passes, but after"},
  {"wrong-at-20th", "*", "wrong after others", "alone it passes, but after other calls it is 'wrong value'"},
}

-- whom a process left behind strikes is chance: no case after it is charged
local charged, fitting = {}, {leak = true, ["kept pointer"] = true}
for _ = 1, 10 do
  stage.shell(stage.command("sharing-child-scribbles"))
  for name, result in pairs(stage.read_log()) do
    local own = name == "plain" and fitting[result.verdict]
    if result.verdict ~= "pass" and not own then charged[#charged + 1] = ("%s: %s, %s"):format(name, result.verdict, result.words) end
  end
end
tap.is(table.concat(charged, "\n"), "", "what a process left behind does is charged to the call that left it")

-- the calls that a failure depends on, found and played again
stage.shell(stage.command("stale-cache"))
local text = stage.shell(stage.command("stale-cache"))
local repro = text:match "repro%s+([^\n]+)"
tap.ok(repro:find "'conv2d:[^']*' 'conv2d:[^']*'", "repro names one earlier call")
local again, status = stage.shell(repro .. " --quiet")
tap.ok(status == 1 and again:find("wrong after others", 1, true), "and brings the failure about again")
local _, alone = stage.shell(repro:gsub("'conv2d:[^']*' ", "", 1) .. " --quiet")
tap.is(alone, 0, "without it the case passes")


-- what of the earlier call is used again
local function explained(subject, earlier, id, words)
  local said, code = stage.shell(("%s explain --seconds 300 --impl build/hostile/%s.so '%s' '%s'"):format(tap.program, subject, earlier, id))
  tap.ok(code == 0 and said:find(words, 1, true), subject .. " is explained: " .. words)
end
local plain, mode = "conv2d:in=1x4x6x9,out=4,k=2,d=1x3", "conv2d:in=1x2x6x6,out=2,k=3,p=1"
local other = plain .. ",data=integers/1"
explained("stale-cache", other, plain, "computes with the weight of the earlier call " .. other)
explained("answer-again", other, plain, "gives the answer of the earlier call " .. other .. " again")
explained("keep-mode", mode .. ",mode=circular", mode, "computes with the parameters of the earlier call")
explained("stale-cache", plain, plain, "there is nothing to explain")
local lost, unknown = stage.shell(("%s explain --seconds 300 --impl build/hostile/wrong-at-third.so '%s' '%s'"):format(tap.program, plain, mode))
tap.ok(unknown == 1 and lost:find("Something that the earlier calls leave behind", 1, true), "what is not known is not named")
stage.finish()
