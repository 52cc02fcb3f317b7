-- explain.lua: which mistake makes a subject answer as it does?
-- A mistake is named only if it predicts, bit for bit, every answer to the case and to all telling
-- ones: on integers, where no rounding can hide it or excuse it.

local conditions = require "conditions"
local mistakes = require "mistakes"
local shapes = require "shapes"
local shrink = require "shrink"
local taps = require "taps"
local telling = require "telling"

local explain = {}

local ENOUGH = 2 -- telling cases, besides the one asked about, below which nothing is claimed

-- The subject's answer to a case, with the case's scene; nil if there is none to compare.
local function ask(tested, c)
  local result = tested:test(c)
  local output = result.tensors.output
  local scene = output and taps.scene(c)
  return scene and {case = c, scene = scene, output = output, right = output:equal(scene.want)}
end

-- The subject's answer to one gradient of a backward case, likewise.
local function ask_gradient(tested, c, name)
  local output = tested:test(c).tensors[name]
  local scene = output and taps.gradient_scene(c, name)
  return scene and {case = c, scene = scene, output = output, right = output:equal(scene.want)}
end

-- What the model answers with these mistakes made; nil where they can't be made, false where that
-- depends on what nobody knows.
local function predict(scene, ...)
  local list = table.pack(...)
  local good, output = pcall(function()
    local m = taps.model(scene)
    for i = 1, list.n do list[i].apply(m) end
    if scene.gradient then return #m.finish == 0 and taps.gradients(m, scene.grad_output)[scene.gradient] end
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
local function settle(e, given)
  if #e.made < ENOUGH or e.other > 0 then return nil end
  if #e.unmade == 0 then return {text = nil, agree = #e.made} end
  local made = cases_of(e.made)
  made[#made + 1] = given
  local text = conditions.separate(made, cases_of(e.unmade))
  return text and {text = text, agree = #e.made}
end

-- How many of the telling answers the best other single mistake predicts.
local function next_best(evidence, named)
  local best = {agree = 0}
  local step = math.max(1, #evidence // 14)
  for _, h in ipairs(mistakes) do
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

local function finding(list, settled, e)
  local named = {}
  for _, h in ipairs(list) do named[h.name] = true end
  return {
    kind = "explained", mistakes = list, condition = settled.text, agree = #e.made,
    telling = #e.made, unmade = #e.unmade, next = next_best(e.made, named),
  }
end

-- Mistakes that predict the answer to the given case.
local function candidates(given)
  local list = {}
  for _, h in ipairs(mistakes) do
    local p = predict(given.scene, h)
    if p and given.output:equal(p) then list[#list + 1] = h end
  end
  return list
end

local function explain_by_one(given, answers)
  local best
  for _, h in ipairs(candidates(given)) do
    local e = examine(answers, function(a) return predict(a.scene, h) end)
    local settled = settle(e, given.case)
    -- the one that needs no condition, else the one that is seen most often
    local better = settled and (not best or best.text and (not settled.text or settled.agree > best.agree))
    if better then
      best = settled
      best.mistake, best.evidence = h, e
    end
  end
  return best and finding({best.mistake}, best, best.evidence)
end

-- Mistakes that change the answer to a case at all: the others can't be half of a pair there.
local function effective(given)
  local list = {}
  for _, h in ipairs(mistakes) do
    local p = predict(given.scene, h)
    if p and not p:equal(given.scene.want) then list[#list + 1] = h end
  end
  return list
end

-- Of the wrong answers the one that costs least to predict.
local function smallest_wrong(given, answers)
  local best = given
  for _, a in ipairs(answers) do
    if not a.right and #a.output * #a.scene.facts.weights < #best.output * #best.scene.facts.weights then best = a end
  end
  return best
end

-- Two mistakes that together predict every answer.
local function explain_by_two(given, answers)
  local probe = smallest_wrong(given, answers)
  local list = effective(probe)
  for i, a in ipairs(list) do
    for k = i + 1, #list do
      local b = list[k]
      local p = predict(probe.scene, a, b)
      if p and probe.output:equal(p) then
        local e = examine(answers, function(answer) return predict(answer.scene, a, b) end)
        local settled = settle(e, given.case)
        if settled and not settled.text then return finding({a, b}, settled, e) end
      end
    end
  end
end

-- ---- shapes

local function same_shape(a, b, first)
  for i = 1, 3 do
    if a[first + i] ~= b[i] then return false end
  end
  return true
end

-- Answers of output_shape: {case, facts, shape}.
local function ask_shape(tested, c)
  local shape = tested:test(c).output_shape
  local scene = shape and taps.scene(c)
  return scene and #shape >= 3 and {case = c, facts = scene.facts, shape = shape}
end

local function explain_shape(given, answers)
  for _, h in ipairs(shapes) do
    local agree, tells = 0, 0
    local function says(a) return same_shape(a.shape, h.shape(a.facts), #a.shape - 3) end
    local good = says(given)
    for _, a in ipairs(answers) do
      local right = same_shape(a.scene_shape, h.shape(a.facts), #a.scene_shape - 3)
      good = good and says(a)
      if not right then
        tells = tells + 1
        agree = agree + (says(a) and 1 or 0)
      end
    end
    if good and agree >= ENOUGH then
      return {kind = "explained", mistakes = {h}, agree = agree, telling = tells, unmade = 0, next = {agree = 0, of = 0}}
    end
  end
end

-- ---- the search

-- Answers to all cases that may tell hypotheses about c apart.
local function ask_all(tested, c, how)
  local list, keys = telling.neighbours(c), {}
  local direction = c.direction ~= "forward" and {direction = c.direction} or nil
  keys.direction = direction and c.direction
  if c.dtype ~= "float32" then keys.dtype = c.dtype end
  if c.layout ~= "nchw" then keys.layout = c.layout end
  local plain = telling.cases(direction)
  table.move(plain, 1, #plain, #list + 1, list)
  if keys.dtype or keys.layout then
    local own = telling.cases(keys)
    table.move(own, 1, #own, #list + 1, list)
  end
  local answers = {}
  for _, case_asked in ipairs(list) do answers[#answers + 1] = how(tested, case_asked) or nil end
  return answers
end

local MUCH = 200000 -- products, from which on a smaller case is looked for first

local function is_small(c)
  local output, products = c:expect().output_shape, c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
  for _, n in ipairs(output or {}) do products = products * n end
  return products <= MUCH
end

-- The case on small integers; another seed where these do not show the mistake.
local function first_exact_failure(tested, c)
  local exact, result
  for seed = 0, 3 do
    exact = c:with {data = "integers", values = false, direction = "forward", seed = seed}
    result = tested:test(exact)
    if result.class == "failed" then break end
  end
  if result.class == "failed" and not is_small(exact) then
    exact = shrink.reduce(tested, exact, result.verdict, is_small, 4)
    result = tested:test(exact)
  end
  return exact, result
end

-- A mistake that predicts a gradient which is wrong, where the forward pass is right.
local function explain_gradients(tested, c)
  local exact = c:with {data = "integers", values = false}
  for _, name in ipairs {"grad_weight", "grad_input"} do
    local function how(subject, asked) return ask_gradient(subject, asked, name) end
    local given = how(tested, exact)
    local found = given and not given.right and explain_by_one(given, ask_all(tested, exact, how))
    if found then
      found.gradient, found.case, found.result = name, exact, tested:test(exact)
      return found
    end
  end
end

--- Explains why the subject fails the case. Returns {kind =, ...}:
---   "right"      the subject answers the case rightly: nothing to explain
---   "silent"     there is no answer to explain: it was rejected, crashed ...; see result
---   "numeric"    right on integers: the elements are the right ones, the arithmetic is not
---   "gradients"  the forward pass is right, and no mistake predicts the gradients
---   "explained"  mistakes, condition, agree of telling cases, next best; gradient: the one that is wrong
---   "unknown"    no mistake of the list predicts the answers
function explain.search(tested, c)
  local result = tested:test(c)
  local function simply(kind) return {kind = kind, result = result, case = c} end
  if result.class ~= "failed" then return simply "right" end
  local exact, now = first_exact_failure(tested, c)
  if now.verdict == "wrong shape" then
    local function how(subject, asked)
      local a = ask_shape(subject, asked)
      if a then a.scene_shape = asked:expect().output_shape end
      return a
    end
    local found = explain_shape(how(tested, exact), ask_all(tested, exact, how)) or simply "unknown"
    found.result, found.case = now, exact
    return found
  end
  local given = ask(tested, exact)
  if not given then return simply "silent" end
  if given.right then
    if c.direction ~= "backward" then return simply "numeric" end
    return explain_gradients(tested, c) or simply "gradients"
  end
  local answers = ask_all(tested, exact, ask)
  local found = explain_by_one(given, answers) or explain_by_two(given, answers) or simply "unknown"
  found.result, found.case, found.output, found.want = now, exact, given.output, given.scene.want
  return found
end

return explain
