-- hypotheses.lua: which mistakes of a list predict every answer of a subject, bit for bit: one mistake,
-- one under a condition, or two together.
-- An answer is {case =, scene =, output =, right =}; scenes and models are those of taps.lua.

local patience = require "explain.patience"
local taps = require "explain.taps"

local hypotheses = {ENOUGH = 2} -- with fewer telling cases, besides the given one, nothing is claimed

-- What the model answers if it makes these mistakes. nil: they can't be made here; false: the answer depends on
-- something that nobody can know.
function hypotheses.predict(scene, ...)
  local list = table.pack(...)
  patience.check()
  local good, output = patience.pcall(function()
    local m = taps.model(scene)
    for i = 1, list.n do list[i].apply(m) end
    if scene.gradient then return #m.finish == 0 and not m.unpredictable and taps.gradient(m, scene) end
    return not m.unpredictable and taps.output(m)
  end)
  if good then return output end
end
local predict = hypotheses.predict

local LARGE = 20000 -- elements, from which on a mistake is tried on a few of them first

-- A few wrong and right indices of each axis of a large output, with what the subject has there.
local function excerpt(a)
  local m, got, want = a.scene.facts, a.output, a.scene.want
  local chosen = {outs = {}, rows = {}, columns = {}}
  local seen = {outs = {}, rows = {}, columns = {}}
  local function take(e)
    for name, i in pairs {outs = e // (m.y.out * m.x.out) % m.outs, rows = e // m.x.out % m.y.out, columns = e % m.x.out} do
      if not seen[name][i] then
        seen[name][i] = true
        table.insert(chosen[name], i)
      end
    end
  end
  local first, last, right
  for e = 1, #want do
    if got[e] ~= want[e] then first, last = first or e, e else right = right or e end
  end
  for _, e in ipairs {first or 1, last or 1, right or 1, #want} do take(e - 1) end
  local values, x = {}, m.x.out
  for n = 0, m.images - 1 do
    for _, k in ipairs(chosen.outs) do
      for _, i in ipairs(chosen.rows) do
        for _, j in ipairs(chosen.columns) do values[#values + 1] = got[((n * m.outs + k) * m.y.out + i) * x + j + 1] end
      end
    end
  end
  chosen.values = tensor.new({m.images, #chosen.outs, #chosen.rows, #chosen.columns}, want.dtype, values)
  return chosen
end

-- Whether a mistake can be what is behind a large answer, by a few of its elements.
local function may_foretell(a, h)
  if a.scene.gradient or #a.output < LARGE then return true end
  a.excerpt = a.excerpt or excerpt(a)
  patience.check()
  local good, fits = patience.pcall(function()
    local m = taps.model(a.scene)
    h.apply(m)
    if m.unpredictable then return false end
    local some = taps.some(m, a.excerpt)
    return not some or some:equal(a.excerpt.values)
  end)
  return good and fits
end

--- Whether a mistake predicts an answer.
function hypotheses.foretells(a, h)
  if not may_foretell(a, h) then return false end
  local p = predict(a.scene, h)
  return p and a.output:equal(p) or false
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
    kind = "explained", mistakes = made, condition = settled.text, test = settled.test, agree = #e.made,
    telling = #e.made, unmade = #e.unmade, next = next_best(e.made, named, list),
  }
end

-- Mistakes that predict the answer to the given case.
local function candidates(given, list)
  local fit = {}
  for _, h in ipairs(list) do
    if hypotheses.foretells(given, h) then fit[#fit + 1] = h end
  end
  return fit
end

-- One mistake: one that needs no condition, else the one that is seen most often, under the condition that `learn` finds.
local function explain_by_one(given, answers, list, learn)
  local rest = {}
  for i, h in ipairs(candidates(given, list)) do
    local e = examine(answers, function(a) return predict(a.scene, h) end)
    if #e.made >= hypotheses.ENOUGH and e.other == 0 then
      if #e.unmade == 0 then return finding({h}, {}, e, list) end
      rest[#rest + 1] = {mistake = h, evidence = e, order = i}
    end
  end
  table.sort(rest, function(a, b)
    local more, less = #a.evidence.made, #b.evidence.made
    return more > less or more == less and a.order < b.order
  end)
  for _, r in ipairs(rest) do
    local made = cases_of(r.evidence.made)
    made[#made + 1] = given.case
    local learnt = learn(r.mistake, made, cases_of(r.evidence.unmade))
    if learnt then return finding({r.mistake}, learnt, r.evidence, list) end
  end
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
  local wrong = 0
  for _, a in ipairs(answers) do wrong = wrong + (a.right and 0 or 1) end
  if wrong < hypotheses.ENOUGH then return nil end
  local probe = smallest_puzzle(given, answers, list)
  local fit = probe and effective(probe, list) or {}
  for i, a in ipairs(fit) do
    for k = i + 1, #fit do
      local b = fit[k]
      local p = predict(probe.scene, a, b)
      if p and probe.output:equal(p) then
        local e = examine(answers, function(answer) return predict(answer.scene, a, b) end)
        if #e.made >= hypotheses.ENOUGH and e.other == 0 and #e.unmade == 0 then return finding({a, b}, {}, e, list) end
      end
    end
  end
end

--- The mistake of the list that explains the answer to the given case and all others: {mistakes =, condition =, agree =,
--- telling =, unmade =, next =}; nil if none does. learn (mistake, made, unmade cases): its condition, as of learning.search.
function hypotheses.search(given, answers, list, learn)
  return explain_by_one(given, answers, list, learn)
end

--- Likewise, of two mistakes that are made together.
function hypotheses.search_two(given, answers, list)
  return explain_by_two(given, answers, list)
end

return hypotheses
