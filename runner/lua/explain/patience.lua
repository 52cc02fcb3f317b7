-- patience.lua: how long a search may take. A search asks before each step, and ends in order where there is no time for it.
-- What is computed in Lua between two steps ends, too, as the time is over.

local patience = {} -- doing: what a search is, for the line of progress, or nil

local OVER = {} -- the error by which a search ends
local INSTRUCTIONS = 100000 -- of Lua, after which the clock is looked at
local deadline, longest, steps

local function end_if_late()
  if deadline and cts.now() > deadline then error(OVER, 0) end
end

local function begin(at)
  deadline = at
  if not debug.sethook then return end -- a user's script has none; there the steps alone look at the clock
  if deadline then debug.sethook(end_if_late, "", INSTRUCTIONS) else debug.sethook() end
end

--- Calls search (...) for at most so many seconds: its result, or nil if the time is over. Within another try it ends with that.
function patience.try(seconds, search, ...)
  local outer, outer_longest = deadline, longest
  longest, steps = 0, outer and steps or 0
  begin(math.min(cts.now() + seconds, outer or math.huge))
  local good, found = xpcall(search, function(e) return e == OVER and e or type(e) == "string" and debug.traceback(e, 2) or e end, ...)
  begin(outer)
  longest = outer_longest and math.max(outer_longest, longest)
  if good then return found end
  if found ~= OVER then error(found, 0) end
end

--- The seconds that are left; nil where there is no end.
function patience.left() return deadline and deadline - cts.now() end

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
  steps = (steps or 0) + 1
  if patience.doing then
    cts.doing(patience.doing)
    cts.progress(steps)
  end
  return result
end

--- pcall, but that the end of the time goes through.
function patience.pcall(f, ...)
  local good, result = pcall(f, ...)
  if not good and result == OVER then error(OVER, 0) end
  return good, result
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
