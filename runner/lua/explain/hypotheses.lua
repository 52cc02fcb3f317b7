-- hypotheses.lua: which mistakes of a list predict every answer of a subject, bit for bit: one mistake,
-- one under a condition, or two together.
-- An answer is {case =, scene =, output =, right =}; scenes and models are those of taps.lua.

local conditions = require "explain.conditions"
local patience = require "explain.patience"
local taps = require "explain.taps"

local hypotheses = {ENOUGH = 2} -- with fewer telling cases, besides the given one, nothing is claimed

-- What the model answers if it makes these mistakes. nil: they can't be made here; false: the answer depends on
-- something that nobody can know.
local function predict(scene, ...)
  local list = table.pack(...)
  patience.check()
  local good, output = pcall(function()
    local m = taps.model(scene)
    for i = 1, list.n do list[i].apply(m) end
    if scene.gradient then return #m.finish == 0 and not m.unpredictable and taps.gradient(m, scene) end
    return not m.unpredictable and taps.output(m)
  end)
  if good then return output end
end

-- Sorts the answers by what a hypothesis says of them.
local function examine(answers, predicted)
  local e = {made = {}, unmade = {}, other = 0, telling = 0}
  for _, a in ipairs(answers) do
    local p = predicted(a)
    local tells = p and not p:equal(a.scene.want)
    if tells then e.telling = e.telling + 1 end
    if p and a.output:equal(p) then
      if tells then e.made[#e.made + 1] = a end
    elseif tells and a.right then
      e.unmade[#e.unmade + 1] = a
    elseif p ~= false then
      e.other = e.other + 1
    end
  end
  return e
end

local function cases_of(answers)
  local list = {}
  for i, a in ipairs(answers) do list[i] = a.case end
  return list
end

-- Whether the hypothesis explains all answers: always, or under a condition.
local function explanation_of(e, given)
  if #e.made < hypotheses.ENOUGH or e.other > 0 then return nil end
  if #e.unmade == 0 then return {text = nil, agree = #e.made} end
  local made = cases_of(e.made)
  made[#made + 1] = given
  local text = conditions.separate(made, cases_of(e.unmade))
  return text and {text = text, agree = #e.made}
end

-- How many of the telling answers the best other single mistake of the list predicts.
local function next_best(evidence, named, list)
  local best = {agree = 0}
  local step = math.max(1, #evidence // 14)
  for _, h in ipairs(list) do
    local agree = 0
    for i = #evidence, 1, -step do
      local p = not named[h.name] and predict(evidence[i].scene, h)
      if p and evidence[i].output:equal(p) then agree = agree + 1 end
    end
    if agree > best.agree then best = {agree = agree, mistake = h} end
  end
  best.of = (#evidence + step - 1) // step
  return best
end

local function finding(made, settled, e, list)
  local named = {}
  for _, h in ipairs(made) do named[h.name] = true end
  return {
    kind = "explained", mistakes = made, condition = settled.text, agree = #e.made,
    telling = #e.made, unmade = #e.unmade, next = next_best(e.made, named, list),
  }
end

-- Mistakes that predict the answer to the given case.
local function candidates(given, list)
  local fit = {}
  for _, h in ipairs(list) do
    local p = predict(given.scene, h)
    if p and given.output:equal(p) then fit[#fit + 1] = h end
  end
  return fit
end

local function explain_by_one(given, answers, list)
  local best
  for _, h in ipairs(candidates(given, list)) do
    local e = examine(answers, function(a) return predict(a.scene, h) end)
    local settled = explanation_of(e, given.case)
    -- the one that needs no condition, else the one that is seen most often
    local better = settled and (not best or best.text and (not settled.text or settled.agree > best.agree))
    if better then
      best = settled
      best.mistake, best.evidence = h, e
    end
  end
  return best and finding({best.mistake}, best, best.evidence, list)
end

-- Mistakes that change the answer to a case at all: the others can't be half of a pair there.
local function effective(given, list)
  local fit = {}
  for _, h in ipairs(list) do
    local p = predict(given.scene, h)
    if p and not p:equal(given.scene.want) then fit[#fit + 1] = h end
  end
  return fit
end

local function is_predicted(a, list)
  for _, h in ipairs(list) do
    local p = predict(a.scene, h)
    if p and a.output:equal(p) then return true end
  end
end

-- The wrong answer that costs least to predict, among those that no single mistake predicts, so that both of a pair
-- must show in it; nil if there is none.
local function smallest_puzzle(given, answers, list)
  local wrong = {given}
  for _, a in ipairs(answers) do
    if not a.right then wrong[#wrong + 1] = a end
  end
  local function cost(a) return #a.output * #a.scene.facts.weights end
  table.sort(wrong, function(a, b) return cost(a) < cost(b) end)
  for _, a in ipairs(wrong) do
    if not is_predicted(a, list) then return a end
  end
end

-- Two mistakes that together predict every answer.
local function explain_by_two(given, answers, list)
  local probe = smallest_puzzle(given, answers, list)
  local fit = probe and effective(probe, list) or {}
  for i, a in ipairs(fit) do
    for k = i + 1, #fit do
      local b = fit[k]
      local p = predict(probe.scene, a, b)
      if p and probe.output:equal(p) then
        local e = examine(answers, function(answer) return predict(answer.scene, a, b) end)
        local settled = explanation_of(e, given.case)
        if settled and not settled.text then return finding({a, b}, settled, e, list) end
      end
    end
  end
end

--- The mistake or the two of the list that explain the answer to the given case and all others: {mistakes =,
--- condition =, agree =, telling =, unmade =, next =}; nil if none do.
function hypotheses.search(given, answers, list)
  return explain_by_one(given, answers, list) or explain_by_two(given, answers, list)
end

return hypotheses
