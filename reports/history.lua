-- history.lua: many logs of one subject, the oldest first: verdicts by clause over time, cases that broke or were mended, cases
-- that are flaky. Logs are read twice, so that only cases that fail in some run are kept.

local grade = require "reports.grade"
local log = require "reports.log"

local history = {}

--- At most so many cases are followed; of more, the earliest.
history.most_cases = 5000

-- Failures that an xfail file expects are failures here: the page is about the subject.
local function state_of(entry)
  if entry.xfail or entry.class == "failed" or entry.class == "broken" then return "failed" end
  return entry.class
end

-- ---- the first reading: counts, and which cases to follow

local function note_case(run, followed, entry)
  local state = state_of(entry)
  run[state] = run[state] + 1
  for _, id in ipairs(entry.clauses) do
    local n = run.clauses[id] or {passed = 0, failed = 0, skipped = 0}
    n[state], run.clauses[id] = n[state] + 1, n
  end
  if type(entry.rms_error) == "number" and entry.outputs and grade.measures[entry.verdict] and grade.is_typical(entry.id) then
    run.squares, run.weight = run.squares + entry.outputs * entry.rms_error ^ 2, run.weight + entry.outputs
  end
  if state ~= "failed" then return end
  local key = log.key(entry)
  if followed.by_key[key] then return end
  followed.count = followed.count + 1
  if followed.count > history.most_cases then return end
  local c = {key = key, entry = {case = entry.case, file = entry.file, name = entry.name}, states = {}}
  followed.by_key[key], followed.list[#followed.list + 1] = c, c
end

local function read_run(path, followed)
  local run = {passed = 0, failed = 0, skipped = 0, clauses = {}, squares = 0, weight = 0}
  run.log = log.read(path, function(entry) note_case(run, followed, entry) end)
  run.path = path
  run.rms = run.weight > 0 and math.sqrt(run.squares / run.weight) or nil
  run.grade = grade.of(run.rms)
  run.orders = {}
  for _, o in ipairs(run.log.orders) do run.orders[o.order .. "\t" .. o.case] = o.tree end
  return run
end

-- ---- the second: what became of those

local function follow(run, i, followed)
  local class_of = function(entry)
    local c = followed.by_key[log.key(entry)]
    if not c then return end
    if c.states[i] ~= "failed" then c.states[i] = state_of(entry) end
    if c.states[i] == "failed" then
      c.link, c.verdict, c.clause = entry.link or c.link, entry.verdict, entry.clause
    end
  end
  log.read(run.path, class_of)
end

-- What identifies runs that must agree: the same subject and version on the same machine.
local function same(run)
  local h = run.log.header
  local m = h.machine or {}
  return table.concat({h.subject, h.subject_version, h.suite, h.architecture, m.processor or h.host, m.features or "",
                       m.variables or "", m.threads or "", h.environment}, "\t")
end

-- The events of a case: {{what = "broke" or "mended", run = number}}; a case that is not judged in a run has no state there.
local function events_of(c, runs)
  local events, before = {}, nil
  for i = 1, #runs do
    local now = c.states[i]
    if now == "failed" and before ~= "failed" then events[#events + 1] = {what = before and "broke" or "failing", run = i} end
    if now == "passed" and before == "failed" then events[#events + 1] = {what = "mended", run = i} end
    if now == "failed" or now == "passed" then before = now end
  end
  return events
end

local function is_flaky(c, runs)
  local seen = {}
  for i, run in ipairs(runs) do
    local now, key = c.states[i], same(run)
    if now == "failed" or now == "passed" then
      if seen[key] and seen[key] ~= now then return true end
      seen[key] = now
    end
  end
  return false
end

-- How many results are summed in another order than in the last run before that has them.
local function count_orders(runs)
  local before = {}
  for _, run in ipairs(runs) do
    run.orders_changed, run.orders_known = 0, 0
    for key, tree in pairs(run.orders) do
      if before[key] then run.orders_known = run.orders_known + 1 end
      if before[key] and before[key] ~= tree then run.orders_changed = run.orders_changed + 1 end
      before[key] = tree
    end
  end
end

--- Reads logs: {runs = {{log =, passed =, failed =, skipped =, clauses =, grade =, rms =, orders_changed =, orders_known =}},
--- cases = {{entry =, states = {by run}, events =, flaky =, link =, verdict =, clause =}}, count = cases that fail in some run}.
function history.read(paths)
  local runs, followed = {}, {by_key = {}, list = {}, count = 0}
  local dated = {}
  for _, path in ipairs(paths) do
    local header = log.header(path)
    dated[#dated + 1] = {path = path, date = header and header.date or ""}
  end
  table.sort(dated, function(a, b)
    if a.date ~= b.date then return a.date < b.date end
    return a.path < b.path
  end)
  for i, d in ipairs(dated) do
    runs[i] = read_run(d.path, followed)
    local first = runs[1].log.header.subject
    if runs[i].log.header.subject ~= first then
      cts.fail(2, ("%s: this is a run of %s, and %s is one of %s: a history is of one subject"):format(d.path,
        runs[i].log.header.subject, runs[1].path, first))
    end
  end
  for i, run in ipairs(runs) do follow(run, i, followed) end
  count_orders(runs)
  for _, c in ipairs(followed.list) do c.events, c.flaky = events_of(c, runs), is_flaky(c, runs) end
  return {runs = runs, cases = followed.list, count = followed.count}
end

return history
