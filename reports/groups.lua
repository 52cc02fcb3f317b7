-- groups.lua: the failures of a subject by likely cause, largest first: for reports that are text.

local log = require "reports.log"
local output = require "text.output"

local groups = {}

-- A name for the row, and its reference on a command line.
local function word(model, name, row)
  return model.columns[name]:word(row)
end

--- "conv2d:..." of a row.
function groups.id(model, row)
  local parts = {}
  for _, k in ipairs(require("reports.params").keys) do
    local text = word(model, k.brief, row)
    if text ~= "" then parts[#parts + 1] = k.brief .. "=" .. text end
  end
  return "conv2d:" .. table.concat(parts, ",")
end

--- As `repro` takes it.
function groups.reference(model, row)
  if word(model, "literal", row) == "" then return groups.id(model, row) end
  return word(model, "file", row) .. "#" .. word(model, "name", row)
end

--- Where the case stands: file and line; nil for one made from an id.
function groups.place(model, row)
  local file, line = word(model, "file", row), word(model, "line", row)
  if file ~= "" then return file, tonumber(line) end
end

--- The subject's verdict on a row, and the clause that is broken.
function groups.verdict(subject, row)
  local clause = subject.clause.words[subject.clause.values[row] or 0]
  return subject.verdict.words[subject.verdict.values[row]], clause ~= "" and clause or nil
end

local function count_words(counts, text)
  if text then counts[text] = (counts[text] or 0) + 1 end
end

local function by_count(counts)
  local list = {}
  for text, n in pairs(counts) do list[#list + 1] = {text = text, n = n} end
  table.sort(list, function(a, b) return a.n > b.n or a.n == b.n and a.text < b.text end)
  return list
end

local function plainness(model, subject, row)
  return (subject.details[row] and 0 or 1000) + #groups.id(model, row)
end

-- The plainest case of a group stands for it.
local function describe(model, subject, g)
  local verdicts, clauses, best = {}, {}, nil
  for _, row in ipairs(g.rows) do
    local verdict, clause = groups.verdict(subject, row)
    count_words(verdicts, verdict)
    count_words(clauses, clause)
    local p = plainness(model, subject, row)
    if not best or p < best then best, g.example = p, row end
  end
  g.verdicts, g.clauses = by_count(verdicts), by_count(clauses)
end

--- {{words =, failed =, run =, rows =, verdicts = {{text =, n =}}, clauses =, example = row}, ...};
--- the failures without a common cause come last.
function groups.by_cause(model, subject)
  local list, index = {}, {}
  for _, f in ipairs(subject.failures) do
    local g = index[f.cause]
    if not g then
      local cause = subject.causes[f.cause]
      g = {words = cause and cause.words or "no common cause found", rows = {},
        failed = cause and cause.failed, run = cause and cause.run}
      index[f.cause], list[#list + 1] = g, g
    end
    g.rows[#g.rows + 1] = f.row
  end
  for _, g in ipairs(list) do describe(model, subject, g) end
  table.sort(list, function(a, b)
    if (a.failed == nil) ~= (b.failed == nil) then return a.failed ~= nil end
    return #a.rows > #b.rows or #a.rows == #b.rows and a.words < b.words
  end)
  return list
end

--- How many of the cases that fit the cause fail. A case that fits several is listed under the first.
function groups.share(g)
  local thousands = output.thousands
  local text = g.failed == g.run and ("All %s cases like this fail"):format(thousands(g.run))
    or ("%s of the %s cases like this fail"):format(thousands(g.failed), thousands(g.run))
  local elsewhere = g.failed - #g.rows
  return elsewhere > 0 and ("%s, %s of them listed under another cause"):format(text, thousands(elsewhere)) or text
end

--- "wrong value 204, rejected 3"
function groups.tally(list, most)
  local parts = {}
  for i = 1, math.min(#list, most or #list) do parts[i] = ("%s %d"):format(list[i].text, list[i].n) end
  if most and #list > most then parts[#parts + 1] = ("and %d more"):format(#list - most) end
  return table.concat(parts, ", ")
end

--- What a subject's log says, in a sentence; and the class that gives the sentence its colour.
function groups.judgement(l)
  local n = l.counts
  if n.broken > 0 then return "is not judged: the suite has defects", "broken" end
  if n.failed > 0 then return "does not conform", "failed" end
  if not l.complete then return "is not judged: " .. log.why_incomplete(l), "skipped" end
  if n.passed == 0 then return "is not judged: nothing could be run", "skipped" end
  return "conforms", "passed"
end

return groups
