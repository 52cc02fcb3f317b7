-- patience.lua: how long a search may take. A search asks before each step, and ends in order where there is no time for it.

local patience = {}

local OVER = {} -- the error by which a search ends
local deadline, longest

--- Calls search (...) for at most so many seconds: its result, or nil if the time is over.
function patience.try(seconds, search, ...)
  deadline, longest = cts.now() + seconds, 0
  local good, found = xpcall(search, function(e) return e == OVER and e or type(e) == "string" and debug.traceback(e, 2) or e end, ...)
  deadline = nil
  if good then return found end
  if found ~= OVER then error(found, 0) end
end

--- Ends the search if the time is over, or too short for a step as long as the longest.
function patience.check()
  if deadline and cts.now() + longest > deadline then error(OVER, 0) end
end

--- Calls f (...), a step of the search.
function patience.step(f, ...)
  patience.check()
  local start = cts.now()
  local result = f(...)
  longest = math.max(longest or 0, cts.now() - start)
  return result
end

--- A subject each of whose questions is a step.
function patience.subject(tested)
  local function stepwise(name)
    return function(_, ...) return patience.step(tested[name], tested, ...) end
  end
  return setmetatable({ask = stepwise "ask", call = stepwise "call", test = stepwise "test"},
    {__index = function(_, key) return tested[key] end})
end

return patience
