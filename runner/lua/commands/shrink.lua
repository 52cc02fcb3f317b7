-- shrink: the smallest case on which an implementation still fails in the same way.

local options = require "cli.options"
local output = require "text.output"
local reproduce = require "shrink.reproduce"
local shrink = require "shrink.shrink"
local summary = require "cli.summary"

local command = {
  name = "shrink",
  arguments = {0, 1, "a case"},
  usage = "--impl FILE.so ID | FILE.yaml#NAME",
  about = "Makes a failing case as small as possible, such that the implementation still fails it in the same way.",
  options = options.join(options.subject, {
    {"seconds", value = "N", number = true, above = 0, about = "how long to try (default 9)"},
    {"name", value = "NAME", about = "the name of the case in the YAML (default shrunk)"},
    {"yaml", value = "FILE", about = "write a case file, ready for cases/regressions/"},
    {"c", value = "FILE.c", about = "write a C program that makes the call through the ABI only"},
  }),
  more = "Without --yaml the case file is printed. Exit status: 0 shrunk, 1 the case does not fail, 2 usage.",
}

-- The clauses that the case file names: what was broken, else what the case was about.
local function clauses_of(c, found)
  if found.result.clause then return {found.result.clause} end
  local own = c.file and c.clauses or {}
  return #own > 0 and own or {"FWD-1"}
end

local got = options.read(command)
if got.name and not got.name:find "^[%l%d.-]+$" then
  cts.fail(2, ("shrink: --name: only a-z, 0-9, '.' and '-' may stand in a name, got '%s'"):format(got.name))
end
for _, name in ipairs {"yaml", "c"} do
  if got[name] then output.ready(got[name]) end
end
local c = options.find_case(command, got[1])
local tested = options.open_subject(command, got)
local found, result = shrink.search(tested, c, got.seconds)
if not found then
  print(("%s: %s: there is nothing to shrink"):format(c.reference, result.verdict))
  return 1
end

local final = found.literal or found.case
local yaml = reproduce.yaml(final, got.name or "shrunk",
  ("Shrunk from %s, where %s was wrong (%s)."):format(c.id:gsub(": ", ":"), tested.name, found.result.verdict),
  clauses_of(c, found))
print(found.case.id)
print(("%s, as before; %d cases tried in %.1f s"):format(found.result.verdict, found.tests, found.seconds))
for _, field in ipairs(found.result.fields) do
  if field[1] ~= "case" and field[1] ~= "repro" then print(summary.field(field)) end
end
if got.yaml then output.write(got.yaml, yaml) else print("\n" .. yaml) end
if got.c then
  local text, why = reproduce.c(final, found.result, got.c, got.impl or "SUBJECT.so")
  if text then output.write(got.c, text) else io.stderr:write("no C program: " .. why .. "\n") end
end
return 0
