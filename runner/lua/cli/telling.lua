-- telling.lua: cases in an order in which those come early that tell most: first one of each clause, then one tier after
-- the other, so that covering arrays of a low strength come before those of a higher one. Within a tier the files take
-- turns, each with a few cases at a time, small ones first.

local telling = {}

local TURN = 16 -- cases of a file at a time

local TIERS = {quick = {"quick"}, full = {"quick", "full"}, exhaustive = {"quick", "full", "exhaustive"}, models = {"models"},
  large = {"large"}}

-- The products of a case, about: how much there is to compute.
local function work_of(c)
  local work = c.out_channels * c.kernel_size[1] * c.kernel_size[2]
  for _, n in ipairs(c.input) do work = work * math.max(n, 1) end
  return work
end

-- The next cases of a file, in its order, which may be what they are about; fewer than TURN at its end.
local function take_turn(next_case)
  local turn = {work = 0}
  for i = 1, TURN do
    local c = next_case()
    if not c then break end
    turn[i], turn.work = c, turn.work + work_of(c)
  end
  return turn
end

-- A turn of each of `left`, functions that give cases, the small ones first; and adds those that have more to `more`.
local function take_turns(left, more)
  local turns = {}
  for i, next_case in ipairs(left) do
    local turn = take_turn(next_case)
    turns[i], turn.place = turn, i
    if #turn == TURN then more[#more + 1] = next_case end
  end
  table.sort(turns, function(a, b)
    if a.work ~= b.work then return a.work < b.work end
    return a.place < b.place
  end)
  return turns
end

-- The cases of a tier: a turn of each file, then the next turn of each, until all are at their ends. In the first round the files
-- without a sweep are before the others, whose cases take time to be made, and are made one after the other.
local function in_turns(suites)
  return coroutine.wrap(function()
    local left = {}
    local function round(next_cases)
      for _, turn in ipairs(take_turns(next_cases, left)) do
        for _, c in ipairs(turn) do coroutine.yield(c) end
      end
    end
    local by_hand = {}
    for _, s in ipairs(suites) do
      if not s:swept() then by_hand[#by_hand + 1] = s:cases() end
    end
    round(by_hand)
    for _, s in ipairs(suites) do
      if s:swept() then round {s:cases()} end
    end
    while #left > 0 do
      local now = left
      left = {}
      round(now)
    end
  end)
end

-- The first case of each clause, of the lowest tier: by hand, and so of the files without a sweep.
local function one_of_each_clause(suites)
  return coroutine.wrap(function()
    local known = {}
    for _, s in ipairs(suites) do
      for c in (s:swept() and function() end or s:cases()) do
        local new = false
        for _, clause in ipairs(c.name and c.clauses or {}) do
          new, known[clause] = new or not known[clause], true
        end
        if new then coroutine.yield(c) end
      end
    end
  end)
end

--- files: paths of case files; top: the tier; load (path, tier): the suite of a file. Returns a function that gives the
--- cases one by one, and its passes as they are reached: {{name =, cases = so far, ended = true at its end}, ...}.
--- No pass has cases of the passes before.
function telling.cases(files, top, load)
  local passes, plan = {}, {}
  local given, now, source = {}, {}, nil -- given: in earlier passes; now: in this one
  local suites_of = {} -- a tier -> the suites of the files; those of the first two passes are the same
  for i, tier in ipairs(TIERS[top]) do
    if i == 1 then plan[1] = {name = "one case of each clause", tier = tier, make = one_of_each_clause} end
    plan[#plan + 1] = {name = "the tier " .. tier, tier = tier, make = in_turns}
  end

  local function begin_pass()
    local pass = plan[#passes + 1]
    if not pass then return false end
    local suites = suites_of[pass.tier] or {}
    for i, path in ipairs(files) do suites[i] = suites[i] or load(path, pass.tier) end
    suites_of = {[pass.tier] = suites}
    source, passes[#passes + 1] = pass.make(suites), {name = pass.name, cases = 0, ended = false}
    return true
  end

  local function next_case()
    while source or begin_pass() do
      local c = source()
      local pass = passes[#passes]
      if not c then
        for reference in pairs(now) do given[reference] = true end
        source, now, pass.ended = nil, {}, true
      elseif not given[c.reference] then
        if plan[#passes].tier ~= "exhaustive" then now[c.reference] = true end
        pass.cases = pass.cases + 1
        return c
      end
    end
  end
  return next_case, passes
end

return telling
