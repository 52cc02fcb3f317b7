-- next_steps.lua: the last lines of a run that failed: what the failures have in common, the plainest case of each cause,
-- and the commands that lead from there.

local causes = require "reports.causes"
local params = require "reports.params"
local thousands = require("text.output").thousands

local next_steps = {MOST_PASSED = 100000} -- cases that passed: of more, what the failures have in common is not looked for

-- Failures that hang on what was called before, or on nothing at all: what their parameters have in common is no cause.
-- They are printed in this order.
local STATES = {"wrong after others", "crash after others", "not deterministic"}
local OF_STATE = {
  ["wrong after others"] = "Right alone, wrong after other calls: something is kept between calls, as a cache of weights or a "
    .. "buffer that is not cleared. `repro` runs the sequence.",
  ["crash after others"] = "Well alone, dead after other calls: something is kept between calls, or memory was damaged earlier. "
    .. "`repro` runs the sequence; --paranoid looks more closely.",
  ["not deterministic"] = "The same call gives different answers: memory that was never written, something kept between calls, "
    .. "or threads that race. Compare --subject-threads 1 and 4; --valgrind shows the first.",
}

local MOST = 5 -- causes that are printed
local FEW = 5 -- failures from which on it is no chance that all say the same

-- Whether even the plainest failure needs numbers that are rounded: then the arithmetic is off, which probe measures.
local function needs_probe(id)
  local recipe = params.read(id).data
  return recipe ~= nil and not recipe:find "^integers"
end

--- Takes results as they come: {note = function (result), print = function (log path or nil),
--- causes = function () -> {{words =, failed =, run =, plainest =}, ...}}.
--- arguments: of the run, as a shell reads them.
function next_steps.collector(arguments)
  local profiles, failures, of_state, passed = {}, {}, {}, {}
  local said -- the words of all failures so far; "" if they differ
  local judged = {passed = 0, failed = 0}
  local steps = {}

  local function count(profile, class)
    profiles[profile] = profiles[profile] or {failed = 0, passed = 0}
    profiles[profile][class] = profiles[profile][class] + 1
  end

  local function repro_of(result)
    for _, field in ipairs(result.fields) do
      if field[1] == "repro" then return field[2] end
    end
  end

  -- The plainest of a profile stands for it: ids name what is not at its default.
  local function note_failure(result, profile)
    local f, id = failures[profile], result.case.id
    if not f or #id < #f.id then failures[profile] = {id = id, label = result.case.label, repro = repro_of(result)} end
  end

  -- Of a long run none is kept: a million ids are 200 MB.
  local function note_pass(id)
    if judged.passed <= next_steps.MOST_PASSED then
      passed[#passed + 1] = id
    elseif #passed > 0 then
      passed = {}
    end
  end

  function steps.note(result)
    if judged[result.class] then judged[result.class] = judged[result.class] + 1 end
    if result.class == "passed" then note_pass(result.case.id) end
    if result.class ~= "failed" then return end
    local words = result.verdict .. ((result.words or "") ~= "" and ": " .. result.words or "")
    said = (said == nil or said == words) and words or ""
    if OF_STATE[result.verdict] then
      of_state[result.verdict] = of_state[result.verdict]
        or {id = result.case.id, label = result.case.label, repro = repro_of(result), count = 0, verdict = result.verdict}
      of_state[result.verdict].count = of_state[result.verdict].count + 1
      return
    end
    local profile = causes.profile(params.read(result.case.id))
    count(profile, "failed")
    note_failure(result, profile)
  end

  local function plainest(of_profile, index)
    local best
    for profile, f in pairs(failures) do
      local fits = not index or of_profile[profile] == index
      if fits and (not best or #f.id < #best.id or #f.id == #best.id and f.id < best.id) then best = f end
    end
    return best
  end

  -- What all cases have in common, or nearly all, is no cause.
  local function cases_of(c)
    local all = 0
    for _, n in pairs(profiles) do all = all + n.failed + n.passed end
    if c.run * 50 >= all * 49 then return ("all %s cases"):format(thousands(all)) end
    return ("the %s cases in which %s"):format(thousands(c.run), c.words)
  end

  local function print_causes(list, of_profile)
    for i = 1, math.min(#list, MOST) do
      local c = list[i]
      print(("%9s of %s, the plainest: %s"):format(thousands(c.failed), cases_of(c), plainest(of_profile, i).label))
    end
  end

  -- What every failure says, where hardly anything passed: then no parameter is the cause.
  local function alike()
    return judged.passed * 100 <= judged.failed and judged.failed >= FEW and said ~= "" and said or nil
  end

  local function print_state()
    for _, verdict in ipairs(STATES) do
      local kept = of_state[verdict]
      if kept then
        print(("%9s %s, such as %s\n%s"):format(thousands(kept.count), verdict, kept.label, OF_STATE[verdict]))
      end
    end
  end

  local function first_of_state()
    for _, verdict in ipairs(STATES) do
      if of_state[verdict] then return of_state[verdict] end
    end
  end

  -- best: of the failures that hang on parameters, or nil.
  local function print_commands(best, log)
    local kept = best or first_of_state()
    local program, rest = kept.repro:match("^(.-) repro (.*)$")
    print("\nnext:")
    if alike() then
      print("  " .. kept.repro)
    elseif best then
      print(("  %s explain %s"):format(program, rest))
      print(("  %s shrink %s"):format(program, rest))
      local invocation = rest:match "^(.*) '[^']*'$" or rest:match "^(.*) %S+$"
      if needs_probe(best.id) then print(("  %s probe %s"):format(program, invocation)) end
    else
      print("  " .. kept.repro)
      if kept.verdict == "wrong after others" then print(("  %s explain %s"):format(program, rest)) end
    end
    local has_end = (" " .. arguments .. " "):find(" -- ", 1, true) -- behind it no option is read
    local call = has_end and "--log run.jsonl " .. arguments or arguments .. " --log run.jsonl"
    if not log then print(("  %s run %s"):format(program, call)) end
    print(("  %s report --html report.html %s"):format(program, log or "run.jsonl"))
  end

  local function find_causes()
    for _, id in ipairs(passed) do count(causes.profile(params.read(id)), "passed") end
    passed = {}
    return causes.find(profiles)
  end

  -- How many cases failed in a way that hangs on parameters, and how many were judged.
  local function totals()
    local failed, run = 0, 0
    for _, n in pairs(profiles) do failed, run = failed + n.failed, run + n.failed + n.passed end
    for _, kept in pairs(of_state) do run = run + kept.count end
    return failed, run
  end

  --- What a program is told: the causes, and failures that have none in words of the same form. So it is empty only if
  --- nothing failed.
  function steps.causes()
    local list, of_profile = find_causes()
    local told, failed, run = {}, totals()
    for i, c in ipairs(list) do told[i] = {words = c.words, failed = c.failed, run = c.run, plainest = plainest(of_profile, i).id} end
    if #list == 0 and failed > 0 then
      told[1] = {words = "the parameters have nothing in common", failed = failed, run = run, plainest = plainest(of_profile).id}
    end
    for _, verdict in ipairs(STATES) do
      local kept = of_state[verdict]
      if kept then
        told[#told + 1] = {words = ("the verdict is '%s'"):format(verdict), failed = kept.count, run = run, plainest = kept.id}
      end
    end
    return told
  end

  --- log: of the run, as a shell reads it, or nil.
  function steps.print(log)
    if not next(failures) and not next(of_state) then return end
    local list, of_profile = find_causes()
    local best = plainest(of_profile, #list > 0 and 1 or nil)
    print("\nwhat fails:")
    if alike() then
      print("          every case alike: " .. alike())
    else
      print_causes(list, of_profile)
      if best and #list == 0 then print("          without a parameter in common, the plainest: " .. best.label) end
    end
    print_state()
    print_commands(best, log)
  end

  return steps
end

return next_steps
