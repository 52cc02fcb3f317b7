#!/usr/bin/env lua5.4
-- readme.t: what README.md shows is what the program prints, and its adapter works.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local readme = tap.read("README.md")

-- Times differ from run to run.
local function steady(text)
  return (text:gsub("in [%d.]+ s %([%d,]+ cases a second%)", "in TIME"))
end

local shown = 0
for block in readme:gmatch("```console\n(.-)```") do
  local command, output = block:match("^%$ ([^\n]+)\n(.*)$")
  local _, out, err = tap.shell(command)
  tap.is(steady(out .. err), steady(output), "README shows the output of: " .. command)
  shown = shown + 1
end
tap.ok(shown > 0, "README shows the tool at work")

local folder = tap.folder()
tap.write(folder .. "/adapter.c", readme:match("```c\n(.-)```"))
local status, _, err = tap.shell(("gcc -Wall -Wextra -Wpedantic -Werror -shared -fPIC -Iinclude -Itests/command -o %s/mylib.so %s/adapter.c"):format(folder, folder))
tap.ok(status == 0, "README's adapter compiles")
if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end

local code, out = tap.run(("run --impl %s/mylib.so"):format(folder))
tap.is(code, 0, "README's adapter conforms")
tap.ok(out:match("mylib 2.1 conforms: [%d,]+ passed, [%d,]+ skipped"), "it says so")
if code ~= 0 then print("# " .. out:gsub("\n", "\n# ")) end

local prove = readme:match("(prove %-e [^\n]+)"):gsub("%./mylib.so", folder .. "/mylib.so")
local proved, report = tap.shell(prove .. " 2>&1")
tap.ok(proved == 0 and report:find("Result: PASS", 1, true), "every case file is a TAP script")
if proved ~= 0 then print("# " .. report:gsub("\n", "\n# ")) end

tap.done()
