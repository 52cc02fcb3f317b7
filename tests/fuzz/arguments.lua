-- arguments.lua: run by script.c: the arguments of a command, one a line, as `run` and `list` read them; then the cases
-- that they select.

local options = require "cli.options"

local command = {
  name = "fuzz", usage = "", about = "",
  options = options.join(options.subject, options.selection, {
    {"jobs", value = "N", integer = true, at_least = 1, about = ""}, {"seed", value = "N", integer = true, about = ""},
    {"count", about = ""}, {"list", about = ""}, {"all", about = ""},
  }),
  arguments = {0, math.huge, "a file"},
}
function print() end

return function(path)
  arg = {}
  for line in io.lines(path) do arg[#arg + 1] = line end
  local got = options.read(command)
  if #got == 0 then got[1] = "tests/sandbox/hostile/cases.yaml" end
  local count = 0
  for c in options.load_suite(command, got):cases() do
    count = count + 1
    case.parse(c.id)
    if count == 50 then break end
  end
  -- a subject that is not there: its options are checked first
  if not got.impl_cmd then
    got.impl = "build/no-such-subject.so"
    local good, refusal = pcall(options.open_subject, command, got)
    if good or type(refusal) ~= "table" then error(refusal) end
  end
end
