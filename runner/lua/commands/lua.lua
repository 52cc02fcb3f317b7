-- lua: runs a user's script on the API that the commands themselves are written on (runner/API.md).

local script = require "scripting.script"

local HELP = [[
usage: conv2d-cts lua [--time-limit SECONDS] SCRIPT.lua [ARG ...]

Runs a Lua script with the tables case, suite, subject, tensor, oracle and cts,
which runner/API.md describes; runner/lua/examples/ has five to start from. Its
arguments are in `arg`; what it returns, if an integer, is the exit status.

  --time-limit SECONDS         ends a script that runs longer (status 2)
  --help                       this text
]]

local function usage(message)
  cts.fail(2, ("lua: %s (conv2d-cts lua --help)"):format(message))
end

local seconds
while arg[1] and arg[1]:sub(1, 2) == "--" do
  local option, value = table.remove(arg, 1):match("^(%-%-[a-z-]+)=?(.*)$")
  if option == "--help" then
    io.write(HELP)
    return 0
  elseif option ~= "--time-limit" then
    usage("unknown option " .. tostring(option))
  end
  if value == "" then value = table.remove(arg, 1) end
  seconds = tonumber(value) or usage("--time-limit: a number of seconds is expected")
end
if not arg[1] then usage("a script must be named") end

local path = table.remove(arg, 1)
arg[0] = path
package.path = package.path .. ";" .. (path:match("^(.*)/[^/]*$") or ".") .. "/?.lua"
local chunk = script.load(path)
if seconds then cts.limit(seconds) end
return script.protect(path, chunk, table.unpack(arg))
