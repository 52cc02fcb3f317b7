#!/usr/bin/env lua5.4
-- Subjects that cannot be opened: a sentence that names the file and the reason, exit status 2.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

local expected = {
  {"loading/crash", "dies by SIGSEGV while it is being loaded"},
  {"loading/exit", "ends the process with status 7 while it is being loaded"},
  {"loading/stop", "stops the process while it is being loaded"},
  {"loading/hang", "does not return while it is being loaded"},
  {"loading/says-why", "it printed:\n  no licence"},
  {"loading/no-symbol", "has no symbol conv2d_subject"},
  {"loading/other-abi", "was built for version 7 of conv2d_abi.h"},
  {"loading/short", "has a descriptor of 16 bytes"},
  {"loading/no-shape", "lacks the required function output_shape"},
  {"loading/no-forward", "lacks the required function forward"},
  {"loading/huge-size", "has a descriptor of 65536 bytes, which is no sensible size"},
  {"loading/odd-size", "has a descriptor of 51 bytes, which is no sensible size"},
  {"loading/huge-slack", "declares a read_slack of 4611686018427387904 bytes"},
  {"loading/negative-slack", "declares a read_slack of 18446744073709551600 bytes"},
  {"loading/many-jobs", "declares 65 jobs; 0 to 64 can be asked for"},
  {"loading/negative-jobs", "declares -1 jobs"},
  {"loading/unknown-claim", "sets bits of claims that conv2d_abi.h does not define: 0x40000000"},
  {"loading/unknown-own", "sets bits of own that conv2d_abi.h does not define: 0x40000000"},
  {"loading/unknown-dtype", "sets bits of capabilities.dtypes that conv2d_abi.h does not define: 0x80000000"},
  {"loading/unknown-layout", "sets bits of capabilities.layouts"},
  {"loading/unknown-mode", "sets bits of capabilities.padding_modes"},
  {"loading/unknown-direction", "sets bits of capabilities.directions"},
  {"loading/undefined", "undefined symbol: nobody_defines_this"},
  {"loading/bad-name", "dies by SIGSEGV while it is being loaded"},
  {"missing", "No such file"},
}

for _, row in ipairs(expected) do
  local text, status = stage.shell(stage.command(row[1], "--load-limit 1"))
  tap.is(status, 2, row[1])
  tap.has(text, row[2], row[2])
end
for file, words in pairs {["tests/sandbox/hostile/cases.yaml"] = "cannot be loaded", ["tests"] = "is not a file"} do
  local text, status = stage.shell(tap.program .. " run --impl " .. file .. " tests/sandbox/hostile/cases.yaml")
  tap.ok(status == 2 and text:find(words, 1, true), file .. ": " .. words)
end

-- these can be used, and the user is reported
for deed, words in pairs {["flush-to-zero"] = "how floats are rounded", handler = "signal handlers",
                          variable = "environment variables"} do
  local note = "note: merely opening it changes " .. words
  tap.has(stage.shell(stage.command("loading/" .. deed)), "\n" .. note, deed)
  tap.has(io.open(stage.log):read("l"), '"loading":"' .. words, deed .. ": in the head of the log")
  tap.has(stage.shell(stage.command("loading/" .. deed, "--tap")), "\n# " .. note, deed .. ": in TAP")
end
stage.shell(stage.command("none"))
tap.has(io.open(stage.log):read("l"), '"loading":""', "of most subjects there is nothing to tell")
stage.finish()
