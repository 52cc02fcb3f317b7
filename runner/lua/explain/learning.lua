-- learning.lua: under which condition a fault shows, found by asking: calls are made that differ in one thing or in several
-- from those in which it shows, until one conjunction of conditions foretells every answer, those at its borders included.

local conditions = require "explain.conditions"
local layers = require "explain.layers"
local points = require "explain.points"
local random = require "numbers.random"

local learning = {}

local POSITIVES, NEGATIVES, OTHERS = 12, 6, 24 -- answers that a condition must foretell: where it holds; not, by each part; elsewhere
local ALTERNATIVES = 24 -- parts that could stand instead of one, which are told apart from it
local FRESH = 6 -- of those where one part does not hold, asked after the condition was found
local ELSEWHERE, DRAWN = 16, 400 -- answers to layers that are nothing like the first case, of each kind; how many are drawn for one
-- Sizes that may be 1, where the last one is the first.
local ENDS = {["in_channels / groups"] = true, ["out_channels / groups"] = true, ["the output's width"] = true,
  ["the output's height"] = true, ["the batch size"] = true, ["the kernel's height"] = true, ["the kernel's width"] = true}
local MOST_QUESTIONS = 900
local MOST_PARTS = 6
local MULTIPLES = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128}
local RESIDUES = {4, 8, 16, 32}

-- ---- parts of conditions: {text =, test = function (view), cost =, order =, quantity =, border = {values beyond it}}

local function numeric(list, number, text, cost, test, border, within)
  local q = points.quantities[number]
  list[#list + 1] = {text = ("%s %s"):format(q.name, text), test = function(v) return test(q.of(v)) end, quantity = q, holds = test,
    cost = cost + number * 0.012, order = 1000 + number, border = border, within = within}
end

-- All of a list at once: whether test (value) holds for each, for any.
local function holds(list, test)
  local all, any = true, false
  for i = 1, #list do
    if test(list[i]) then any = true else all = false end
  end
  return all, any
end

-- Parts about one size that all `made` values fulfil and some `unmade` one does not.
local function parts_of(list, number, made, unmade)
  local low, high = math.huge, -math.huge
  for _, v in ipairs(made) do low, high = math.min(low, v), math.max(high, v) end
  local _, below = holds(unmade, function(v) return v < low end)
  local _, above = holds(unmade, function(v) return v > high end)
  local next_below, next_above = -math.huge, math.huge
  for _, v in ipairs(unmade) do
    if v < low then next_below = math.max(next_below, v) end
    if v > high then next_above = math.min(next_above, v) end
  end
  if below then
    numeric(list, number, ("is at least %d"):format(low), 1.2, function(v) return v >= low end,
      {next_below >= 0 and (low + next_below) // 2 or low // 2, low - 1, low - 2}, {low, low, low + 1, low + 3, 2 * low})
  end
  if above then
    numeric(list, number, ("is at most %d"):format(high), 1.2, function(v) return v <= high end,
      {next_above < math.huge and (high + next_above + 1) // 2 or high * 2, high + 1, high + 2},
      {high, high, high - 1})
  end
  if low == high and (below or above) then
    numeric(list, number, ("is %d"):format(low), 1.25, function(v) return v == low end,
      {low - 1, low + 1, low * 2, low + 2, low // 2}, {low})
  end
  for _, m in ipairs(MULTIPLES) do
    local function divides(v) return v % m == 0 end
    local all, any = holds(made, divides)
    local all_others, any_other = holds(unmade, divides)
    if all and not all_others then
      numeric(list, number, ("is a multiple of %d"):format(m), 1.15, divides, {low + 1, low - 1, high + m // 2, low + m // 2},
        {low, low + m, 2 * low + m, m, low // 2 // m * m})
    elseif not any and any_other then
      numeric(list, number, ("is not a multiple of %d"):format(m), 1.18, function(v) return v % m ~= 0 end,
        {high // m * m, (high // m + 1) * m, low // m * m, (low // m + 2) * m}, {low, low + m, high})
    end
  end
  for _, m in ipairs(RESIDUES) do
    local rest = made[1] % m
    local function leaves(v) return v % m == rest end
    if rest > 0 and low < high and holds(made, leaves) and not holds(unmade, leaves) then
      numeric(list, number, ("leaves %d when divided by %d"):format(rest, m), 1.5, leaves, {low + 1, low - 1, high + 2, high + m // 2},
        {low, low + m, low + 2 * m, rest, m + rest, low // 2 // m * m + rest})
    end
  end
end

local key_of_word = {dtype = "dtype", mode = "padding_mode"} -- a tensor of some shapes lies alike in several layouts
local MOST_WORDS = 5 -- that a part names

-- The words of a kind in which the fault was seen, and those in which it was not.
local function divide_words(name, made, unmade)
  local key, seen, left_out, words, rest = key_of_word[name], {}, {}, {}, {}
  for _, e in ipairs(made) do seen[e.view[key]] = true end
  for _, e in ipairs(unmade) do left_out[e.view[key]] = not seen[e.view[key]] end
  for _, word in ipairs(points.words[name]) do
    if seen[word] then words[#words + 1] = word elseif left_out[word] then rest[#rest + 1] = word end
  end
  return words, rest
end

-- The part that a word is one of several, or none of several; nil if the words seen say neither.
local function part_of_words(name, made, unmade)
  local words, rest = divide_words(name, made, unmade)
  if #words < 2 or #rest < 2 then return nil end
  local negative = #words > MOST_WORDS
  if negative then words = rest end
  if #words > MOST_WORDS then return nil end
  local named = {}
  for _, word in ipairs(words) do named[word] = true end
  local last = table.remove(words)
  local text = ("the %s is %s%s %s %s"):format(name == "mode" and "padding_mode" or name, negative and "neither " or "",
    table.concat(words, ", "), negative and "nor" or "or", last)
  return {text = text, cost = 1.4, order = 900, test = function(v) return (named[v[key_of_word[name]]] or false) ~= negative end}
end

-- Each part that holds on all made and not on all unmade evidence: {view =, values =}.
local function parts(made, unmade)
  local list = {}
  local function on(evidence, test)
    return (holds(evidence, function(e) return test(e.view) end))
  end
  for i, k in ipairs(conditions) do
    if on(made, k.test) and not on(unmade, k.test) then
      list[#list + 1] = {text = k.text, test = k.test, cost = 1 + i * 0.002, order = i, vary = k.vary, mend = k.mend}
    end
  end
  for name in pairs(key_of_word) do list[#list + 1] = part_of_words(name, made, unmade) end
  for number in ipairs(points.quantities) do
    local with, without = {}, {}
    for i, e in ipairs(made) do with[i] = e.values[number] end
    for i, e in ipairs(unmade) do without[i] = e.values[number] end
    parts_of(list, number, with, without)
  end
  table.sort(list, function(a, b) return a.cost < b.cost or a.cost == b.cost and a.text < b.text end)
  return list
end

-- ---- the fewest parts that leave out all unmade evidence

local function signatures(list, unmade)
  local all = {}
  for _, e in ipairs(unmade) do
    local s = {}
    for i, part in ipairs(list) do
      if not part.test(e.view) then s[#s + 1] = i end
    end
    if #s == 0 then return nil end
    all[#all + 1] = s
  end
  table.sort(all, function(a, b) return #a < #b end)
  return all
end

-- The cheapest set of parts of which each signature has one; nil if there is none.
local function cover(list, all)
  local best, best_cost, nodes = nil, math.huge, 0
  local chosen, on = {}, {}
  local function descend(cost)
    nodes = nodes + 1
    if nodes > 4000 then return end
    local open
    for _, s in ipairs(all) do
      local covered = false
      for _, i in ipairs(s) do
        if on[i] then covered = true break end
      end
      if not covered then open = s break end
    end
    if not open then
      best, best_cost = {table.unpack(chosen)}, cost
      return
    end
    if #chosen == MOST_PARTS then return end
    for _, i in ipairs(open) do
      local more = cost + list[i].cost
      if more < best_cost then
        chosen[#chosen + 1], on[i] = i, true
        descend(more)
        chosen[#chosen], on[i] = nil, nil
      end
    end
  end
  descend(0)
  return best
end

--- The simplest conjunction that holds on all made evidence and on no unmade one; nil if there is none.
local function fit(made, unmade)
  if #unmade == 0 then return {} end
  local list = parts(made, unmade)
  local all = signatures(list, unmade)
  local best = all and cover(list, all)
  if not best then return nil end
  local conjunction = {}
  for i, number in ipairs(best) do conjunction[i] = list[number] end
  table.sort(conjunction, function(a, b) return a.order < b.order end)
  return conjunction
end

local function fails_only(conjunction, view, part)
  for _, p in ipairs(conjunction) do
    if p.test(view) == (p == part) then return false end
  end
  return true
end

local function fulfils(conjunction, view) return fails_only(conjunction, view, nil) end

-- ---- calls to ask

local function evidence(point)
  local e = {point = point, view = points.view(point), values = {}}
  for i, q in ipairs(points.quantities) do e.values[i] = q.of(e.view) end
  return e
end

local function key_of(p)
  local keys, list = {}, {}
  for key in pairs(p) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do list[i] = tostring(p[key]) end
  return table.concat(list, " ")
end

local function copy(p)
  local new = {}
  for key, value in pairs(p) do new[key] = value end
  return new
end

-- What makes a changed point a valid call more often.
local function mend(p)
  if p.unbatched then p.images = 1 end
  if p.padding == "same" then p.row_stride, p.column_stride = 1, 1 end
  local v = points.view(p)
  for axis, size in ipairs {"rows", "columns"} do
    local k = v.dilation[axis] * (v.kernel_size[axis] - 1) + 1
    local padding = p.padding == "same" and k or p.padding == "sizes" and 2 * v.padding[axis] or 0
    if p[size] + padding < k then p[size] = k - padding end
    if p.mode ~= "zeros" and p.padding == "sizes" then
      local name = axis == 1 and "row_padding" or "column_padding"
      p[name] = math.min(p[name], p.mode == "reflect" and p[size] - 1 or p.mode == "circular" and p[size] or p[name])
    end
  end
end

-- Changes of both axes at once, or of kernel and image.
local both = {
  function(p, v) p.kernel_rows, p.kernel_columns = v, v end,
  function(p, v) p.row_stride, p.column_stride = v, v end,
  function(p, v) p.row_dilation, p.column_dilation = v, v end,
  function(p, v) p.padding, p.row_padding, p.column_padding = "sizes", v - 1, v - 1 end,
  function(p, v) p.kernel_columns, p.kernel_rows = p.kernel_rows, v end,
  function(p) p.rows = p.columns end,
  function(p) -- the axes exchanged
    for _, pair in ipairs {{"rows", "columns"}, {"kernel_rows", "kernel_columns"}, {"row_stride", "column_stride"},
                           {"row_dilation", "column_dilation"}, {"row_padding", "column_padding"}} do
      p[pair[1]], p[pair[2]] = p[pair[2]], p[pair[1]]
    end
  end,
  function(p, v) p.padding, p.row_stride, p.column_stride, p.kernel_rows, p.kernel_columns = "same", 1, 1, v, v end,
  function(p, v) p.rows, p.kernel_rows = p.rows + (v - p.kernel_rows) * p.row_dilation, v end, -- the output keeps its size
  function(p, v) p.columns, p.kernel_columns = p.columns + (v - p.kernel_columns) * p.column_dilation, v end,
}

local State = {}
State.__index = State

-- What is known at the beginning: points in which the fault shows, and in which it does not.
function State.new(start, unmade, classify)
  local s = setmetatable({made = {}, unmade = {}, seen = {}, refused = {}, hints = {}, asked = 0, numbers = random.new(1),
    classify = classify}, State)
  s.words = points.words_near(start[1])
  local products, elements = points.cost(start[1])
  s.products, s.elements = math.max(4000000, 3 * products), math.max(60000, 3 * elements)
  for i, p in ipairs(start) do s.made[i], s.seen[key_of(p)] = evidence(p), true end
  for i, p in ipairs(unmade) do s.unmade[i], s.seen[key_of(p)] = evidence(p), true end
  return s
end

function State:random(n) return self.numbers:integer(1, n) end

function State:pick(list) return self.numbers:pick(list) end

function State:fits(p)
  local products, elements = points.cost(p)
  return products <= self.products and elements <= self.elements
end

local SIZES = {"rows", "columns", "images", "groups", "inside", "outside", "kernel_rows", "kernel_columns", "row_stride", "column_stride",
  "row_dilation", "column_dilation"}

local function has_sizes(p)
  for _, name in ipairs(SIZES) do
    if p[name] < 1 then return false end
  end
  return p.row_padding >= 0 and p.column_padding >= 0
end

-- Another value of a size.
function State:value(q, v)
  local hints = self.hints[q]
  if hints and self:random(3) == 1 then return self:pick(hints) end
  local m = self:pick {2, 4, 8, 16, 32}
  return self:pick {v - 1, v + 1, v + self:random(4), v * 2, v * 2 + 1, v // 2, self:random(9), (v // m + 1) * m, (v // m + 1) * m + 1,
    v + m, self:random(40)}
end

-- `same` takes no stride; under an even side of the kernel its halves differ.
local function take_same(p, more_rows, more_columns)
  p.padding, p.row_stride, p.column_stride = "same", 1, 1
  p.kernel_rows, p.kernel_columns = p.kernel_rows + more_rows, p.kernel_columns + more_columns
  return true
end

-- Changes one thing about a point; whether it could.
function State:move(p)
  if self:random(10) <= 3 then
    local name = self:pick(self.words)
    local value = self:pick(points.words[name])
    if (self.refused[name .. tostring(value)] or 0) >= 4 then return false end
    p[name] = value
    if name == "mode" and value ~= "zeros" and p.padding == "sizes" and p.row_padding + p.column_padding == 0 then
      p.row_padding, p.column_padding = self:random(2) - 1, 1
    elseif value == "same" then
      take_same(p, self:random(2) - 1, self:random(2) - 1)
    end
    return true
  end
  if self:random(6) == 1 then
    self:pick(both)(p, self:random(self:pick {2, 4, 8}))
    return true
  end
  if self:random(8) == 1 then -- the kinds of groups
    local kind = self:random(4)
    if kind == 1 then
      p.inside, p.groups = p.inside * p.groups, 1
    elseif kind == 2 then
      p.groups, p.inside, p.outside = p.groups * p.inside, 1, self:random(2)
    elseif kind == 3 and p.inside % 2 == 0 and p.outside % 2 == 0 then
      p.groups, p.inside, p.outside = p.groups * 2, p.inside // 2, p.outside // 2
    else
      p.groups = p.groups + 1
    end
    return true
  end
  local q = self:pick(points.quantities)
  return self:pick(q.set)(p, self:value(q, q.of(points.view(p))))
end

local NEAR = 130 -- how far from a value another one is looked for

-- The value nearest to v that all parts about a size but one take; nil where none is near.
local function nearest(conjunction, but, q, v)
  local function good(value)
    for _, part in ipairs(conjunction) do
      if part ~= but and part.quantity == q and not part.holds(value) then return false end
    end
    return value >= 0
  end
  for away = 1, NEAR do
    if good(v - away) then return v - away end
    if good(v + away) then return v + away end
  end
end

-- Makes hold what a conjunction says of sizes, but for one part, where a change has spoilt it.
function State:repair(p, conjunction, but)
  for _ = 1, 2 do
    local view = points.view(p)
    for _, part in ipairs(conjunction) do
      local q = part.quantity
      if part ~= but and q and not part.test(view) then
        local near = self:random(3) > 1 and nearest(conjunction, but, q, q.of(view))
        if not self:pick(q.set)(p, near or self:pick(part.within)) or not has_sizes(p) then return false end
        view = points.view(p)
      elseif part ~= but and part.mend and not part.test(view) then
        part.mend(p)
        view = points.view(p)
      end
    end
  end
  return true
end

-- The point, made valid and repaired, if it is new then, affordable and `wanted` (view); else nil. change: made after that, or nil.
function State:settled(p, conjunction, but, wanted, change)
  mend(p)
  if not self:repair(p, conjunction, but) or change and not (change(p) and has_sizes(p)) then return nil end
  mend(p)
  local key = has_sizes(p) and self:fits(p) and key_of(p)
  return key and not self.seen[key] and wanted(points.view(p)) and p or nil
end

-- The point that a change makes of one in which the fault shows, if it is new, affordable and `wanted` (view); else nil.
function State:changed(change, conjunction, but, wanted)
  local p = copy(self:pick(self.made).point)
  return change(p) and has_sizes(p) and self:settled(p, conjunction, but, wanted) or nil
end

-- A new point that differs from one in which the fault shows, in a few things, and that `wanted` (view) takes; nil if none is
-- found. first: a change that is made in any case, or nil.
function State:draw(tries, most, conjunction, but, wanted, first)
  for _ = 1, tries do
    local p = self:changed(function(p)
      local good = not first or first(p) and has_sizes(p)
      for _ = first and 2 or 1, self:random(most) do good = good and self:move(p) and has_sizes(p) end
      return good
    end, conjunction, but, wanted)
    if p then return p end
  end
end

-- A new point in which only one part does not hold; turn: which of the values beyond it, in order.
function State:beyond(conjunction, part, turn)
  local function wanted(view) return fails_only(conjunction, view, part) end
  for _ = 1, part.quantity and 24 or 0 do
    local p = self:changed(function(p)
      local value = turn <= FRESH and part.border[(turn - 1) % #part.border + 1] or self:pick(part.border)
      local good = self:pick(part.quantity.set)(p, value) and has_sizes(p)
      return good and (self:random(3) == 1 or self:move(p))
    end, conjunction, part, wanted)
    if p then return p end
  end
  return self:draw(120, 3, conjunction, part, wanted)
end

-- Asks about a point: "made", "unmade", "other" or nil, and keeps it as evidence.
function State:ask(p)
  self.seen[key_of(p)] = true
  self.asked = self.asked + 1
  local answer, refused = self.classify(p)
  for _, name in ipairs(refused ~= nil and self.words or {}) do
    local word = name .. tostring(p[name])
    self.refused[word] = refused and (self.refused[word] or 0) + 1 or nil
  end
  if answer == "made" then table.insert(self.made, evidence(p)) end
  if answer == "unmade" then table.insert(self.unmade, evidence(p)) end
  self.confounded = self.confounded or answer == "other"
  return answer
end

-- Each thing about the first point changed by itself.
function State:explore()
  local start = self.made[1].point
  local function try(change)
    if self.confounded then return end
    local p = copy(start)
    if not (change(p) and has_sizes(p)) then return end
    mend(p)
    if has_sizes(p) and self:fits(p) and not self.seen[key_of(p)] then self:ask(p) end
  end
  for _, name in ipairs(self.words) do
    for _, value in ipairs(points.words[name]) do
      try(function(p) p[name] = value return true end)
    end
  end
  for more = 0, 3 do
    try(function(p) return take_same(p, more & 1, more >> 1) end)
  end
  try(function(p) return take_same(p, 2 - p.kernel_rows, 2 - p.kernel_columns) end) -- padding below and at the right only
  for _, q in ipairs(points.quantities) do
    local v = q.of(points.view(start))
    for _, value in ipairs {v - 1, v + 1, v // 2, v * 2, v + 4} do
      try(function(p) return q.set[1](p, value) end)
    end
    for _, step in ipairs(points.in_blocks[q.name] and {2, 3, 8, 16, 32} or {}) do
      for _, value in ipairs {v - step, v + step} do
        try(function(p) return q.set[1](p, value) end)
      end
    end
  end
  for _, change in ipairs(both) do
    for _, value in ipairs {1, 2, 3, 5} do
      try(function(p) change(p, value) return true end)
    end
  end
end

-- Sizes near which a condition may end.
function State:set_hints(conjunction)
  self.hints = {}
  for _, part in ipairs(conjunction) do
    local q = part.quantity
    if q then
      local list = self.hints[q] or {}
      self.hints[q] = list
      for _, v in ipairs(part.border) do table.insert(list, v) end
      for i = 1, 4 do table.insert(list, self.made[self:random(#self.made)].values[1] * i) end
      list[#list + 1] = q.of(self.made[1].view)
    end
  end
end

-- Other parts that could stand instead of one, by all answers so far; the cheapest of them.
function State:alternatives(conjunction, part)
  local list, needed = {}, {}
  for _, e in ipairs(self.unmade) do
    if fails_only(conjunction, e.view, part) then needed[#needed + 1] = e end
  end
  for _, other in ipairs(parts(self.made, self.unmade)) do
    local fits = other.text ~= part.text and #list < ALTERNATIVES
    for _, e in ipairs(fits and needed or {}) do
      if other.test(e.view) then fits = false break end
    end
    if fits then list[#list + 1] = other end
  end
  return list
end

-- A new point that one part takes and another that could stand instead of it does not, or the other way round.
function State:between(conjunction, part, other)
  local function wanted(view)
    if part.test(view) == other.test(view) then return false end
    for _, p in ipairs(conjunction) do
      if p ~= part and not p.test(view) then return false end
    end
    return true
  end
  local instead = {}
  for i, p in ipairs(conjunction) do instead[i] = p == part and other or p end
  for try = 1, 24 do
    -- the one is spoilt, and then the other mended
    local of, kept = part, instead
    if try % 2 == 1 then of, kept = other, conjunction end
    local p = self:changed(function(p)
      local q = of.quantity
      if try <= 8 then -- as many channels in more groups
        local g = self:pick {2, 4, 8}
        p.groups = p.groups * g
        if p.inside % g == 0 then p.inside = p.inside // g end
        if p.outside % g == 0 then p.outside = p.outside // g end
        return true
      end
      if not q then return self:move(p) and (self:random(2) == 1 or has_sizes(p) and self:move(p)) end
      return self:pick(q.set)(p, self:pick(of.border)) and has_sizes(p) and (self:random(3) > 1 or self:move(p))
    end, kept, nil, wanted)
    if p then return p end
  end
  return self:draw(20, 3, conjunction, part, wanted)
end

-- How many of the unmade answers only this part leaves out.
local function count_beyond(conjunction, part, unmade)
  local n = 0
  for _, e in ipairs(unmade) do n = n + (fails_only(conjunction, e.view, part) and 1 or 0) end
  return n
end

-- A new layer that is not made of one in which the fault shows, and that `wanted` (view) takes; nil if none is found. single: a
-- quantity that is 1 in it, or nil.
function State:elsewhere(conjunction, but, wanted, single)
  local change = single and function(p) return self:pick(single.set)(p, 1) end
  local function suits(view) return (not single or single.of(view) == 1) and wanted(view) end
  for _ = 1, DRAWN do
    local p = self:settled(layers.draw(self.numbers, self.made[1].point), conjunction, but, suits, change)
    if p then return p end
  end
end

-- Whether a conjunction foretells what layers elsewhere say: where it holds, also at sizes of 1, and where one part of it does not.
function State:holds_elsewhere(conjunction)
  local function ask_about(count, but, wanted, foretold, single)
    local told = 0
    for _ = 1, 3 * count do
      local p = told < count and self:elsewhere(conjunction, but, wanted, single)
      local answer = p and self:ask(p)
      if answer == "other" or answer and (answer == "made") ~= foretold then return false end
      if not p then break end
      told = told + (answer and 1 or 0)
    end
    return true
  end
  local function fulfilled(view) return fulfils(conjunction, view) end
  if not ask_about(ELSEWHERE, nil, fulfilled, true) then return false end
  for _, q in ipairs(points.quantities) do
    if ENDS[q.name] and not ask_about(1, nil, fulfilled, true, q) then return false end
  end
  for _, part in ipairs(conjunction) do
    if not ask_about(ELSEWHERE, part, function(view) return fails_only(conjunction, view, part) end, false) then return false end
  end
  return true
end

-- Puts a conjunction to the test: true if it foretells what it must, false if an answer contradicts, nil if it can't be tested enough.
function State:confirm(conjunction)
  self:set_hints(conjunction)
  local function contradicts(p, foretold)
    local answer = p and self:ask(p)
    return answer == "other" or answer and (answer == "made") ~= foretold
  end
  local function fulfilled(view) return fulfils(conjunction, view) end
  for _, part in ipairs(conjunction) do
    for v = part.vary and 1 or 5, 4 do
      local p = self:draw(20, 2, conjunction, nil, fulfilled, function(p)
        part.vary(p, v)
        return true
      end)
      if contradicts(p, true) then return false end
    end
  end
  local dead, fresh, positives, others, compared = {}, {}, 0, 0, false
  while self.asked < MOST_QUESTIONS do
    local progress = false
    for _, part in ipairs(conjunction) do
      fresh[part] = (fresh[part] or 0) + 1
      if not dead[part] and (fresh[part] <= FRESH or count_beyond(conjunction, part, self.unmade) < NEGATIVES) then
        local p = self:beyond(conjunction, part, fresh[part])
        if not p and fresh[part] > FRESH then dead[part] = true end
        if contradicts(p, false) then return false end
        progress = progress or p ~= nil
      end
    end
    if positives <= #points.quantities then
      positives = positives + 1
      local q = points.quantities[positives]
      local low = math.huge
      for _, e in ipairs(q and self.made or {}) do low = math.min(low, e.values[positives]) end
      for round = 1, 4 do
        local p = self:draw(20, 3, conjunction, nil, fulfilled, q and function(p)
          local v = q.of(points.view(p))
          return self:pick(q.set)(p, round == 1 and v + self:random(5) or round == 2 and self:value(q, v)
            or self:pick {low // 2, low // 2, low // 4, low - 1, low - 2, self:random(math.max(low, 1))})
        end)
        if contradicts(p, true) then return false end
        progress = true
      end
    end
    if others < OTHERS then
      others = others + 1
      local p = self:draw(20, 3, {}, nil, function() return true end)
      if contradicts(p, p and fulfilled(points.view(p))) then return false end
      progress = progress or p ~= nil
    end
    if not progress and not compared then
      compared, progress = true, true
      for _, part in ipairs(conjunction) do
        for _, other in ipairs(self:alternatives(conjunction, part)) do
          local p = self:between(conjunction, part, other)
          if contradicts(p, p and fulfilled(points.view(p))) then return false end
        end
      end
    end
    if not progress then
      local enough = #self.made >= POSITIVES
      for _, part in ipairs(conjunction) do enough = enough and count_beyond(conjunction, part, self.unmade) >= 2 end
      if not enough then return nil end
      return self:holds_elsewhere(conjunction)
    end
  end
end
--- Up to so many points in which the fault shows, beside a given one, as different from it as they come; likewise `classify`.
function learning.grow(start, count, classify)
  local s = State.new({start}, {}, classify)
  local function any() return true end
  for _ = 1, 6 * count do
    local p = #s.made <= count and s:draw(10, 3, {}, nil, any)
    if p then s:ask(p) end
  end
  local list = {}
  for i, e in ipairs(s.made) do list[i] = e.point end
  return list
end

--- The condition under which a fault shows: {text = or nil where it always does, test = function (view), made =, unmade = counts of
--- answers}; nil if no conjunction of the known ones foretells all answers. start: points in which it shows, unmade: in which it
--- does not. classify (point): "made", "unmade", "other" (the fault is another), or nil, and whether the call was refused.
function learning.search(start, unmade, classify)
  local s = State.new(start, unmade, classify)
  s:explore()
  while not s.confounded do
    local conjunction = fit(s.made, s.unmade)
    if not conjunction or s.asked >= MOST_QUESTIONS then return nil end
    local confirmed = s:confirm(conjunction)
    if confirmed == nil then return nil end
    if confirmed and not s.confounded then
      local texts = {}
      for i, part in ipairs(conjunction) do texts[i] = part.text end
      local last = table.remove(texts)
      return {text = last and (#texts > 0 and table.concat(texts, ", ") .. " and " .. last or last),
        test = function(view) return fulfils(conjunction, view) end, made = #s.made, unmade = #s.unmade}
    end
  end
end

return learning
