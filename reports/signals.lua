-- signals.lua: short forms for other programs: GitHub annotations, a shields.io endpoint, TAP.

local escape = require "text.escape"
local groups = require "reports.groups"
local log = require "reports.log"
local output = require "text.output"

local signals = {}

local MOST_ANNOTATIONS = 10 -- GitHub shows no more of a step

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

local FIELDS = {"case", "clause", "verdict", "words", "link", "printed"}

local function block(entry, invocation)
  local lines = {"  ---"}
  local function add(key, text)
    lines[#lines + 1] = ('  %s: "%s"'):format(key, escape.yaml(text))
  end
  for _, key in ipairs(FIELDS) do
    if entry[key] then add(key == "words" and "says" or key, entry[key]) end
  end
  if entry.mismatches then
    add("mismatches", ("%d of %d"):format(entry.mismatches, entry.outputs))
    add("first", ("%s[%s]"):format(entry.tensor, table.concat(entry.first, ",")))
    add("got", ("%s (%s)"):format(entry.got_hex, entry.got))
    add("want", ("%s (%s)"):format(entry.want_hex, entry.want))
  end
  add("repro", escape.repro(invocation, entry.case))
  lines[#lines + 1] = "  ..."
  return table.concat(lines, "\n")
end

--- TAP version 13 of one or more logs; also the logs.
function signals.tap(paths)
  local lines, logs, number = {}, {}, 0
  for _, path in ipairs(paths) do
    local invocation
    local pending = {}
    local got = log.read(path, function(entry) pending[#pending + 1] = entry end)
    invocation = got.header.invocation
    for _, entry in ipairs(pending) do
      number = number + 1
      local bad = entry.class == "failed" or entry.class == "broken"
      local line = ("%sok %d - %s"):format(bad and "not " or "", number, escape.tap(label(entry)))
      if entry.class == "skipped" then line = line .. " # SKIP " .. escape.tap(entry.words or entry.verdict) end
      if bad then line = line .. ": " .. entry.verdict .. "\n" .. block(entry, invocation) end
      lines[#lines + 1] = line
    end
    logs[#logs + 1] = got
  end
  local head = ("TAP version 13\n1..%d\npragma +strict\n"):format(number)
  return head .. table.concat(lines, "\n") .. "\n", logs
end

return signals
