-- tolerance-hook.lua: tolerances of one's own, and a list of the slowest cases.
--   conv2d-cts run --impl SUBJECT.so --hook runner/lua/examples/tolerance-hook.lua
-- The log keeps what the judge said of each case that the hook lets pass.

local ENOUGH = 1e-3 -- relative to the expected value
local slowest, tolerated = {}, 0

local hook = {}

function hook.verdict(r)
  if r.verdict ~= "wrong value" or r.mismatches ~= 1 then return end
  if math.abs(r.got - r.want) <= ENOUGH * math.abs(r.want) then
    tolerated = tolerated + 1
    return "pass", ("one element off by less than %g"):format(ENOUGH)
  end
end

function hook.after(r)
  slowest[#slowest + 1] = {r.nanoseconds, r.case.label}
end

function hook.finish(summary)
  table.sort(slowest, function(a, b) return a[1] > b[1] end)
  print(("%d of %d cases tolerated; the slowest:"):format(tolerated, summary.cases))
  for i = 1, math.min(3, #slowest) do print(("%8.3f ms  %s"):format(slowest[i][1] / 1e6, slowest[i][2])) end
end

return hook
