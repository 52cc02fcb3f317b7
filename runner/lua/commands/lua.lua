-- lua: runs a user's script on the API that the commands themselves are written on (runner/API.md).

local options = require "cli.options"
local script = require "scripting.script"

local command = {
  name = "lua",
  usage = "[OPTION ...] SCRIPT.lua [ARG ...]",
  about = "Runs a Lua script with the tables case, suite, subject, tensor, oracle and cts,\n"
    .. "which runner/API.md describes. runner/lua/examples/ has five scripts to start from.\n"
    .. "The script finds its arguments in `arg`. It returns the exit status, an integer from\n"
    .. "0 to 255, or nothing.",
  options = {
    {"time_limit", value = "SECONDS", number = true, above = 0, about = "end a script that runs longer (status 2)"},
  },
  arguments = {1, math.huge, "a script"},
  stops = true,
}

local got = options.read(command)
cts.doing("running " .. got[1])
arg = table.move(got, 2, #got, 1, {[0] = got[1]})
package.path = package.path .. ";" .. (got[1]:match("^(.*)/[^/]*$") or ".") .. "/?.lua"
local chunk = script.load(got[1], script.environment(got[1]))
if got.time_limit then cts.limit(got.time_limit) end
return script.status(got[1], script.protect(got[1], chunk, table.unpack(arg)), 0)
