#!/usr/bin/env lua5.4
-- examples.t: the five examples do what they say, on a right subject and on a wrong one.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function try(example, arguments, status, text)
  local got, out, err = tap.run("lua runner/lua/examples/" .. example .. ".lua " .. arguments)
  tap.is(got, status, ("%s %s ends with %d"):format(example, arguments, status))
  tap.has(out .. err, text, example .. " says: " .. text)
end

try("gate", "build/adapters/naive.so", 0, "needed cases pass")
try("gate", "build/mutants/stride-swapped.so", 1, "wrong value")
try("gate", "", 2, "usage: gate.lua SUBJECT.so")
try("own-data", "build/adapters/naive.so", 0, "bit for bit the oracle's")
try("own-data", "build/mutants/kernel-flipped.so", 1, "not the oracle's")
try("compare", "build/adapters/naive.so build/adapters/oracle.so", 0, "15 cases alike, 0 not, 0 skipped")
try("compare", "build/adapters/naive.so build/mutants/bias-twice.so", 0, "0 cases alike, 15 not")
try("search", "build/adapters/naive.so 50", 0, "passes 50 random cases (seed 1)")
try("search", "build/mutants/circular-one-off.so 200", 1, "smallest: {name: found, input: [1, 1, 2]")

local hook = "--hook runner/lua/examples/tolerance-hook.lua"
local status, out = tap.run("run --impl build/adapters/naive.so " .. hook .. " cases/forward.yaml")
tap.is(status, 0, "the hook leaves a right subject right")
tap.has(out, "the slowest:", "and reports at the end")
status, out = tap.run("run --impl build/mutants/last-slightly-off.so " .. hook .. " cases/forward.yaml")
tap.is(status, 1, "it tolerates little")
tap.has(out, "does not conform", "and the subject still fails")

-- The gate that stands in runner/API.md, as it stands there.
local lines, inside = {}, false
for line in io.lines("runner/API.md") do
  inside = inside and (line == "" or line:sub(1, 4) == "    ") or line:find("gate.lua :: ./libmine.so", 1, true) ~= nil
  if inside and line:sub(1, 4) == "    " then lines[#lines + 1] = line:sub(5) end
  if #lines > 0 and not inside then break end
end
local folder = tap.folder()
tap.write(folder .. "/gate.lua", (table.concat(lines, "\n"):gsub("gate.jsonl", folder .. "/gate.jsonl")))
local function gate(path) return tap.run(("lua %s/gate.lua %s"):format(folder, path)) end
status, out = gate("build/adapters/naive.so")
tap.is(status, 0, "the gate of the page lets a right subject through")
tap.has(tap.read(folder .. "/gate.jsonl"), '"end":true', "and writes its log")
status, out = gate("build/mutants/group-reversed.so")
tap.is(status, 1, "and stops a wrong one")
tap.has(out, "# GROUP-", "with the clauses that it breaks")
tap.done()
