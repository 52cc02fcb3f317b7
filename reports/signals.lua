-- signals.lua: short forms for other programs: GitHub annotations, a shields.io endpoint, TAP.

local escape = require "text.escape"
local groups = require "reports.groups"
local log = require "reports.log"
local output = require "text.output"

local signals = {}

local MOST_ANNOTATIONS = 10 -- GitHub shows no more for one step

local function annotation(model, subject, g)
  local d = subject.details[g.example]
  local title = ("conv2d-cts: %s: %d x %s"):format(subject.label, #g.rows, g.words)
  local text = ("%s; clauses %s\nfor example: %s\n%s"):format(groups.tally(g.verdicts, 3), groups.tally(g.clauses, 5),
    d and d.words or "", escape.repro(subject.log.header.invocation, groups.reference(model, g.example)))
  return ("::error title=%s::%s"):format(escape.github_property(title), escape.github(text))
end

--- Workflow commands for the largest groups of failures.
function signals.github(model)
  local all = {}
  for _, s in ipairs(model.subjects) do
    for _, g in ipairs(groups.by_cause(model, s)) do all[#all + 1] = {subject = s, group = g} end
  end
  table.sort(all, function(a, b) return #a.group.rows > #b.group.rows end)
  local lines = {}
  for i = 1, math.min(MOST_ANNOTATIONS, #all) do lines[i] = annotation(model, all[i].subject, all[i].group) .. "\n" end
  return table.concat(lines)
end

local colours = {passed = "brightgreen", failed = "red", broken = "orange", skipped = "lightgrey"}

--- https://shields.io/badges/endpoint-badge
function signals.badge(model)
  local worst, passed, run = "passed", 0, 0
  local order = {passed = 1, skipped = 2, failed = 3, broken = 4}
  for _, s in ipairs(model.subjects) do
    local _, class = groups.judgement(s.log)
    if order[class] > order[worst] then worst = class end
    local n = s.log.counts
    passed, run = passed + n.passed, run + n.cases - n.skipped
  end
  local message = worst == "passed" and ("conforms, %s cases"):format(output.thousands(passed))
    or worst == "failed" and ("%s of %s pass"):format(output.thousands(passed), output.thousands(run))
    or "not judged"
  return json.encode {schemaVersion = 1, label = "torch.nn.Conv2d", message = message, color = colours[worst]} .. "\n"
end

-- ---- TAP, as the runner writes it

local function label(entry)
  if entry.name and entry.file then return entry.file:gsub("%.yaml$", "") .. "/" .. entry.name end
  return entry.id
end

local TEXTS = {{"case", "case"}, {"clause", "clause"}, {"verdict", "verdict"}, {"words", "says"}, {"link", "link"}, {"printed", "printed"}}

-- The fields of a failure. A log may lack any of them.
local function fields_of(entry, invocation)
  local fields = {}
  local function add(key, format, ...)
    local given = table.pack(...)
    for i = 1, given.n do
      if given[i] == nil then return end
    end
    fields[#fields + 1] = {key, format:format(table.unpack(given))}
  end
  for _, text in ipairs(TEXTS) do add(text[2], "%s", entry[text[1]]) end
  add("mismatches", "%s of %s", entry.mismatches, entry.outputs)
  add("first", "%s[%s]%s", entry.tensor, entry.first and table.concat(entry.first, ","), entry.part and "." .. entry.part or "")
  add("got", "%s (%s)", entry.got_hex, entry.got)
  add("want", "%s (%s)", entry.want_hex, entry.want)
  add("repro", "%s", escape.repro(invocation, entry.case))
  return fields
end

local function write_point(entry, invocation)
  local bad = entry.class == "failed" or entry.class == "broken"
  local more = {}
  if entry.class == "skipped" then more.skip = entry.words or entry.verdict end
  if bad then more.verdict, more.fields = entry.verdict, fields_of(entry, invocation) end
  tap.case(not bad, label(entry), more)
end

--- Prints TAP version 13 of one or more logs, case by case; returns the logs.
function signals.tap(paths)
  local logs = {}
  output.begin_tap()
  for _, path in ipairs(paths) do
    logs[#logs + 1] = log.read(path, function(entry, _, header) write_point(entry, header.invocation) end)
  end
  local why
  for _, l in ipairs(logs) do why = why or not l.complete and log.why_incomplete(l) end
  if why then print("Bail out! " .. why .. ": the log is incomplete") else tap.done() end
  return logs
end

return signals
