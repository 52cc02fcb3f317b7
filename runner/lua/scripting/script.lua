-- script.lua: runs a user's script: its errors with place and traceback, its time bounded.
-- The limit is the process's: a timer that stops the script even where it catches errors.

local script = {}

-- Text of an error, with where it happened.
local function describe(message)
  if type(message) == "table" and message.message then
    return tostring(message) .. "\n" .. (message.traceback or "")
  end
  if type(message) ~= "string" then message = "error: " .. tostring(message) end
  return message:find("\nstack traceback:", 1, true) and message or debug.traceback(message, 2)
end

--- Calls f; an error of its ends the command with status 2, and says what failed.
function script.protect(what, f, ...)
  local results = table.pack(xpcall(f, describe, ...))
  if not results[1] then cts.fail(2, ("%s: %s"):format(what, results[2])) end
  return table.unpack(results, 2, results.n)
end

--- Loads a file as a script with an environment of its own.
function script.load(path, environment)
  local chunk, message = loadfile(path, "t", environment or _G)
  if not chunk then cts.fail(2, message) end
  return chunk
end

--- What a hook sees: all of the API, but a `print` that keeps TAP valid, and no way to leave.
function script.hook_environment(tap)
  local function say(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    local text = table.concat(words, "\t")
    print(tap and "# " .. text:gsub("\n", "\n# ") or text)
  end
  local safe_os = setmetatable({exit = function() error("a hook can't end the run", 2) end}, {__index = os})
  return setmetatable({print = say, os = safe_os}, {__index = _G})
end

return script
