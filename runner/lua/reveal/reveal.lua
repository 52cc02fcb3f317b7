-- reveal.lua: how a subject sums each element of a result, and that real data agree with it bit for bit.
-- Elements are of one class if one tree and one arithmetic predict them. Classes are found by where the prediction fails:
-- there the tree is revealed again.

local asker = require "reveal.asker"
local extension = require "reveal.extension"
local narrowed = require "reveal.narrowed"
local products = require "reveal.products"
local program = require "reveal.program"
local telling = require "reveal.telling"
local tree = require "reveal.tree"

local reveal = {}

local MOST_CLASSES = 64
local MOST_FAILURES = 3 -- elements that nothing predicts, before the rest is left alone
local MOST_TRIALS = 6 -- more in a round, to settle elements that a wrong tree predicts by chance
local MOST_ROUNDS = 8
local SAMPLES = 64

local function random_operands(a, seed)
  return a.case:with({values = false, data = "normal", seed = seed}):operands()
end

-- Operands, by default random ones, and what the subject makes of them.
local function trial(a, seed, operands)
  local values = operands or random_operands(a, seed)
  local got, why = a:call(values)
  if not got then return nil, why end
  return {values = values, got = got}
end

-- Of some elements of the list, the one with most products. Where they lie repeats with no width of a row.
local function choose(a, elements)
  local best, most = nil, -1
  for i = 1, math.min(SAMPLES, #elements) do
    local e = elements[i * 2654435761 % #elements + 1]
    local n = #a:leaves(e)
    if n > most then best, most = e, n end
    if n > a.sums.leaves then break end
  end
  return best
end

-- The set of elements at which a prediction fails in any of the trials; nil if the one that must not is among them.
local function failing(trials, predict, needed)
  local bad = {}
  for _, t in ipairs(trials) do
    for _, e in ipairs(sums.differing(predict(t), t.got)) do bad[e] = true end
    if bad[needed] then return nil end
  end
  return bad
end

local function split(elements, bad)
  local good, rest = {}, {}
  for _, e in ipairs(elements) do
    local to = bad[e] and rest or good
    to[#to + 1] = e
  end
  return good, rest
end

local STRETCH = 1024 -- elements by which arithmetics are compared

-- At how many of the elements around e an arithmetic fails in any of the trials; nil if at e itself.
local function count_failures(a, node, e, trials, how)
  local p = program.of(node, a.sums.leaves, how)
  local count = math.min(STRETCH, a.sums.elements)
  local from = math.max(0, math.min(e - count // 2, a.sums.elements - count))
  local bad, n = {}, 0
  for _, t in ipairs(trials) do
    for _, at in ipairs(sums.differing(a.sums:evaluate(p, t.values, from, count), t.got, from)) do
      if not bad[at] then n = n + 1 end
      bad[at] = true
    end
    if bad[e] then return nil end
  end
  return n
end

-- What a tree predicts in an arithmetic, where that is right for element e: {arithmetic =, predict =, good =, rest =,
-- failed = a set}.
local function try(a, node, e, elements, trials, how)
  local p = program.of(node, a.sums.leaves, how)
  local function predict(t) return a.sums:evaluate(p, t.values) end
  local bad = failing(trials, predict, e)
  if not bad then return nil end
  local good, rest = split(elements, bad)
  return {arithmetic = how, predict = predict, good = good, rest = rest, failed = bad}
end

-- The arithmetic of the list that fails at the fewest elements around e, and whether it fails at none; nil if all fail at e.
local function best_of(list, a, node, e, trials)
  local best, fewest
  for _, how in ipairs(list) do
    local n = count_failures(a, node, e, trials, how)
    if n and (not fewest or n < fewest) then best, fewest = how, n end
    if fewest == 0 then return best, true end
  end
  return best, false
end

-- The arithmetic with which a tree predicts element e and most of its neighbours: of those that are known, with products
-- that are fused one by one, or with sums that are stored one by one.
local function find_arithmetic(a, node, e, elements, trials)
  local best, is_whole = best_of(program.arithmetics(node, a.case.dtype), a, node, e, trials)
  if not is_whole and type(node) == "table" and a.result ~= "grad_bias" then
    local fused = products.fused(a, e, node)
    local list = {best}
    if fused then list[#list + 1] = {format = a.case.dtype, fused = fused} end
    best = best_of(list, a, node, e, trials)
  end
  if not best then
    local format, stored = narrowed.of(a, e, node)
    best = format and best_of(program.storing(a.case.dtype, format, stored), a, node, e, trials)
  end
  return best and try(a, node, e, elements, trials, best)
end

-- What predicts most: the tree, or one over all leaves of which it is a part.
local function extend(found, a, node, e, elements, trials)
  found.tree = node
  for _, whole in ipairs(extension.of(node, a.sums)) do
    if #found.rest == 0 then break end
    local other = try(a, whole, e, elements, trials, found.arithmetic)
    if other and #other.good > #found.good then
      other.tree = whole
      found = other
    end
  end
  return found
end

-- The right answer, correctly rounded.
local function exact_prediction(a)
  return function(t)
    local v = t.values
    if a.result == "output" then return (oracle.forward(a.case, v.input, v.weight, v.bias)) end
    return oracle.backward(a.case, v.input, v.weight, v.grad_output)[a.result]
  end
end

local function find_exact(a, e, elements, trials)
  local predict = exact_prediction(a)
  local bad = failing(trials, predict, e)
  if not bad then return nil end
  local good, rest = split(elements, bad)
  return {arithmetic = {exact = true}, predict = predict, good = good, rest = rest, failed = bad}
end

local function set_of(elements)
  local set = {}
  for _, e in ipairs(elements) do set[e] = true end
  return set
end

-- The class of element e: asked in all channels in which this place is not explained yet, and if that predicts nothing, in
-- its own alone.
local function find_class(a, e, elements, trials)
  local node, why, word, found
  for _, open in ipairs {set_of(elements), {}} do
    a:open_lanes(e, open)
    node, why, word = tree.reveal(a, e)
    if node then
      found = find_arithmetic(a, node, e, elements, trials)
      found = found and extend(found, a, node, e, elements, trials)
    elseif word == "exact" then found = find_exact(a, e, elements, trials) end
    if found or a.lanes == 1 or word == "refused" or why == asker.NO_WHOLE_NUMBER then break end
  end
  if not found then
    if why == asker.NO_TIME then
      word = "time"
    elseif word ~= "refused" and word ~= "count" and a:is_transform(e) then
      word, why = "transform", "terms that are no part of the element leave a trace in it"
    end
    return nil, {element = e, tree = node, word = word or "arithmetic",
      why = why or "a tree of additions was found, but no arithmetic of the list gives these bits"}
  end
  found.element = e
  return found
end

local function all_elements(a)
  local list = {}
  for e = 0, a.sums.elements - 1 do list[e + 1] = e end
  return list
end

-- Whether the same call gives other bits, or an answer and then none. That no time is left says nothing.
local function is_unstable(a, t)
  for _ = 1, 2 do
    local again, why = a:call(t.values)
    if why == asker.NO_TIME then return false end
    if not again or not again:equal(t.got) then return true end
  end
  return false
end

-- The first class that has predicted an element in all trials.
local function class_of(e, classes)
  for _, class in ipairs(classes) do
    if not class.failed[e] then return class end
  end
end

-- Elements that a trial takes from their classes go to another class that predicts all trials, or to none. How many.
local function move_failed(found, t)
  local moved = {}
  for _, class in ipairs(found.classes) do
    for e in pairs(failing({t}, class.predict)) do class.failed[e] = true end
  end
  for _, class in ipairs(found.classes) do
    local rest
    class.good, rest = split(class.good, class.failed)
    table.move(rest, 1, #rest, #moved + 1, moved)
  end
  for _, e in ipairs(moved) do
    local class = class_of(e, found.classes)
    local to = class and class.good or found.unexplained
    to[#to + 1] = e
  end
  return #moved
end

-- Fresh data, added to the trials; nil and why.
local function next_trial(a, found, trials)
  local t, why = trial(a, found.seed + #trials)
  if not t then return nil, why end
  trials[#trials + 1] = t
  return t
end

-- A few elements are predicted by chance by a tree that is not theirs. Further trials tell, the more the more classes
-- there are to take one from.
local function settle(a, found, trials)
  local quiet = 0
  local needed = #found.classes > 1 and 2 or 1
  for _ = 1, MOST_TRIALS do
    local t, why = next_trial(a, found, trials)
    if not t then return nil, why end
    quiet = move_failed(found, t) == 0 and quiet + 1 or 0
    if quiet == needed then break end
  end
  return true
end

-- Older classes of which a new one predicts all elements in all trials become a part of it.
local function absorb(found, new)
  local kept = {}
  for _, class in ipairs(found.classes) do
    local _, failed = split(class.good, new.failed)
    if #failed == 0 then
      table.move(class.good, 1, #class.good, #new.good + 1, new.good)
    else
      kept[#kept + 1] = class
    end
  end
  kept[#kept + 1] = new
  found.classes = kept
end

-- Classes of these elements until each has one; what has none stays in found.unexplained.
local function find_classes(a, found, rest, trials, settings)
  local new_failures = 0
  found.unexplained = {}
  while #rest > 0 and #found.classes < MOST_CLASSES and new_failures < MOST_FAILURES
    and not (settings.expired and settings.expired()) do
    local class, failure = find_class(a, choose(a, rest), rest, trials)
    if class then
      absorb(found, class)
      rest = class.rest
    else
      new_failures = new_failures + 1
      found.failures[#found.failures + 1] = failure
      found.unexplained[#found.unexplained + 1] = failure.element
      rest = split(rest, {[failure.element] = true})
      if failure.word ~= "arithmetic" then break end
    end
  end
  found.too_many = #rest > 0 and #found.classes >= MOST_CLASSES
  table.move(rest, 1, #rest, #found.unexplained + 1, found.unexplained)
end

-- Of each class, how many of its elements fresh data have as predicted. Those that they have not lose their class.
-- How many these are; nil and why.
local function confirm(a, found, trials)
  local t, why = next_trial(a, found, trials)
  if not t then return nil, why end
  found.last_seed, found.confirmed = found.seed + #trials - 1, 0
  for _, class in ipairs(found.classes) do
    class.confirmed = #split(class.good, failing({t}, class.predict))
    found.confirmed = found.confirmed + class.confirmed
  end
  return move_failed(found, t)
end

local function drop_empty_classes(found)
  local kept = {}
  for _, class in ipairs(found.classes) do
    table.sort(class.good)
    if #class.good > 0 then kept[#kept + 1] = class end
  end
  found.classes = kept
end

-- Finds classes and lets further trials decide, again for those that these leave without one, until fresh data confirm
-- every class.
local function explain_all(a, found, trials, settings)
  local rest = all_elements(a)
  for _ = 1, MOST_ROUNDS do
    find_classes(a, found, rest, trials, settings)
    if #found.failures > 0 and found.confirmed > 0 then break end -- what is left has no order
    local good, refuted, why
    good, why = settle(a, found, trials)
    if not good then return nil, why end
    refuted, why = confirm(a, found, trials)
    if not refuted then return nil, why end
    rest = found.unexplained
    if refuted == 0 and (#rest == 0 or #found.failures > 0) then break end
    if settings.expired and settings.expired() then break end
  end
  drop_empty_classes(found)
  return true
end

--- Reveals a result ("output", "grad_input", "grad_weight", "grad_bias") of a case:
--- {classes = {{tree =, arithmetic =, element =, good = elements, confirmed = how many of them}}, failures =,
---  unexplained = elements, elements =, calls =, confirmed =, asker =}; or nil and why. settings: seed; expired (), which
--- says when to stop.
function reveal.of(tested, c, result, settings)
  settings = settings or {}
  local a, why = asker.new(tested, c, result)
  if not a then return nil, why end
  a.expired = settings.expired
  local found = {result = result, case = c, asker = a, classes = {}, failures = {}, elements = a.sums.elements,
    seed = settings.seed or 1, confirmed = 0}
  local trials = {}
  for i, operands in ipairs {false, false, table.unpack(telling.operands(a, found.seed))} do
    trials[i], why = trial(a, found.seed + i - 1, operands)
    if not trials[i] then return nil, why end
  end
  found.unexplained, found.unstable = {}, is_unstable(a, trials[1])
  if not found.unstable then
    local good
    good, why = explain_all(a, found, trials, settings)
    if not good then return nil, why end
  end
  found.calls, found.unstable = a.calls, found.unstable or a.unstable or false
  return found
end

-- Trials of fresh data that classes were not found with; nil and why.
local function fresh_trials(found)
  local list = {}
  for i = 1, 2 do
    local t, why = trial(found.asker, found.last_seed + i)
    if not t then return nil, why end
    list[i] = t
  end
  return list
end

--- Gives a class another arithmetic, which predicts all of its elements in this trial, {values =, got =}, and in fresh ones, if
--- there is one: the data before may not have told both apart. e: an element that it does not predict. Whether it did; nil and
--- why if it can't be asked.
function reveal.refine(found, class, t, e)
  local a, trials = found.asker, nil
  for _, how in ipairs(class.tree and program.arithmetics(class.tree, a.case.dtype) or {}) do
    local p = program.of(class.tree, a.sums.leaves, how)
    if #sums.differing(a.sums:evaluate(p, t.values, e, 1), t.got, e) == 0 then
      if not trials then
        local fresh, why = fresh_trials(found)
        if not fresh then return nil, why end
        trials = {t, fresh[1], fresh[2]}
      end
      local other = try(a, class.tree, e, class.good, trials, how)
      if other and #other.rest == 0 then
        class.arithmetic, class.predict, class.failed = how, other.predict, other.failed
        return true
      end
    end
  end
  return false
end

-- Whether a tree predicts one element in all trials, in the arithmetic of one of the classes.
local function is_predicted(found, node, e, trials)
  local a = found.asker
  for _, class in ipairs(found.classes) do
    local p = not class.arithmetic.exact and program.of(node, a.sums.leaves, class.arithmetic)
    local good = p and true
    for _, t in ipairs(trials) do
      good = good and #sums.differing(a.sums:evaluate(p, t.values, e, 1), t.got, e) == 0
    end
    if good then return true end
  end
  return false
end

--- Whether an element that its class does not predict in a trial, {values =, got =}, adds in an order of its own, which does.
--- Where results have few bits, a class may predict all trials of such an element by chance. nil and why if it can't be asked.
function reveal.has_own_order(found, t, e)
  local a = found.asker
  a:open_lanes(e, {})
  local node, why = tree.reveal(a, e)
  if not node then return nil, why end
  if not is_predicted(found, node, e, {t}) then return false end
  local trials
  trials, why = fresh_trials(found)
  if not trials then return nil, why end
  return is_predicted(found, node, e, trials)
end

return reveal
