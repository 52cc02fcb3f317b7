-- script.lua: runs a user's script. Its errors get place and traceback, and its time is bounded.
-- The timer belongs to the process, so it stops even a script that catches errors.

local script = {}

-- Text of an error, with where it happened; what cts.fail raised goes on as it is.
local function describe(message)
  if type(message) == "table" and message.final then return message end
  if type(message) == "table" and message.message then
    return tostring(message) .. "\n" .. (message.traceback or "")
  end
  if type(message) ~= "string" then message = "error: " .. tostring(message) end
  return message:find("\nstack traceback:", 1, true) and message or debug.traceback(message, 2)
end

--- Calls f. An error in f ends the command with status 2 and a message that says what failed; cts.fail
--- ends it with the status that it was given.
function script.protect(what, f, ...)
  local results = table.pack(xpcall(f, describe, ...))
  local problem = results[2]
  if not results[1] and type(problem) == "table" then error(problem) end
  if not results[1] then cts.fail(2, ("%s: %s"):format(what, problem)) end
  return table.unpack(results, 2, results.n)
end

--- The exit status that a script or hook gives: an integer from 0 to 255, or nothing, which is `otherwise`.
--- Anything else is an error: 256 would become 0, and `true` or 1.0 is no status at all.
function script.status(what, value, otherwise)
  if value == nil then return otherwise end
  if math.type(value) ~= "integer" or value < 0 or value > 255 then
    cts.fail(2, ("%s: an exit status is an integer from 0 to 255, not %s"):format(what, tostring(value)))
  end
  return value
end

--- Loads a file as a script with an environment of its own.
function script.load(path, environment)
  local chunk, message = loadfile(path, "t", environment or _G)
  if not chunk then cts.fail(2, message) end
  return chunk
end

local leave, metatable_of = os.exit, debug.getmetatable

-- A copy of a value's metatable, without what the collector calls: nobody frees an object that is in use.
local function copied_metatable(value)
  local copy = {}
  for key, v in pairs(metatable_of(value) or {}) do copy[key] = v end
  copy.__gc, copy.__close = nil, nil
  return metatable_of(value) and copy
end

-- Takes from scripts, and from their modules, how to leave and what breaks the program's own objects.
local function lock(exit)
  rawset(os, "exit", exit)
  rawset(debug, "getmetatable", copied_metatable)
  for _, name in ipairs {"setmetatable", "getregistry", "setuservalue", "sethook"} do rawset(debug, name, nil) end
end

--- What a script sees: all of the API, and an os.exit that takes an exit status only.
function script.environment(path)
  lock(function(code, ...)
    if type(code) ~= "boolean" then script.status(path .. ": os.exit", code, 0) end
    leave(code, ...)
  end)
  return setmetatable({}, {__index = _G, __newindex = _G})
end

--- What a hook sees: all of the API, but a `print` that keeps TAP valid, and no way to leave.
function script.hook_environment(tap)
  local function say(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    local text = table.concat(words, "\t")
    print(tap and "# " .. text:gsub("\n", "\n# ") or text)
  end
  lock(function() error("a hook can't end the run", 2) end)
  return setmetatable({print = say}, {__index = _G})
end

local hook_keys = {before = true, verdict = true, after = true, finish = true}

--- The functions of the hook that a script returned; anything else in it is a mistake.
function script.check_hook(path, hook)
  if type(hook) ~= "table" then cts.fail(2, path .. ": must return a table of functions") end
  for key, f in pairs(hook) do
    if not hook_keys[key] then
      cts.fail(2, ("%s: a hook has no '%s': there are before, verdict, after and finish"):format(path, tostring(key)))
    end
    if type(f) ~= "function" then cts.fail(2, ("%s: %s: a function is expected, got a %s"):format(path, key, type(f))) end
  end
  return hook
end

return script
