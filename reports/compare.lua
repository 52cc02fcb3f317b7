-- compare.lua: two logs of the same suite, case by case: what changed from one to the other.
-- Cases are matched by where they stand and what they are (log.key). Their order does not matter for what is found, but logs of
-- about the same order are compared in little memory.

local log = require "reports.log"
local output = require "text.output"

local compare = {}

--- The kinds of change, worst first. gates: whether a change of this kind fails the comparison.
compare.kinds = {
  {name = "failing", words = "newly failing", gates = true},
  {name = "differently", words = "failing in another way"},
  {name = "skipped", words = "newly skipped", gates = true},
  {name = "missing", words = "no longer tested", gates = true},
  {name = "worse", words = "less accurate", gates = true},
  {name = "added_failing", words = "new in the suite, and failing", gates = true},
  {name = "passing", words = "newly passing"},
  {name = "better", words = "more accurate"},
  {name = "added", words = "new in the suite"},
}

local function is_failing(entry) return entry.class == "failed" or entry.class == "broken" end

-- An expected failure is one, too: the list of these is no part of the subject.
local function is_bad(entry) return is_failing(entry) or entry.xfail ~= nil end

-- What is kept of a case of the base.
local function brief(entry)
  return {
    class = entry.class, xfail = entry.xfail, verdict = entry.verdict, clause = entry.clause, words = entry.words,
    max_error = entry.max_error, case = entry.case, file = entry.file, line = entry.line, name = entry.name,
  }
end

local function error_of(entry)
  return type(entry.max_error) == "number" and entry.max_error or 0
end

-- Errors below a hundredth of the bound are noise in any ratio.
local LEAST_ERROR = 0.01

local function accuracy(base, new, factor)
  local b, n = math.max(error_of(base), LEAST_ERROR), math.max(error_of(new), LEAST_ERROR)
  if n > b * factor then return "worse" end
  if b > n * factor then return "better" end
end

-- The kind of change between two results of a case; nil if there is none.
local function change(base, new, factor)
  if is_bad(new) then
    if not is_bad(base) then return "failing" end
    return (base.verdict ~= new.verdict or base.clause ~= new.clause) and "differently" or nil
  elseif new.class == "skipped" then
    return (base.class ~= "skipped" or base.xfail) and "skipped" or nil
  elseif base.class ~= "passed" then
    return "passing"
  end
  return accuracy(base, new, factor)
end

local function add(result, kind, base, new)
  table.insert(result.changes[kind], {base = base, new = new, case = new or base})
end

-- ---- reading both at once: what is held are the cases that only one of them has shown so far

-- A function that gives the next entry of a log, nil at the end, and a table that then has what log.read returns.
local function reader(path)
  local done = {}
  return coroutine.wrap(function()
    done.log = log.read(path, coroutine.yield)
    while true do coroutine.yield(nil) end
  end), done
end

-- Cases that wait for the other log, by key; equal ones in their order.
local function new_waiting()
  return {by_key = {}, arrived = 0}
end

local function wait(waiting, key, entry)
  waiting.arrived = waiting.arrived + 1
  local one = {entry = brief(entry), number = waiting.arrived}
  local list = waiting.by_key[key]
  if list then list[#list + 1] = one else waiting.by_key[key] = {one} end
end

local function take(waiting, key)
  local list = waiting.by_key[key]
  if not list then return nil end
  local one = table.remove(list, 1)
  if #list == 0 then waiting.by_key[key] = nil end
  return one.entry
end

-- All that still wait, in their order.
local function rest_of(waiting)
  local rest = {}
  for _, list in pairs(waiting.by_key) do table.move(list, 1, #list, #rest + 1, rest) end
  table.sort(rest, function(a, b) return a.number < b.number end)
  return rest
end

-- Calls each (base, new) for the cases that both have; returns the logs and those that only one has.
local function join(base_path, new_path, each)
  local next_base, base_log = reader(base_path)
  local next_new, new_log = reader(new_path)
  local bases, news = new_waiting(), new_waiting()
  local base, new = next_base(), next_new()
  while base or new do
    local base_key, new_key = base and log.key(base), new and log.key(new)
    if base and base_key == new_key and not bases.by_key[base_key] and not news.by_key[base_key] then
      each(base, new)
    else
      if base then
        local other = take(news, base_key)
        if other then each(base, other) else wait(bases, base_key, base) end
      end
      if new then
        local other = take(bases, new_key)
        if other then each(other, new) else wait(news, new_key, new) end
      end
    end
    base, new = base and next_base(), new and next_new()
  end
  return base_log.log, new_log.log, rest_of(bases), rest_of(news)
end

-- The results that both logs have an order of: how many are summed as before, and which are not.
local function compare_orders(base, new)
  local orders, before = {same = 0, changed = {}}, {}
  local function key(o) return o.order .. "\t" .. o.case end
  for _, o in ipairs(base.orders) do before[key(o)] = o end
  for _, o in ipairs(new.orders) do
    local b = before[key(o)]
    if b and b.tree == o.tree then
      orders.same = orders.same + 1
    elseif b then
      orders.changed[#orders.changed + 1] = {case = o.case, result = o.order, base = b.words, new = o.words}
    end
  end
  return orders
end

--- factor: how many times larger an error must be to count as less accurate. Returns {base =, new =
--- (logs), changes = {[kind] = {{base =, new =, case =}, ...}}, same = number of cases, orders = {same = number, changed =
--- {{case =, result =, base =, new =}}}}.
function compare.read(base_path, new_path, factor)
  local result = {changes = {}, same = 0, factor = factor}
  for _, kind in ipairs(compare.kinds) do result.changes[kind.name] = {} end
  local missing, added
  result.base, result.new, missing, added = join(base_path, new_path, function(base, new)
    local kind = change(base, new, factor)
    if kind then add(result, kind, brief(base), brief(new)) else result.same = result.same + 1 end
  end)
  for _, one in ipairs(missing) do add(result, "missing", one.entry) end
  for _, one in ipairs(added) do add(result, is_failing(one.entry) and "added_failing" or "added", nil, one.entry) end
  local base, new = result.base, result.new
  if base.missing and base.missing == new.missing then base.complete, new.complete = base.ended, new.ended end -- the same shards
  result.orders = compare_orders(result.base, result.new)
  return result
end

-- Cases of these kinds stand in only one of the logs.
local ONE_SIDED = {missing = true, added_failing = true, added = true}

--- Whether the logs are of different selections of cases, or one ended early or for lack of time: then what both have is compared.
function compare.is_partial(result)
  local base, new = result.base, result.new
  return base.header.selection ~= new.header.selection or not (base.complete and new.complete)
    or base.out_of_time or new.out_of_time or false
end

--- Whether changes of the kind are changes of the subject, and not of what was selected.
function compare.counts(result, kind)
  return not (ONE_SIDED[kind.name] and compare.is_partial(result))
end

--- A sentence if the logs are of different selections; nil else.
function compare.parts(result)
  if not compare.is_partial(result) then return nil end
  local only = #result.changes.missing + #result.changes.added + #result.changes.added_failing
  local both = result.same
  for _, kind in ipairs(compare.kinds) do
    if not ONE_SIDED[kind.name] then both = both + #result.changes[kind.name] end
  end
  local function named(l) return l.header.selection ~= "" and l.header.selection or "unknown" end
  return ("Compared are the %s cases that both logs have; %s stand in only one of them (selected: %s; %s)."):format(
    output.thousands(both), output.thousands(only), named(result.base), named(result.new))
end

--- Whether nothing has become worse.
function compare.is_good(result)
  for _, kind in ipairs(compare.kinds) do
    if kind.gates and compare.counts(result, kind) and #result.changes[kind.name] > 0 then return false end
  end
  return true
end

--- "file/name" or the id.
function compare.label(entry)
  return entry.name and entry.file and entry.file:gsub("%.yaml$", "") .. "/" .. entry.name or entry.case
end

local function state(entry)
  if not entry then return "not tested" end
  local text = log.verdict(entry)
  if entry.clause then text = text .. " (" .. entry.clause .. ")" end
  if error_of(entry) > 0 and entry.class == "passed" then text = ("%s, error %.3g"):format(text, error_of(entry)) end
  return text
end

--- "pass -> wrong value (PAD-10)"
function compare.describe(c)
  return state(c.base), c.new and state(c.new) or "not tested"
end

--- A sentence if the logs come from two versions of the suite; nil if they come from one.
function compare.suites(result)
  local base, new = result.base.header.suite, result.new.header.suite
  if base == new then return nil end
  local only = #result.changes.missing + #result.changes.added + #result.changes.added_failing
  return ("The logs are of two versions of the suite, %s and %s: %s cases stand in only one of them."):format(
    tostring(base), tostring(new), output.thousands(only))
end

--- "naive 1.0 of 2026-..."
function compare.title(l)
  return ("%s %s (%s)"):format(l.header.subject, l.header.subject_version, l.path)
end

return compare
