-- heap.lua: whether an answer hangs on what the memory held that malloc gave.

local patience = require "explain.patience"

local heap = {SECONDS = 20} -- of an explanation, if none are given

local CALLS = 6
local ZEROS, OTHERS = 0, 0x7f -- four bytes 0x7f are 3.4e38 as a float32

local function is_steady(tested, c)
  for _ = 1, CALLS do
    if patience.step(tested.test, tested, c).class ~= "passed" then return false end
  end
  return true
end

local function search(open, c)
  local zeros = open(ZEROS)
  if not is_steady(zeros, c) then return nil end
  local others = open(OTHERS)
  local result = patience.step(others.test, others, c)
  return result.class == "failed" and {kind = "heap", case = c, result = result} or nil
end

--- {kind = "heap", case =, result = the wrong one} if a case passes where malloc gives zeros, and fails where it gives other bytes.
--- open(fill) opens the subject so. It takes no more than so many seconds.
function heap.search(open, c, seconds)
  return patience.try(seconds, search, open, c)
end

heap.words = "Where malloc gives memory that is all zeros the answer is right, and where it holds something else it is wrong: memory "
  .. "is used before it is written, such as an accumulator that is not set to zero. With --valgrind a run shows where."

return heap
