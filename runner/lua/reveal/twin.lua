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
  if c.layout == "broadcast" then return nil end -- its elements share memory: no operand can be asked about alone
  if not results[c.direction] or c.values or not asker.follows(c.dtype) or c:expect().status ~= "ok" then return nil end
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

-- Elements of the class that have not what it predicts, nor what any other class does. One that another class predicts
-- may be of that class, which data before did not tell; it is no fault.
local function odd_elements(found, t)
  local bad, odd = {}, {}
  for i, class in ipairs(found.classes) do
    bad[i] = {}
    for _, e in ipairs(sums.differing(class.predict(t), t.got)) do bad[i][e] = true end
  end
  local function fits_another(e)
    for i in ipairs(found.classes) do
      if not bad[i][e] then return true end
    end
    return false
  end
  for i, class in ipairs(found.classes) do
    for _, e in ipairs(class.good) do
      if bad[i][e] and not fits_another(e) then odd[#odd + 1] = e end
    end
  end
  table.sort(odd)
  return odd, bad
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

-- How many units in the last place an answer is from what a class predicts there.
local function distance(found, t, e)
  local least
  for _, class in ipairs(found.classes) do
    local d = math.abs(rank(found.case.dtype, class.predict(t)[e + 1]) - rank(found.case.dtype, t.got[e + 1]))
    least = math.min(least or d, d)
  end
  return least
end

-- A sentence about elements that are not as predicted.
local function say_odd(found, t, odd)
  local ulps = distance(found, t, odd[1])
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

-- Why the elements without a class have none.
local function say_reason(found)
  if found.unstable then return "unstable", "the same call gives other bits when it is repeated" end
  local f = found.failures[1]
  if not f and found.too_many then return "many", ("after %d ways of adding its elements there were others"):format(#found.classes) end
  return f and f.word or "time", f and f.why or "no time was left"
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

-- The elements that have not the bits that they ought to have, of those that are not predicted; how many that are not predicted
-- turn out to be right; why none was looked for.
local function find_faults(found, t, odd)
  local same, suspects = same_tree_elements(found), {}
  for _, e in ipairs(#same > 0 and union(odd, found.unexplained) or odd) do
    if distance(found, t, e) > 0 then suspects[#suspects + 1] = e end
  end
  return without_own_order(found, t, suspects)
end

local function judge_result(found, t)
  local odd = odd_elements(found, t)
  local r = {found = found, result = found.result, elements = found.elements,
    predicted = found.elements - #odd - #found.unexplained, remarks = remarks(found)}
  if found.unstable then r.predicted = 0 end
  if r.predicted == r.elements then return r end
  local own, faults, late = 0, {}, nil
  if not found.unstable and r.predicted >= (1 - FEW) * r.elements then faults, own, late = find_faults(found, t, odd) end
  r.predicted = r.predicted + own
  if late then
    r.kind, r.why = "time", late
  elseif #faults > 0 then
    r.odd, r.says = faults, say_odd(found, t, faults)
  elseif r.predicted < r.elements then
    r.kind, r.why = say_reason(found)
  end
  return r
end

-- A result that is wrong has no order to be predicted by.
local function mark_wrong(list, verdict)
  for _, r in ipairs(list) do
    if r.kind then r.kind, r.why = "wrong", verdict end
  end
end

local function has_unpredicted(list)
  for _, r in ipairs(list) do
    if r.kind then return true end
  end
  return false
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
        list[#list + 1] = judge_result(found, {values = values, got = tensors[name]})
      end
    end
  end
  local judged = has_unpredicted(list) and self.tested:test(c)
  if judged and judged.class == "failed" then mark_wrong(list, judged.verdict) end
  if #list == 0 then return nil, answer.words ~= "" and answer.words or answer.verdict end
  return list
end

return twin
