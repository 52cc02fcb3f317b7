-- shared.lua: what the calls that fail in one way have in common, and no others: under which condition a subject crashes, refuses a
-- valid call, or is wrong in a way that no mistake foretells.

local learning = require "explain.learning"
local patience = require "explain.patience"
local points = require "explain.points"
local sized = require "explain.sized"

local shared = {}

local SECONDS = 5 -- to make the case smaller
local slow = {timeout = true} -- verdicts that take too long to be seen again and again

--- {text = the condition or nil where every call fails, made =, unmade = counts of calls}; nil if no condition is known. c: on small
--- integers, failing with that verdict.
function shared.search(tested, c, verdict)
  if slow[verdict] then return nil end
  return learning.search({sized.smallest(tested, c, verdict, SECONDS)}, {}, function(p)
    local asked = points.case(p)
    if not asked then return nil end
    local result = patience.step(tested.test, tested, asked)
    if result.verdict == verdict then return "made", false end
    return result.class == "passed" and "unmade" or nil, result.class == "skipped"
  end)
end

--- The same in a sentence. what: "It crashes".
function shared.say(found, what)
  if not found.text then return ("%s on every call: %d of %d."):format(what, found.made, found.made) end
  return ("%s where %s: %d of %d such calls, and none of %d others."):format(what, found.text, found.made, found.made, found.unmade)
end

return shared
