-- allowance.lua: how long a search may take. On a busy machine it may take longer, as much as this thread has waited
-- for a processor: what is found must not hang on what else is running.

local MOST_SLOWER = 10

--- A function that says whether so many seconds are over; after `longest`, if that is given, they are in any case.
return function(seconds, longest)
  local start, ran, waited = cts.now(), cts.processor()
  return function()
    local gone = cts.now() - start
    if gone <= seconds then return false end
    local more_ran, more_waited = cts.processor()
    local computed, idle = more_ran - ran, more_waited - waited
    local slower = computed > 0 and (computed + idle) / computed or 1
    return gone > math.min(seconds * math.min(slower, MOST_SLOWER), longest or math.huge)
  end
end
