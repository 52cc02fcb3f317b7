-- html.lua: the report as one page that needs nothing else: data, script and style are inside.
-- reports/page/ has the page. This file packs the data that its script unpacks (page/data.js).

local collect = require "reports.collect"
local escape = require "text.escape"
local log = require "reports.log"
local output = require "text.output"
local pack = require "reports.pack"
local params = require "reports.params"
local prose = require "text.prose"
local template = require "text.template"

local html = {}

local SCRIPTS = {"data.js", "dom.js", "case.js", "failures.js", "matrix.js", "maps.js", "spark.js", "grid.js", "list.js", "main.js"}

-- ---- data

local function pack_columns(model)
  local columns = {}
  for name, column in pairs(model.columns) do
    columns[name] = pack.words({words = column.words, values = column:numbers(model.rows)}, model.rows, params.defaults[name])
  end
  return columns
end

local function pack_causes(subject, rows)
  local values = {}
  for i = 1, rows do values[i] = 0 end
  for _, f in ipairs(subject.failures) do values[f.row] = f.cause end
  return pack.integers(values, rows)
end

-- The details of the failures. Their keys are rows as text, since JSON has no other keys.
local function details_of(subject)
  local details = {}
  for row, d in pairs(subject.details) do details[tostring(row - 1)] = d end
  return details
end

local function filled(values, rows)
  local all = {}
  for i = 1, rows do all[i] = values[i] or 0 end
  return all
end

local function speed_of(s)
  if s.cases == 0 then return nil end
  return {cases = s.cases, rate = math.exp(s.rates / s.cases), compared = s.compared,
          ratio = s.compared > 0 and math.exp(s.ratios / s.compared) or nil}
end

local function pack_subject(subject, rows)
  local header = subject.log.header
  return {
    name = subject.label, version = header.subject_version, description = header.description,
    own = json.list(header.own), environment = header.environment, machine = header.machine,
    url = header.url, invocation = header.invocation, date = header.date, suite = header.suite,
    log = subject.log.path, complete = subject.log.complete,
    why_incomplete = not subject.log.complete and log.why_incomplete(subject.log) or nil, counts = subject.log.counts,
    seconds = subject.log.seconds, speed = speed_of(subject.speed),
    verdict = pack.words(subject.verdict, rows), clause = pack.words(subject.clause, rows),
    reason = pack.words(subject.reason, rows),
    error = pack.integers(filled(subject.error, rows), rows),
    times = pack.integers(filled(subject.times, rows), rows),
    cause = pack_causes(subject, rows), causes = json.list(subject.causes), details = details_of(subject),
  }
end

-- The clauses that a case or a verdict names.
local function cited(model)
  local named = {}
  local function read(words)
    for _, word in ipairs(words) do
      for id in word:gmatch("%u+%-%d+") do named[id] = true end
    end
  end
  read(model.columns.clauses.words)
  for _, subject in ipairs(model.subjects) do read(subject.clause.words) end
  return named
end

local function clauses_of(model)
  local named, list = cited(model), {}
  for _, c in ipairs(prose.clauses()) do
    if named[c.id] then
      list[#list + 1] = {
        id = c.id, title = c.title, class = c.class, rejects = c.rejects, file = c.file, page = c.page,
        html = prose.html(c.text),
      }
    end
  end
  return json.list(list)
end

local function data_of(model)
  local subjects, keys = {}, {}
  for _, s in ipairs(model.subjects) do subjects[#subjects + 1] = pack_subject(s, model.rows) end
  for _, k in ipairs(params.keys) do keys[#keys + 1] = {name = k.name, brief = k.brief} end
  return {
    suite = cts.version, rows = model.rows, sliced = model.sliced,
    count = pack.integers(model.count, model.rows), keys = keys, columns = pack_columns(model),
    verdicts = cts.verdicts(), clauses = clauses_of(model), subjects = subjects, bins = collect.ERROR_BINS,
  }
end

-- ---- page

local function scripts()
  local parts = {}
  for i, name in ipairs(SCRIPTS) do parts[i] = output.read_own("reports/page/" .. name) end
  return table.concat(parts, "\n")
end

local function title_of(model)
  local names = {}
  for i, s in ipairs(model.subjects) do names[i] = s.label end
  return "conv2d-cts: " .. table.concat(names, ", ")
end

--- The page of a model of collect.lua.
function html.page(model)
  local data = escape.json_in_html(json.encode(data_of(model)))
  return template.fill("reports/page/report.html", {
    title = prose.escape(title_of(model)),
    data = data, script = scripts(),
  })
end

return html
