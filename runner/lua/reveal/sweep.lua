-- sweep.lua: the twin of an implementation over many cases: how much it predicts, and what it does not.

local signature = require "reveal.signature"
local thousands = require("text.output").thousands
local twin = require "reveal.twin"

local sweep = {}

local function count(t, key, by) t[key] = (t[key] or 0) + by end

local function group_of(groups, name)
  if not groups[name] then
    groups[name] = {name = name, cases = 0, elements = 0, predicted = 0}
    groups[#groups + 1] = groups[name]
  end
  return groups[name]
end

local function note_order(total, c, r)
  local f = r.found
  if not f or (#f.classes == 0 and not f.unstable) then return end
  local text, number = signature.of(f)
  total.orders[#total.orders + 1] = {order = r.result, case = c.reference, words = text, tree = number}
end

local function note(total, c, r)
  if r.kind == "wrong" then
    total.wrong[#total.wrong + 1] = {case = c, result = r.result, verdict = r.why}
    return
  end
  note_order(total, c, r)
  local g = group_of(total.groups, ("%s of %s"):format(r.result, c.dtype))
  for _, to in ipairs {g, total} do
    to.cases = to.cases + 1
    to.elements = to.elements + r.elements
    to.predicted = to.predicted + r.predicted
  end
  if r.odd then total.odd[#total.odd + 1] = {case = c, says = r.says} end
  if r.kind then
    total.unpredicted[#total.unpredicted + 1] = {case = c, result = r.result, kind = r.kind, why = r.why,
      elements = r.elements - r.predicted}
    count(total.kinds, r.kind, 1)
  end
  for _, text in ipairs(r.remarks) do
    if not total.remarks[text] then total.remarks[#total.remarks + 1] = text end
    total.remarks[text] = total.remarks[text] or {first = c, cases = 0}
    total.remarks[text].cases = total.remarks[text].cases + 1
  end
end

-- Whether the time for all ended while a case was looked at, so that it is one of those that remain.
local function is_cut_off(list, expired)
  if not expired() then return false end
  for _, r in ipairs(list) do
    if r.kind == "time" then return true end
  end
  return false
end

--- Predicts the cases of a suite that have a twin (twin.question), each call once. settings: skip (a set of ids), seconds,
--- progress (a function of the number of cases so far). Returns {cases, elements, predicted, groups, odd, unpredicted, kinds,
--- remarks, orders, wrong = results that the judge fails, which are in none of these numbers; ended = true where time ran
--- out}; cases counts results, orders are lines of a result log.
function sweep.run(tested, cases, settings)
  local until_then = settings.seconds and cts.now() + settings.seconds
  local function expired() return until_then ~= nil and cts.now() > until_then end
  local t = twin.new(tested, {expired = expired})
  local total = {cases = 0, elements = 0, predicted = 0, groups = {}, odd = {}, unpredicted = {}, kinds = {}, remarks = {},
    orders = {}, wrong = {}}
  local asked, n = {}, 0
  for c in cases:cases() do
    if expired() then
      total.ended = true
      break
    end
    local question = not (settings.skip and settings.skip[c.id]) and twin.question(c) or nil
    if question and not asked[question.id] then
      asked[question.id] = true
      cts.doing("predicting " .. question.id)
      local list = t:check(question) or {}
      if is_cut_off(list, expired) then
        total.ended = true
        break
      end
      for _, r in ipairs(list) do note(total, question, r) end
      n = n + 1
      if settings.progress then settings.progress(n) end
    end
  end
  cts.doing()
  return total
end

local function percent(part, whole) return whole > 0 and 100 * part / whole or 0 end

-- A share that is not whole never reads "100".
local function say_share(part, whole)
  local text = ("%.4f"):format(part == whole and 100 or math.min(percent(part, whole), 99.9999))
  return (text:gsub("%.?0+$", ""))
end

local kinds = {
  transform = "no tree of additions: a transform (Winograd, FFT), or a wrong result", refused = "no answer", unstable = "unstable",
  arithmetic = "a tree, but no arithmetic that gives these bits", exact = "neither a tree nor exact", time = "no time was left",
  many = "added in too many ways", count = "its products are not counted", data = "added in another way on these data",
  flush = "numbers below the smallest normal one count as 0",
}

--- Whether nothing is unlike the implementation's own order, and no order is narrower than the dtype.
function sweep.is_clean(total) return #total.odd == 0 and #total.remarks == 0 end

--- The total as lines of text. most: how many cases to name of each kind; 0: all.
function sweep.lines(total, most)
  local lines = {}
  local function add(text, ...) lines[#lines + 1] = text:format(...) end
  if total.elements == 0 then
    add("twin: no element was predicted")
  else
    add("twin: %s of %s elements are what its own order gives, bit for bit (%s %%), in %s results", thousands(total.predicted),
      thousands(total.elements), say_share(total.predicted, total.elements), thousands(total.cases))
  end
  for _, g in ipairs(total.groups) do
    add("  %-24s %8s %% of %s elements in %s results", g.name, say_share(g.predicted, g.elements), thousands(g.elements),
      thousands(g.cases))
  end
  for _, text in ipairs(total.remarks) do
    add("  %s: in %s results, the first %s", text, thousands(total.remarks[text].cases), total.remarks[text].first.reference)
  end
  for i, o in ipairs(total.odd) do
    if most > 0 and i > most then break end
    add("  %s\n    %s", o.case.reference, o.says)
  end
  if most > 0 and #total.odd > most then add("  (and %d more)", #total.odd - most) end
  for i, u in ipairs(total.unpredicted) do
    if most > 0 and i > most then
      add("  (and %d more that are not predicted)", #total.unpredicted - most)
      break
    end
    add("  not predicted: %s, %s elements of %s: %s (%s)", u.case.reference, thousands(u.elements), u.result,
      kinds[u.kind] or u.kind, u.why)
  end
  if #total.wrong > 0 then
    add("  %s results are wrong, and not counted: the first %s (%s)", thousands(#total.wrong), total.wrong[1].case.reference,
      total.wrong[1].verdict)
  end
  if total.ended then add("  time ran out: the remaining cases are not predicted") end
  return lines
end

return sweep
