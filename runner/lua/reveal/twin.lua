-- twin.lua: what an implementation's own order and arithmetic give on a case's own data, against what it answers.
-- Orders are revealed once for each shape; cases that differ in their data alone share them.

local allowance = require "time.allowance"
local asker = require "reveal.asker"
local drawing = require "reveal.drawing"
local parts = require "reveal.parts"
local reveal = require "reveal.reveal"
local words = require "reveal.words"

local twin = {}
twin.__index = twin

local MOST_KEPT = 16 -- orders of shapes
local MOST_SECONDS = 20 -- to reveal one
local MOST_ASKED = 8 -- elements that differ from their class, by themselves
local FEW = 0.01 -- the part of a result that may be a fault; more is another way of computing

local results = {forward = {"output"}, backward = {"grad_input", "grad_weight", "grad_bias"}}

local recipes = {}
for _, r in ipairs(cts.recipes()) do recipes[r.name] = r end

--- A twin of a subject. settings.expired (): whether to stop. A shape that takes too long is not revealed.
function twin.new(tested, settings)
  return setmetatable({tested = tested, settings = settings or {}, kept = {}, order = {}}, twin)
end

-- What the recipes of a case's data are like: whether all numbers are finite, not all of them 0, and whether every sum of them
-- is exact.
local function data_of(c)
  local finite, exact = true, true
  for name in c.data:gmatch "%a+" do
    local r = recipes[name]
    finite = finite and r and r.finite and name ~= "zeros"
    exact = exact and r and r.exact
  end
  return finite, exact
end

local REAL = {data = "normal", seed = 101} -- others than those that orders are found with

--- The case by which a twin judges a case: itself, or the same call on real numbers where every sum is exact, in whatever order
--- it is added; nil if neither has sums that depend on their order.
function twin.question(c)
  if not results[c.direction] or c.values or asker.refusal(c) or c:expect().status ~= "ok" then return nil end
  local finite, exact = data_of(c)
  if not finite then return nil end
  return exact and c:with(REAL) or c
end

local function name_of(c, result)
  return c:with({values = false, data = "normal", seed = 1}).id .. " " .. result
end

-- The orders of a case's shape: reveal's finding, or {why =}.
function twin:orders(c, result)
  local name = name_of(c, result)
  if self.kept[name] then return self.kept[name] end
  local expired, outer = allowance(MOST_SECONDS), self.settings.expired
  local found, why = reveal.of(self.tested, c, result, {expired = function() return expired() or (outer and outer()) end})
  self.kept[name] = found or {why = why}
  table.insert(self.order, name)
  if #self.order > MOST_KEPT then self.kept[table.remove(self.order, 1)] = nil end
  return self.kept[name]
end

-- What each class predicts of a trial, and at which elements it does not fit.
local function predictions(found, t)
  local list = {}
  for i, class in ipairs(found.classes) do
    local values, bad = class.predict(t), {}
    for _, e in ipairs(sums.differing(values, t.got)) do bad[e] = true end
    list[i] = {values = values, bad = bad}
  end
  return list
end

-- Elements of a class that have not what it predicts, nor what any other class does. One that another class predicts may be
-- of that class, which data before did not tell; it is no fault.
local function odd_elements_of(class, i, made)
  local odd = {}
  for _, e in ipairs(class.good) do
    local fits = not made[i].bad[e]
    for _, m in ipairs(fits and {} or made) do fits = fits or not m.bad[e] end
    if not fits then odd[#odd + 1] = e end
  end
  return odd
end

-- The odd elements of all classes, in order. A class that has any gets another arithmetic, where one predicts all of its
-- elements. Also what each class predicts; nil and why where a call was not answered.
local function odd_elements(found, t)
  local made, odd = predictions(found, t), {}
  for i, class in ipairs(found.classes) do
    local list = odd_elements_of(class, i, made)
    local refined, why = false, nil
    if #list > 0 then refined, why = reveal.refine(found, class, t, list[1]) end
    if why then return nil, why end
    if refined then made = predictions(found, t) else table.move(list, 1, #list, #odd + 1, odd) end
  end
  table.sort(odd)
  return odd, made
end

-- How many elements of a class's own tree, such as the failing element's, are predicted: the class, or nil.
local function class_with_tree(found, node)
  if not node then return nil end
  local bias = found.asker.sums.leaves
  local text = table.concat(drawing.lines(node, bias), "\n")
  for _, class in ipairs(found.classes) do
    if class.tree and table.concat(drawing.lines(class.tree, bias), "\n") == text then return class end
  end
end

-- Of the elements without a class, those that add as a class does, and yet have other bits.
local function same_tree_elements(found)
  local list = {}
  for _, f in ipairs(found.failures) do
    if f.word == "arithmetic" and class_with_tree(found, f.tree) then list[#list + 1] = f.element end
  end
  return list
end

-- Bits as an integer that grows with the value.
local function rank(dtype, v)
  local bits, width = cts.bits(dtype, v), dtype == "float64" and 64 or dtype == "float32" and 32 or 16
  local sign = 1 << (width - 1)
  return bits & sign ~= 0 and -(bits & ~sign) or bits
end

-- How many units in the last place an answer is from what a class predicts there, at least.
local function distance(found, t, made, e)
  local least
  for _, m in ipairs(made) do
    local d = math.abs(rank(found.case.dtype, m.values[e + 1]) - rank(found.case.dtype, t.got[e + 1]))
    least = math.min(least or d, d)
  end
  return least
end

-- A sentence about elements that are not as predicted.
local function say_odd(found, t, made, odd)
  local ulps = distance(found, t, made, odd[1])
  return ("within the bound, but %d of %d elements of %s %s not what this implementation's own order gives: %s, %d ulp"):format(
    #odd, found.elements, found.result, #odd == 1 and "is" or "are", words.element(odd[1], found), ulps)
end

-- What a way of computing has that a user should know of, however well it is predicted.
local function remarks(found)
  local list, seen = {}, {}
  for _, class in ipairs(found.classes) do
    local a, text = class.arithmetic, nil
    if a.operand_bits then text = ("operands are rounded to %d bits"):format(a.operand_bits) end
    if a.store then text = words.stored(a, parts.without_bias(class.tree, found.asker.sums.leaves)) end
    if text and not seen[text] then
      seen[text] = true
      list[#list + 1] = text
    end
  end
  return list
end

local function union(a, b)
  local set, list = {}, {}
  for _, part in ipairs {a, b} do
    for _, e in ipairs(part) do
      if not set[e] then list[#list + 1] = e end
      set[e] = true
    end
  end
  table.sort(list)
  return list
end

-- Why the elements without a class have none, or those of a class are not as it predicts.
local function say_reason(found)
  if found.unstable then return "unstable", "the same call gives other bits when it is repeated" end
  local f = found.failures[1]
  if f then return f.word, f.why end
  if found.too_many then return "many", ("after %d ways of adding its elements there were others"):format(#found.classes) end
  if #found.unexplained > 0 then return "time", asker.NO_TIME end
  return "data", "what predicts it on other data does not here"
end

-- Of elements that differ from their classes, those that do not add in an order of their own, as far as a few of them tell; how
-- many do; why one could not be asked.
local function without_own_order(found, t, elements)
  local left, own = {}, 0
  for i, e in ipairs(elements) do
    local has, why
    if i <= MOST_ASKED then
      has, why = reveal.has_own_order(found, t, e)
      if why == asker.NO_TIME then return {}, own, why end
    end
    if has then own = own + 1 else left[#left + 1] = e end
  end
  if own == MOST_ASKED then left = {} end
  return left, own
end

local smallest_normal = {} -- of each dtype that has any
for _, d in ipairs(cts.dtypes()) do smallest_normal[d.name] = 2.0 ^ (2 - 2 ^ (d.exponent - 1)) end

local FLUSHES = 1 << 2 -- CONV2D_FLUSHES_SUBNORMALS of conv2d_abi.h

-- Whether a subject may take or give subnormals as zero, and some of these numbers are subnormal.
local function may_flush(tested, dtype, tensors)
  if tested.claims & FLUSHES == 0 and not tested.numerics:find "flush" then return false end
  for _, t in pairs(tensors) do
    for i = 1, #t do
      if t[i] ~= 0 and math.abs(t[i]) < smallest_normal[dtype] then return true end
    end
  end
  return false
end

local function may_flush_in(tested, found, t, made)
  for _, m in ipairs(made) do
    if may_flush(tested, found.case.dtype, {m.values}) then return true end
  end
  return may_flush(tested, found.case.dtype, t.values)
end

-- The elements that have not the bits that they ought to have, of those that are not predicted; how many that are not predicted
-- turn out to be right; why none was looked for.
local function find_faults(found, t, odd, made)
  local same, suspects = same_tree_elements(found), {}
  for _, e in ipairs(#same > 0 and union(odd, found.unexplained) or odd) do
    if distance(found, t, made, e) > 0 then suspects[#suspects + 1] = e end
  end
  return without_own_order(found, t, suspects)
end

local function judge_result(tested, found, t)
  local r = {found = found, result = found.result, elements = found.elements, predicted = 0}
  local odd, made = odd_elements(found, t)
  r.remarks = remarks(found)
  if not odd then
    r.kind, r.why = made == asker.NO_TIME and "time" or "refused", made
    return r
  end
  if not found.unstable then r.predicted = found.elements - #odd - #found.unexplained end
  if r.predicted == r.elements then return r end
  local own, faults, late = 0, {}, nil
  if not found.unstable and r.elements - r.predicted <= math.max(1, FEW * r.elements) then
    if may_flush_in(tested, found, t, made) then
      r.kind, r.why = "flush", "the implementation may do that (SPECIAL-6)"
      return r
    end
    faults, own, late = find_faults(found, t, odd, made)
  end
  r.predicted = r.predicted + own
  if late then
    r.kind, r.why = "time", late
  elseif #faults > 0 then
    r.odd, r.says = faults, say_odd(found, t, made, faults)
  elseif r.predicted < r.elements then
    r.kind, r.why = say_reason(found)
  end
  return r
end

-- Whether one of the elements is beyond what plain arithmetic may do to it.
local function is_beyond(elements, got, detail)
  local bound = oracle.bound(got, detail)
  for _, e in ipairs(elements) do
    local is_within = math.abs(got[e + 1] - detail.exact[e + 1]) <= bound[e + 1] -- false for NaN
    if not is_within then return true end
  end
  return false
end

local blameless = {refused = true, time = true}

-- Results that are wrong have no order to be predicted by. The judge makes a call of its own, which is right where only some
-- calls are wrong.
local function mark_wrong(tested, c, tensors, list)
  local unpredicted = {}
  for _, r in ipairs(list) do
    if r.odd or r.kind and not blameless[r.kind] then unpredicted[#unpredicted + 1] = r end
  end
  if #unpredicted == 0 then return end
  local verdict, truths = tested:test(c), tested.numerics == "" and c:tensors() or {}
  for _, r in ipairs(unpredicted) do
    local is_wrong = verdict.class == "failed"
    if not is_wrong and r.odd and truths[r.result] then is_wrong = is_beyond(r.odd, tensors[r.result], truths[r.result]) end
    if is_wrong then
      r.kind, r.why = "wrong", verdict.class == "failed" and verdict.verdict or "wrong value"
      r.odd, r.says = nil, nil
    end
  end
end

--- The results of a case, as predicted and as answered: {{result =, elements =, predicted =, odd = elements and says = a
--- sentence, or kind = and why = what keeps it from being predicted, remarks = sentences}}; or nil and why there are none.
function twin:check(c)
  local values = c:operands()
  local tensors, answer = self.tested:ask(c, values)
  local list = {}
  for _, name in ipairs(results[c.direction]) do
    if tensors[name] and #tensors[name] > 0 then
      local found = self:orders(c, name)
      if found.why and not found.classes then
        list[#list + 1] = {result = name, elements = #tensors[name], predicted = 0, remarks = {},
          kind = found.why == asker.NO_TIME and "time" or "refused", why = found.why}
      else
        list[#list + 1] = judge_result(self.tested, found, {values = values, got = tensors[name]})
      end
    end
  end
  mark_wrong(self.tested, c, tensors, list)
  if #list == 0 then return nil, answer.words ~= "" and answer.words or answer.verdict end
  return list
end

return twin
