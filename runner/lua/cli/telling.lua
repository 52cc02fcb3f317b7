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

-- A turn of each file that has one, the small ones first, and the files that have more.
local function take_turns(files)
  local turns, more = {}, {}
  for i, next_case in ipairs(files) do
    local turn = take_turn(next_case)
    turns[i], turn.place = turn, i
    if #turn == TURN then more[#more + 1] = next_case end
  end
  table.sort(turns, function(a, b)
    if a.work ~= b.work then return a.work < b.work end
    return a.place < b.place
  end)
  return turns, more
end

-- The cases of a tier: a turn of each file, then the next turn of each, until all are at their ends.
local function in_turns(suites)
  local left = {}
  for _, s in ipairs(suites) do left[#left + 1] = s:cases() end
  return coroutine.wrap(function()
    while #left > 0 do
      local turns
      turns, left = take_turns(left)
      for _, turn in ipairs(turns) do
        for _, c in ipairs(turn) do coroutine.yield(c) end
      end
    end
  end)
end

-- The first case of each clause, of the lowest tier.
local function one_of_each_clause(suites)
  return coroutine.wrap(function()
    local known = {}
    for _, s in ipairs(suites) do
      for c in s:cases() do
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
  for i, tier in ipairs(TIERS[top]) do
    if i == 1 then plan[1] = {name = "one case of each clause", tier = tier, make = one_of_each_clause} end
    plan[#plan + 1] = {name = "the tier " .. tier, tier = tier, make = in_turns}
  end

  local function begin_pass()
    local pass = plan[#passes + 1]
    if not pass then return false end
    local suites = {}
    for i, path in ipairs(files) do suites[i] = load(path, pass.tier) end
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
