-- arithmetic.lua: whether a run fails only because nobody said how the subject computes, or judges more mildly than it
-- must. The contract is measured, and the cases whose values are wrong are tried again under it.

local arithmetic = {}

local MOST = 40 -- cases that are tried again

local VALUES = {["wrong value"] = true, inaccurate = true, overstated = true}
-- What states something of each dtype that is hardly less than nothing, so that the judge names the preset that is kept.
local FLOATS = {float32 = "3xtf32", float16 = "tensor-core", bfloat16 = "tensor-core"}

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

  -- The preset that makes the first kept case right, as --numerics takes it. What is measured on sums of single pixels need
  -- not hold of larger calls: a library chooses its arithmetic by their sizes.
  local function preset_of_first(reopen)
    local dtype = cases[1].dtype
    local result = reopen(dtype .. ": " .. FLOATS[dtype]):test(cases[1])
    local name = result.class == "passed" and FLOATS[dtype]
      or result.verdict == "overstated" and result.words:match "as if by '([^']+)'"
    return name and dtype .. ": " .. name
  end

  -- The measured contract, or else a preset, and how many of the kept cases it makes right; nil if none.
  local function explanation(stated, measured, reopen)
    local right = measured ~= "" and measured ~= stated and passing(reopen(measured)) or 0
    if right > 0 then return measured, right end
    local preset = preset_of_first(reopen)
    if preset then return preset, passing(reopen(preset)) end
  end

  --- The lines to print, or nil. stated: the contract of the run; measure () -> the measured one, as --numerics takes it;
  --- reopen (numerics) -> the subject under another contract.
  function collector.say(stated, measure, reopen)
    if count == 0 then return nil end
    local measured = measure()
    local named, right = explanation(stated, measured, reopen)
    if not named then return nil end
    local all = right == #cases
    local every = count > #cases and ("Each of the %d wrong results that were tried again"):format(#cases) or "Every wrong result"
    local which = all and every or ("%d of %d wrong results"):format(right, #cases)
    local verb = all and "is" or "are"
    local how = named == measured and "Measured, it computes as" or "In these it computes as if by"
    return ("%s %s what the subject's own arithmetic gives. %s\n  %s\n"
      .. "If that is meant, run with\n  --numerics '%s'\nElse make it compute in the nominal types (specs/numerics.md).")
      :format(which, verb, how, named, named)
  end

  return collector
end

--- The lines that note contracts which promise less than the subject keeps, of what contract.compare found.
function arithmetic.notes(compared)
  local lines = {}
  for _, c in ipairs(compared) do
    if c.stated ~= "" and c.better ~= "" and c.worse == "" then
      lines[#lines + 1] = ("note: of %s the subject states %s; in sums of single pixels it loses less (%s), and computes as %s")
        :format(c.dtype, c.stated, c.better, c.measured == "" and "specs/judge.md takes for granted" or c.measured)
    end
  end
  return lines
end

return arithmetic
