-- collect.lua: several logs as one table: a row for each case, a verdict for each subject.
-- Rows are columns of small integers into lists of words, so that 100,000 cases stay small in
-- memory and on the page. Of larger runs, passes that look alike share a row: a slice.

local causes = require "reports.causes"
local log = require "reports.log"
local params = require "reports.params"

local collect = {}

--- In runs with more cases than this, passes become slices.
collect.most_rows = 150000

local MOST_DETAILS = 4000  -- failures of a subject that keep all of their particulars ...
local DETAILS_ALIKE = 12   -- ... and of those, the ones that look alike

-- The parameters that a slice keeps: the page draws maps of these.
local SLICE_KEYS = {"k", "s", "p", "d", "g", "mode", "dtype", "layout", "dir"}

-- ---- columns

local function new_column()
  return {words = {}, index = {}, values = {}}
end

-- The number of a word: its place in the list, from 1.
local function word_index(column, word)
  local i = column.index[word]
  if not i then
    i = #column.words + 1
    column.words[i], column.index[word] = word, i
  end
  return i
end

local function new_model()
  local model = {rows = 0, count = {}, columns = {}, subjects = {}, sliced = false}
  for _, name in ipairs {"file", "line", "name", "clauses", "literal"} do model.columns[name] = new_column() end
  for _, k in ipairs(params.keys) do model.columns[k.brief] = new_column() end
  return model
end

-- Appends a row; fields: words by column, where they are not empty.
local function add_row(model, fields)
  model.rows = model.rows + 1
  for name, column in pairs(model.columns) do
    column.values[model.rows] = word_index(column, fields[name] or "")
  end
  model.count[model.rows] = 0
  return model.rows
end

-- ---- rows

local function fields_of(entry, values)
  local fields = {
    file = entry.file, line = entry.line and tostring(entry.line), name = entry.name,
    clauses = table.concat(entry.clauses, " "), literal = entry.case ~= entry.id and "1" or "",
  }
  for key, value in pairs(values) do fields[key] = value end
  return fields
end

local function slice_of(entry, values, subject)
  local key = {subject.number, entry.verdict, entry.file or "", table.concat(entry.clauses, " ")}
  local fields = {file = entry.file, clauses = key[4]}
  for _, k in ipairs(SLICE_KEYS) do
    fields[k] = values[k]
    key[#key + 1] = values[k] or ""
  end
  return table.concat(key, "\t"), fields
end

-- The row of a case. `seen` counts equal cases of this log, so that each finds its own row.
local function row_of(model, subject, entry, values)
  local key, fields
  if model.sliced and entry.class == "passed" and not entry.name then
    key, fields = slice_of(entry, values, subject)
  else
    key = log.key(entry)
    local times = (subject.seen[key] or 0) + 1
    subject.seen[key] = times
    if times > 1 then key = key .. "\t" .. times end
  end
  local row = model.by_key[key]
  if not row then
    row = add_row(model, fields or fields_of(entry, values))
    model.by_key[key] = row
  end
  return row
end

-- ---- errors

--- The bins of max_error: none; up to 2^-10 of the bound; each doubling up to the bound; above it.
collect.ERROR_BINS = 15

local function error_bin(e)
  if type(e.max_error) == "string" then return 15 end
  if not e.max_error or e.max_error == 0 then return e.outputs and 1 or 0 end
  if e.max_error > 1 then return e.max_error > 16 and 14 or 13 end
  return math.max(2, 12 + math.ceil(math.log(e.max_error, 2)))
end

-- ---- a subject

-- What the page shows of a failure; the log has more.
local DETAILS = {"words", "outputs", "mismatches", "tensor", "max_error", "wrong", "map", "printed", "link"}

local function detail_of(entry, number)
  local d = {log_line = number}
  for _, key in ipairs(DETAILS) do d[key] = entry[key] end
  return d
end

local function wants_detail(subject, entry, profile)
  if subject.detailed >= MOST_DETAILS then return false end
  local like = entry.verdict .. "\t" .. (entry.clause or "") .. "\t" .. profile
  local n = (subject.alike[like] or 0) + 1
  subject.alike[like] = n
  return n <= DETAILS_ALIKE
end

local function note_failure(subject, row, entry, number, profile)
  subject.failures[#subject.failures + 1] = {row = row, profile = profile}
  subject.clause.values[row] = word_index(subject.clause, entry.clause or "")
  if wants_detail(subject, entry, profile) then
    subject.detailed = subject.detailed + 1
    subject.details[row] = detail_of(entry, number)
  end
end

-- Passes and failures by profile: what the search for causes needs.
local function note_profile(subject, entry, profile)
  local n = subject.profiles[profile]
  if not n then
    n = {failed = 0, passed = 0}
    subject.profiles[profile] = n
  end
  local class = entry.class == "passed" and "passed" or "failed"
  n[class] = n[class] + 1
end

-- Speed, of the cases that `run --time` has measured: sums of logarithms of seconds and of ratios.
local function note_speed(subject, entry)
  local time, other = entry.median_nanoseconds, entry.baseline_nanoseconds
  if not time or time <= 0 then return end
  local s = subject.speed
  s.cases, s.rates = s.cases + 1, s.rates + math.log(params.products(entry.id) / time)
  if other and other > 0 then s.compared, s.ratios = s.compared + 1, s.ratios + math.log(other / time) end
end

local function note(model, subject, entry, number)
  local values = params.read(entry.id)
  note_speed(subject, entry)
  local row = row_of(model, subject, entry, values)
  subject.times[row] = (subject.times[row] or 0) + 1
  subject.verdict.values[row] = word_index(subject.verdict, entry.verdict)
  subject.error[row] = math.max(subject.error[row] or 0, error_bin(entry))
  if entry.class ~= "skipped" then
    local profile = causes.profile(values)
    note_profile(subject, entry, profile)
    if entry.class ~= "passed" then note_failure(subject, row, entry, number, profile) end
  elseif entry.words then
    subject.reason.values[row] = word_index(subject.reason, entry.words)
  end
end

local function find_causes(subject)
  local of_profile
  subject.causes, of_profile = causes.find(subject.profiles)
  for _, f in ipairs(subject.failures) do f.cause = of_profile[f.profile] or 0 end
end

local function read_subject(model, path)
  local subject = {
    number = #model.subjects + 1, verdict = new_column(), clause = new_column(), reason = new_column(),
    error = {}, times = {}, details = {}, failures = {}, profiles = {}, alike = {}, seen = {}, detailed = 0,
    speed = {cases = 0, rates = 0, compared = 0, ratios = 0},
  }
  subject.log = log.read(path, function(entry, number) note(model, subject, entry, number) end)
  find_causes(subject)
  subject.profiles, subject.alike, subject.seen = nil, nil, nil
  model.subjects[#model.subjects + 1] = subject
  for row, n in pairs(subject.times) do model.count[row] = math.max(model.count[row], n) end
end

-- "oneDNN", or where several have that name, "oneDNN (onednn-winograd)".
local function label_subjects(subjects)
  local times = {}
  for _, s in ipairs(subjects) do
    local name = s.log.header.subject
    times[name] = (times[name] or 0) + 1
  end
  for _, s in ipairs(subjects) do
    local name = s.log.header.subject
    local file = s.log.path:match("[^/]*$"):gsub("%.jsonl?$", "")
    s.label = times[name] > 1 and ("%s (%s)"):format(name, file) or name
  end
end

--- Reads logs into {rows =, count = {cases of each row}, columns = {[key] = {words =, values =}},
--- subjects = {{label =, log =, verdict =, error =, clause =, reason =, details =, failures =, causes =}}}.
function collect.read(paths)
  local model = new_model()
  model.by_key = {}
  for _, path in ipairs(paths) do
    model.sliced = model.sliced or (log.expected_cases(path) or 0) > collect.most_rows
  end
  for _, path in ipairs(paths) do read_subject(model, path) end
  model.by_key = nil
  label_subjects(model.subjects)
  return model
end

return collect
