-- kills.lua: which cases exercise each clause, and which mutants they kill, from the matrix of `make mutants-matrix`.
-- A mutant is a clause's own if every case that kills it exercises the clause: without those cases it
-- would live. Sweeps exercise many clauses at once, so this is computed for the cases by hand alone, too.

local kills = {}

--- Reads KILLS.tsv: {suite = "COUNT HASH", mutants = {{name =, group =, cases = {reference, ...}}, ...}}.
function kills.read(path)
  local f, message = io.open(path)
  if not f then cts.fail(2, message) end
  local references, matrix = {}, {mutants = {}}
  for line in f:lines() do
    local kind, key, rest = line:match("^(%l+)\t([^\t]+)\t(.*)$")
    if kind == "suite" then
      matrix.suite = key .. " " .. rest
    elseif kind == "case" then
      references[key] = rest
    elseif kind == "mutant" then
      local group, numbers = rest:match("^(.-)\t(.*)$")
      local m = {name = key, group = group, cases = {}}
      for n in numbers:gmatch("%d+") do m.cases[#m.cases + 1] = references[n] end
      matrix.mutants[#matrix.mutants + 1] = m
    end
  end
  f:close()
  if not matrix.suite or #matrix.mutants == 0 then cts.fail(2, path .. ": not a matrix of kills") end
  return matrix
end

-- ---- what a case exercises

local function is_pair(value, test)
  return type(value) == "table" and (test(value[1]) or test(value[2]))
end

-- The names of the recipes whose answers are judged bit for bit, as a set.
local exact_recipes = {}
for _, r in ipairs(cts.recipes()) do exact_recipes[r.name] = r.exact end

local function holds_special(values)
  for _, t in pairs(values or {}) do
    for i = 1, #t do
      if t[i] ~= t[i] or t[i] == math.huge or t[i] == -math.huge then return true end
    end
  end
  return false
end

-- The words that `governs` in specs/conv2d.yaml may use besides the keys of a case.
local words = {
  images = function(c) return #c.input == 4 and c.input[1] or 1 end,
  padded = function(c)
    return is_pair(c.padding, function(p) return p ~= 0 end)
      or c.padding == "same" and is_pair(c.kernel_size, function(k) return k > 1 end)
  end,
  cropped = function(c) return is_pair(c.padding, function(p) return p < 0 end) end,
  -- whether height and width differ in anything
  unequal = function(c)
    for _, key in ipairs {"kernel_size", "stride", "padding", "dilation"} do
      if type(c[key]) == "table" and c[key][1] ~= c[key][2] then return true end
    end
    return c.input[#c.input - 1] ~= c.input[#c.input]
  end,
  -- whether its data call for an answer that is equal bit for bit
  exact = function(c)
    for recipe in c.data:gsub("/.*", ""):gmatch "%a+" do
      if not exact_recipes[recipe] then return c.dtype:find "int" ~= nil end
    end
    return true
  end,
  -- whether there may be a NaN or an infinity among the data
  special = function(c)
    return c.data:find "nan" or c.data:find "infinity" or c.data:find "special" or holds_special(c.values)
  end,
}

local function compile(clause, environment)
  local f, message = load("return " .. clause.governs, "=" .. clause.id, "t", environment)
  return f or cts.fail(2, "specs/conv2d.yaml: governs: " .. message)
end

-- Returns a function of a case which gives the set of clauses that the case exercises: those that it names, and besides
-- those that govern it if its call is valid, or the one that it breaks if not.
local function judge_of_exercise()
  local current
  local environment = setmetatable({}, {__index = function(_, key)
    if words[key] then return words[key](current) end
    return current[key]
  end})
  local governing = {}
  for _, clause in ipairs(cts.clauses()) do
    if clause.governs then governing[clause.id] = compile(clause, environment) end
  end
  return function(c)
    local set, expected = {}, c:expect()
    current = c
    for _, id in ipairs(c.clauses) do set[id] = true end
    if expected.clause then set[expected.clause] = true end
    for id, holds in pairs(expected.status == "ok" and governing or {}) do
      if holds() then set[id] = true end
    end
    return set
  end
end

--- What each case exercises, by its reference; one call may stand in several files.
--- {[reference] = {by_hand = boolean, clauses = {[id] = true}}}
function kills.exercised(cases)
  local calls, exercise = {}, judge_of_exercise()
  for c in cases:cases() do
    local call = calls[c.reference] or {by_hand = false, clauses = {}}
    calls[c.reference] = call
    call.by_hand = call.by_hand or c.name ~= nil
    for id in pairs(exercise(c)) do call.clauses[id] = true end
  end
  return calls
end

-- ---- which mutants that kills

-- The clauses that all of the calls exercise, as a set; nil if there are no calls.
local function common(calls)
  local shared
  for _, call in ipairs(calls) do
    local both = {}
    for id in pairs(shared or call.clauses) do both[id] = call.clauses[id] end
    shared = both
  end
  return shared
end

local function add_to(lists, ids, name)
  for id in pairs(ids or {}) do
    lists[id] = lists[id] or {}
    table.insert(lists[id], name)
  end
end

--- Names of mutants by clause: {killed =, alone =, by_hand =}, each {[id] = {name, ...}}. alone: mutants that only the
--- clause's cases kill; by_hand: mutants that, among the cases by hand, only the clause's cases kill.
function kills.by_clause(matrix, exercised)
  local result = {killed = {}, alone = {}, by_hand = {}}
  for _, m in ipairs(matrix.mutants) do
    local all, hand, any = {}, {}, {}
    for _, reference in ipairs(m.cases) do
      local call = exercised[reference]
      all[#all + 1] = call
      if call.by_hand then hand[#hand + 1] = call end
      for id in pairs(call.clauses) do any[id] = true end
    end
    add_to(result.killed, any, m.name)
    add_to(result.alone, common(all), m.name)
    add_to(result.by_hand, common(hand), m.name)
  end
  return result
end

--- How many of the mutants are killed, and how many by a single case: {all =, killed =, by_one_case = {name, ...}}.
function kills.score(matrix)
  local score = {all = #matrix.mutants, killed = 0, by_one_case = {}}
  for _, m in ipairs(matrix.mutants) do
    if #m.cases > 0 then score.killed = score.killed + 1 end
    if #m.cases == 1 then table.insert(score.by_one_case, m.name) end
  end
  return score
end

--- What a clause {by_hand = count, alone = {names}, not_alone = reason} lacks, in words, or nil.
function kills.missing(clause)
  if #clause.alone > 0 and clause.not_alone then
    return ("the reason for no mutant of its own is stale: there is %s"):format(clause.alone[1])
  elseif clause.by_hand < 2 and not clause.not_alone then
    return ("exercised by %d cases by hand"):format(clause.by_hand)
  elseif #clause.alone == 0 and not clause.not_alone then
    return "no mutant dies by its cases alone, and no reason is given"
  end
end

return kills
