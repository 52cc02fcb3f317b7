-- races.lua: answers that differ from call to call: which elements do, and whether that hangs on threads.

local patience = require "explain.patience"
local places = require "explain.places"
local taps = require "explain.taps"
local telling = require "explain.telling"

local races = {}

local CALLS = 12

-- Whether a subject answers the case rightly every time.
local function is_steady(tested, c)
  for _ = 1, CALLS do
    if tested:test(c).class ~= "passed" then return false end
  end
  return true
end

-- The answer with every element that was wrong in any call, as places.search takes it.
local function worst(tested, c)
  local scene, output = taps.scene(c), nil
  for _ = 1, CALLS do
    local got = patience.step(tested.test, tested, c).tensors.output
    if got then
      output = output or got
      for at = 1, #got do
        if output[at] == scene.want[at] then output[at] = got[at] end
      end
    end
  end
  return output and {case = c, scene = scene, output = output, right = output:equal(scene.want)}
end

-- The place of the wrong elements in the worst answers to the case and to the telling ones, as a finding.
local function place(tested, c, found)
  local given, answers = worst(tested, c:with {data = "integers", values = false}), {}
  if not given or given.right then return nil end
  found.result.case, found.result.tensors.output = given.case, given.output -- for a map of all that was ever wrong
  for _, other in ipairs(telling.cases()) do answers[#answers + 1] = worst(tested, other) end
  return places.search(given, answers, "not deterministic")
end

--- {kind = "race", result =, case =, single = whether one thread alone is right or nil, place = finding of places.search or nil};
--- nil if the answer does not hang on chance. single: the subject with one thread, or nil.
function races.search(tested, single, c, seconds)
  local result = tested:test(c)
  for _ = 2, CALLS do
    if result.class == "failed" then break end
    result = tested:test(c)
  end
  local found = {kind = "race", result = result, case = c}
  if result.class ~= "failed" then return nil end
  if single then found.single = is_steady(single, c) end
  if result.verdict ~= "not deterministic" and not found.single then return nil end
  found.place = c.direction == "forward" and patience.try(seconds or 20, place, tested, c, found) or nil
  return found
end

--- What was found, in sentences.
function races.say(found)
  local lines = {"The same call gives different answers."}
  if found.single then
    lines[1] = "The same call gives different answers with several threads, and is right with one: threads race. What one "
      .. "writes, another reads or writes without waiting for it: a synchronisation is missing."
  elseif found.single == false then
    lines[1] = "The same call gives different answers even with one thread: memory that was never written, or something that "
      .. "is kept between calls (--valgrind shows the first)."
  end
  if found.place then lines[2] = ("In some calls %s."):format(found.place.mistakes[1].text) end
  return table.concat(lines, "\n")
end

return races
