-- explain.lua: which mistake makes a subject answer as it does?
-- A mistake is named only if it predicts, bit for bit, the answers to the case and to all telling
-- cases (telling.lua). They run on integers, so that no rounding can hide a mistake or excuse it.

local backward = require "explain.mistakes.backward"
local complex = require "explain.complex"
local hypotheses = require "explain.hypotheses"
local mistakes = require "explain.mistakes"
local patience = require "explain.patience"
local places = require "explain.places"
local points = require "explain.points"
local regions = require "explain.regions"
local shapes = require "explain.shapes"
local shared = require "explain.shared"
local shrink = require "shrink.shrink"
local sized = require "explain.sized"
local sizes = require "explain.sizes"
local taps = require "explain.taps"
local telling = require "explain.telling"

local explain = {}

-- The subject's answer to a case, with the case's scene; nil if there is no answer to compare.
local function ask(tested, c)
  local result = patience.step(tested.test, tested, c)
  local output = result.tensors.output
  local scene = output and taps.scene(c)
  if not scene then return nil, result.class == "skipped" end
  return {case = c, scene = scene, output = output, right = output:equal(scene.want)}, false
end

-- The subject's answer to one gradient of a backward case, likewise.
local function ask_gradient(tested, c, name)
  local result = patience.step(tested.test, tested, c)
  local output = result.tensors[name]
  local scene = output and taps.gradient_scene(c, name)
  if not scene then return nil, result.class == "skipped" end
  return {case = c, scene = scene, output = output, right = output:equal(scene.want)}, false
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
  local result = patience.step(tested.test, tested, c)
  local shape = result.output_shape
  local scene = shape and taps.scene(c)
  if not scene or #shape < 3 then return nil, result.class == "skipped" end
  return {case = c, facts = scene.facts, shape = shape, scene_shape = c:expect().output_shape}, false
end

-- What an answer says of a mistake about the shape, as sized.lua has it of one about values.
local function judge_shape(a, h)
  local said = h.shape(a.facts)
  if not said then return nil end
  local tells = not same_shape(a.scene_shape, said, #a.scene_shape - 3)
  if same_shape(a.shape, said, #a.shape - 3) then return tells and "made" or nil end
  local right = same_shape(a.shape, {table.unpack(a.scene_shape, #a.scene_shape - 2)}, #a.shape - 3)
  return not right and "other" or tells and "unmade" or nil
end

-- Cases of answers that say this of a mistake; nil if one says something else than "made" or "unmade".
local function sort_shapes(answers, h)
  local sorted = {made = {}, unmade = {}}
  for _, a in ipairs(answers) do
    local says = judge_shape(a, h)
    if says == "other" then return nil end
    if says then table.insert(sorted[says], a.case) end
  end
  return sorted
end

local function explain_shape(tested, given, answers, how)
  for _, conditional in ipairs {false, true} do
    for _, h in ipairs(shapes) do
      local sorted = given and judge_shape(given, h) == "made" and sort_shapes(answers, h)
      if sorted and #sorted.made >= hypotheses.ENOUGH and conditional == (#sorted.unmade > 0) then
        local learnt = {}
        if conditional then
          table.insert(sorted.made, given.case)
          learnt = sized.learner(tested, how, judge_shape)(h, sorted.made, sorted.unmade)
        end
        if learnt then
          return {kind = "explained", mistakes = {h}, condition = learnt.text, test = learnt.test, agree = #sorted.made,
            telling = #sorted.made, unmade = #sorted.unmade, next = {agree = 0, of = 0}}
        end
      end
    end
  end
end

-- ---- the search

-- Answers to all cases that may distinguish hypotheses about c.
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
  for _, case_asked in ipairs(list) do answers[#answers + 1] = (how(tested, case_asked)) end
  return answers
end

local MUCH, MANY = 200000, 20000 -- products and elements, from which on a smaller case is looked for first

local function is_small(c)
  local products, elements = points.cost(points.of(c))
  return products <= MUCH and elements <= MANY
end

-- The case on small integers; another seed where these do not show the mistake, a smaller case where it is large. Its result, and the
-- large one, if it was made smaller.
local function first_exact_failure(tested, c, direction)
  local exact, result
  for seed = 0, 3 do
    exact = c:with {data = "integers", values = false, direction = direction, seed = seed}
    result = patience.step(tested.test, tested, exact)
    if result.class == "failed" then break end
  end
  if result.class == "failed" and not is_small(exact) then
    local whole = exact
    exact = shrink.reduce(patience.subject(tested), exact, result.verdict, is_small, 4, (patience.left() or 30) / 3)
    return exact, tested:test(exact), whole
  end
  return exact, result
end

-- The answer to a case that was made smaller, in a list: what explains the smaller one must foretell it, too. Empty where there is none,
-- or where it takes too long.
local function whole_answer(tested, whole, how)
  return whole and points.cost(points.of(whole)) <= sized.SMALL and {(how(tested, whole))} or {}
end

-- The finding about a wrong answer of which the verdict is known; {kind = "unknown"} if there is none. whole: the case that was made
-- smaller, or nil.
local function find(tested, given, verdict, how, list, whole)
  local c, answers, found = given.case, nil, nil
  local more = whole_answer(tested, whole, how)
  local function asked()
    local all = ask_all(tested, c, how)
    return table.move(more, 1, #more, #all + 1, all)
  end
  if verdict ~= "unwritten" and is_small(c) then
    answers = asked()
    found = hypotheses.search(given, answers, list, sized.learner(tested, how))
  end
  if verdict ~= "unwritten" and not found then found = sized.search(tested, c, verdict, how, list, more) end
  if found or not is_small(c) and verdict ~= "unwritten" then return found or {kind = "unknown"} end
  answers = answers or asked()
  return verdict ~= "unwritten" and hypotheses.search_two(given, answers, list)
    or not given.scene.gradient and places.search(given, answers, verdict, sized.learner(tested, how, places.judged)) or {kind = "unknown"}
end

-- What predicts one gradient; nil where it is right, {kind = "unknown"} where nothing does.
local function explain_gradient(tested, exact, name, whole)
  local function how(subject, asked) return ask_gradient(subject, asked, name) end
  local given = how(tested, exact)
  if not given or given.right then return nil end
  local found = find(tested, given, "wrong value", how, backward[name], whole)
  found.gradients = {name}
  return found
end

local function names_of(found)
  local names = {}
  for i, h in ipairs(found.mistakes or {}) do names[i] = h.name end
  return table.concat(names, "+") .. "@" .. (found.condition or "")
end

-- Finds mistakes that predict the wrong gradients, where the forward pass is right. Returns the first finding, with all
-- gradients for which it holds; found.others are the findings on the other gradients. On integers all gradients may be right.
local function explain_gradients(tested, c)
  local exact, result, whole = first_exact_failure(tested, c, "backward")
  local findings, by_names = {}, {}
  for _, name in ipairs {"grad_weight", "grad_input", "grad_bias"} do
    local found = explain_gradient(tested, exact, name, whole)
    local same = found and found.mistakes and by_names[names_of(found)]
    if same then
      table.insert(same.gradients, name)
    elseif found then
      -- one that is explained comes first
      table.insert(findings, found.mistakes and #by_names + 1 or #findings + 1, found)
      if found.mistakes then
        by_names[names_of(found)] = found
        by_names[#by_names + 1] = found
      end
    end
  end
  local first = findings[1]
  if not first then return {kind = "numeric", case = c, result = tested:test(c)} end
  if not first.mistakes then first = {kind = "gradients"} end
  first.others = {table.unpack(findings, 2)}
  first.case, first.result = exact, result
  return first
end

-- Explains why the subject fails the case. Returns {kind =, ...}:
--   "right"      the subject answers the case rightly: nothing to explain
--   "silent"     there is no answer to explain: it was rejected, crashed ...; see result
--   "random"     fresh parameters: nothing predicts them; the judge says how they are distributed
--   "numeric"    right on integers: the elements are the right ones, the arithmetic is not
--   "gradients"  the forward pass is right, and no mistake predicts the gradients
--   "explained"  mistakes, condition, agree of telling cases, next best; gradients: the wrong ones that it
--                explains, others: findings on the rest
--   "unknown"    no mistake of the list predicts the answers
--   "late"       the time is over
-- Without mistakes there may be contents, {name = of the result, text = what its wrong elements are}, and shared, what the calls that
-- fail have in common (shared.lua).
local function search(tested, c)
  local result = patience.step(tested.test, tested, c)
  local function simply(kind) return {kind = kind, result = result, case = c} end
  if result.class == "broken" then cts.fail(3, result.words) end
  if result.class == "skipped" then return simply "silent" end
  if result.class ~= "failed" then return simply "right" end
  if c.direction == "init" then return simply "random" end
  if c.dtype:find "complex" then
    local found = result.verdict ~= "wrong shape" and complex.search(tested, c) or simply "unknown"
    found.result, found.case = result, c
    return found
  end
  local exact, now, whole = first_exact_failure(tested, c, "forward")
  if now.verdict == "wrong shape" then
    local found = explain_shape(tested, ask_shape(tested, exact), ask_all(tested, exact, ask_shape), ask_shape) or simply "unknown"
    found.result, found.case = now, exact
    return found
  end
  if now.class == "failed" and not is_small(c) then
    local found = sizes.search(tested, exact)
    if found then
      found.result, found.case = now, exact
      return found
    end
  end
  local given = ask(tested, exact)
  if not given and now.class == "skipped" and c.direction == "backward" then return explain_gradients(tested, c) end
  if not given then
    local found = simply "silent"
    found.shared = now.class == "failed" and shared.search(tested, exact, now.verdict) or nil
    return found
  end
  if given.right then
    if c.direction ~= "backward" then return simply "numeric" end
    return explain_gradients(tested, c)
  end
  local found = find(tested, given, now.verdict, ask, mistakes, whole)
  found.result, found.case, found.output, found.want = now, exact, given.output, given.scene.want
  if found.kind == "unknown" then found.shared = shared.search(tested, exact, now.verdict) end
  return found
end

local MOST = 300000 -- elements of a result whose wrong ones are looked at one by one

-- What the wrong elements of the first wrong result are: {name = of the result, text =}, or nil.
local function contents_of(found)
  local c, tensors = found.result.case, found.result.tensors or {}
  for _, name in ipairs {"output", "grad_input", "grad_weight", "grad_bias"} do
    local got = tensors[name]
    local told = got and #got <= MOST and not c.dtype:find "complex"
    local scene = told and (name == "output" and taps.scene(c) or taps.gradient_scene(c, name))
    if scene and not got:equal(scene.want) then
      local list = found.result.verdict ~= "unwritten" and regions.contents {{case = c, scene = scene, output = got}} or {}
      if list[1] then return {name = name, text = list[1].text, kind = list[1].name} end
    end
  end
end

--- Whether an explained finding foretells the answer to another case: "right", "wrong"; nil: it says nothing of that case. Of a
--- gradient, the finding on that.
function explain.foretells(tested, found, c)
  local gradient = found.gradients and found.gradients[1]
  if (gradient ~= nil) ~= (c.direction == "backward") or c:expect().status ~= "ok" then return nil end
  local asked = c:with {data = "integers", values = false}
  local holds = not found.test or found.test(points.view(points.of(asked)))
  local h, is_shape = found.mistakes[1], found.mistakes[1].shape ~= nil
  local a
  if gradient then a = ask_gradient(tested, asked, gradient) else a = (is_shape and ask_shape or ask)(tested, asked) end
  if not a or #found.mistakes > 1 or h.text:find "an index had" then return nil end
  local is_known = is_shape or h.judge or hypotheses.predict(a.scene, h) ~= false -- it may read memory that nobody can know
  if not is_known then return nil end
  local says = (is_shape and judge_shape or sized.judged)(a, h)
  if says == nil then return nil end
  return says == (holds and "made" or "unmade") and "right" or "wrong"
end

--- What an implementation behaves as, of an explained finding: "as if ...", and ", where ..." or "".
function explain.words(found)
  local texts = {}
  for i, m in ipairs(found.mistakes) do texts[i] = m.text end
  return "as if " .. table.concat(texts, ", and "), found.condition and ", where " .. found.condition or ""
end

local looked_at = {right = true, silent = true, random = true, numeric = true}

--- The same within so many seconds; 20 if none are given.
function explain.search(tested, c, seconds)
  local found = patience.try(seconds or 20, search, tested, c) or {kind = "late", result = tested:test(c), case = c}
  if not found.mistakes and not looked_at[found.kind] then found.contents = contents_of(found) end
  return found
end

return explain
