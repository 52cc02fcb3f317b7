#!/usr/bin/env lua5.4
-- readme.t: what README.md shows is what the program prints, and its adapter works.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local readme = tap.read("README.md")

-- Times differ from run to run.
local function steady(text)
  return (text:gsub("in [%d.]+ s %([%d,]+ cases a second%)", "in TIME"))
end

-- What a transcript tests is made by the command beside it.
for target in readme:gmatch "`make (build/[%w/.-]+)` makes it" do
  tap.is(tap.shell("env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s " .. target), 0, "README makes " .. target)
  tap.is(tap.shell("test -e " .. target), 0, "which is there then")
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

local code, out = tap.run(("run %s --impl %s/mylib.so"):format(tap.sanitizer and "--time-limit 100" or "", folder))
tap.is(code, 0, "README's adapter conforms")
tap.ok(out:match("mylib 2.1 conforms: [%d,]+ passed, [%d,]+ skipped"), "it says so")
if code ~= 0 then print("# " .. out:gsub("\n", "\n# ")) end

-- Its numbers are the program's.

local function thousands(n)
  return (tostring(n):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", ""))
end

local function number(arguments, pattern)
  local _, text = tap.run(arguments)
  return thousands(text:match(pattern))
end

local function count_lines(path, pattern)
  local n = 0
  for line in io.lines(path) do n = n + (line:find(pattern) and 1 or 0) end
  return n
end

local function row(tier, pattern)
  return readme:match(("\n| `%s` | %s"):format(tier, pattern))
end

for _, tier in ipairs {"quick", "full", "exhaustive", "models", "large"} do
  tap.is(row(tier, "([%d,]+) |"), number("list --count --tier " .. tier, "%d+"), "README has the cases of tier " .. tier)
end
for _, tier in ipairs {"quick", "full", "models"} do
  local _, cost = tap.run("list --cost --tier " .. tier)
  tap.is(row(tier, "[%d,]+ | ([%d.]+ %a+) |"), cost:match(" cases: (.-) products"), "README has what the tier " .. tier .. " costs")
end
local _, networks = tap.run("list --networks")
tap.is(tonumber(row("models", ".-layers of (%d+) published")), select(2, networks:gsub("\n", "")), "the networks")
local forward = "--filter 'direction == \"forward\" and dtype == \"float32\" and layout == \"nchw\" and data == \"integers\"' cases/models"
tap.is(row("models", ".-the ([%d,]+) different layers"), number("list --count --tier models " .. forward, "%d+"), "their layers")
tap.is(row("full", ".-([%d,]+) layers of networks"), number("list --count --tier full " .. forward, "%d+"), "and those of the tier full")
local interactions = "cases/sweeps/interactions.yaml"
tap.is(row("quick", ".-all ([%d,]+) comb"), number("coverage --tier quick " .. interactions, "3%-way%s+%d+ of%s+(%d+)%D.-100.00 %%"),
  "all combinations of three, and their number")
tap.is(row("full", ".-all ([%d,]+) of four"),
  number("coverage --tier full --strength 4 " .. interactions, "4%-way%s+%d+ of%s+(%d+)%D.-100.00 %%"),
  "all combinations of four, and their number")
tap.is(row("full", ".-the ([%d,]+) of the product"), number("list --count cases/sweeps/geometry.yaml", "%d+"), "the product of geometry")
tap.is(tonumber(readme:match("the (%d+) clauses of")), count_lines("specs/conv2d.yaml", "^  %- {id: "), "the clauses")
tap.is(tonumber(readme:match("has (%d+) implementations with one mistake")), count_lines("build/mutants/LIST", "."), "the mutants")
tap.is(tonumber(readme:match("(%d+) clauses have none, and say why")), count_lines("specs/conv2d.yaml", "not_alone: \""), "the reasons")

local prove = readme:match("(prove %-e [^\n]+)"):gsub("%./mylib.so", folder .. "/mylib.so")
prove = prove:gsub("run %-%-tap", "run --tap --tier quick") -- every file, in minutes less
local proved, report = tap.shell(prove .. " 2>&1")
tap.ok(proved == 0 and report:find("Result: PASS", 1, true), "every case file is a TAP script")
if proved ~= 0 then print("# " .. report:gsub("\n", "\n# ")) end

-- The tree: each folder at the top has its row in README's table, and no file lies there that a stranger
-- would not expect. A redirection with a digit too many leaves one.
local expected = {["CHANGELOG.md"] = true, ["CONTRIBUTING.md"] = true, LICENSE = true, Makefile = true, ["README.md"] = true,
  ["install.mk"] = true, ["packages.txt"] = true, ["pyproject.toml"] = true, ["setup.py"] = true}
local map = readme:match "## The source, in reading order(.*)"
local listed, tracked = tap.shell "git ls-files 2>/dev/null"
if listed ~= 0 or tracked == "" then
  tap.skip("README's table has a row for each folder", "no git checkout")
else
  local strangers, seen = {}, {}
  for path in tracked:gmatch "[^\n]+" do
    local folder, file = path:match "^([^/]+)/", path:match "^[^/]+$"
    local known = file and (expected[file] or file:find "^%.") or folder and (folder:find "^%." or map:find("`" .. folder .. "/`", 1, true))
    if not known and not seen[folder or file] then
      seen[folder or file] = true
      strangers[#strangers + 1] = folder or file
    end
  end
  tap.is(table.concat(strangers, " "), "", "README's table has a row for each folder, and no stray file lies beside them")
end

tap.done()
