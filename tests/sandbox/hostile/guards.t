#!/usr/bin/env lua5.4
-- Calls that take the guards away from their tensors, or the tensors themselves: no later call goes on without.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

local opened = "made memory beside its tensors accessible, or unmapped it"
stage.play {
  {"open-guard", "plain", "write outside", ""},
  {"open-guard-below", "plain", "changed process", opened},
  {"open-input-guard", "plain", "changed process", opened},
  {"open-input-guard", "plain", "changed process", opened, "--paranoid"},
  {"open-input-guard", "plain", "changed process", opened, "--isolation case"},
  {"unmap-guard", "plain", "changed process", opened},
  {"unmap-output", "plain", "crash", "SIGSEGV"},
  {"close-output", "plain", "crash", "SIGSEGV"},
}
-- a large call has one side only, and nothing else is beyond it
os.remove(stage.log)
local _, status = stage.shell(stage.command("open-if-large", "", "cases/accuracy.yaml"))
local seen, others = 0, 0
for _, result in pairs(stage.read_log()) do
  if result.words:find(opened, 1, true) then
    seen = seen + 1
  elseif result.verdict ~= "pass" and result.verdict ~= "write outside" then others = others + 1
  end
end
tap.ok(status == 1 and seen > 0, ("large calls without guards: %d"):format(seen))
tap.is(others, 0, "and no other case fails")
stage.finish()
