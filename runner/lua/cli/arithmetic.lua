-- arithmetic.lua: whether a run fails only because nobody said how the subject computes, or judges more mildly than it
-- must. The contract is measured, and the cases whose values are wrong are tried again under it.

local arithmetic = {}

local MOST = 40 -- cases that are tried again

local VALUES = {["wrong value"] = true, inaccurate = true, overstated = true}
local FLOATS = {float32 = true, float16 = true, bfloat16 = true}

--- Takes results as they come: {note = function (result), say = function (stated, measure, reopen)}.
function arithmetic.collector()
  local cases, count, of_others = {}, 0, 0

  local collector = {}

  function collector.note(result)
    if result.class ~= "failed" then return end
    if VALUES[result.verdict] and FLOATS[result.case.dtype] then
      count = count + 1
      if #cases < MOST then cases[#cases + 1] = result.case end
    else
      of_others = of_others + 1
    end
  end

  -- How many of the kept cases pass a subject that is judged by its own contract.
  local function passing(tested)
    local n = 0
    for _, c in ipairs(cases) do
      if tested:test(c).class == "passed" then n = n + 1 end
    end
    return n
  end

  --- The lines to print, or nil. stated: the contract of the run; measure () -> the measured one, as --numerics takes it;
  --- reopen (numerics) -> the subject under another contract.
  function collector.say(stated, measure, reopen)
    if count == 0 then return nil end
    local measured = measure()
    if measured == "" or measured == stated then return nil end
    local right = passing(reopen(measured))
    if right == 0 then return nil end
    local all = right == #cases
    local which = all and (count > #cases and ("Each of the %d wrong results that were tried again"):format(#cases) or "Every wrong result")
      or ("%d of %d wrong results"):format(right, #cases)
    local verb = all and "is" or "are"
    return ("%s %s what the subject's own arithmetic gives. Measured, it computes as\n  %s\n"
      .. "If that is meant, run with\n  --numerics '%s'\nElse make it compute in the nominal types (specs/numerics.md).")
      :format(which, verb, measured, measured)
  end

  return collector
end

--- A subject that answers questions for so many seconds; from then on each question is the error arithmetic.LATE.
function arithmetic.patient(tested, seconds)
  local ends = cts.now() + seconds
  local function timely(name)
    return function(_, ...)
      if cts.now() > ends then error(arithmetic.LATE, 0) end
      return tested[name](tested, ...)
    end
  end
  return setmetatable({ask = timely "ask", call = timely "call", test = timely "test"}, {__index = function(_, key) return tested[key] end})
end

arithmetic.LATE = {}

--- The lines that note contracts which promise less than the subject keeps, of what contract.compare found.
function arithmetic.notes(compared)
  local lines = {}
  for _, c in ipairs(compared) do
    if c.stated ~= "" and c.better ~= "" and c.worse == "" then
      lines[#lines + 1] = ("note: of %s the subject states %s; measured, it loses less (%s), and computes as %s"):format(c.dtype,
        c.stated, c.better, c.measured == "" and "specs/judge.md takes for granted" or c.measured)
    end
  end
  return lines
end

return arithmetic
