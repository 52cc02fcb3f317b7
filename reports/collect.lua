-- collect.lua: several logs as one table: a row for each case, a verdict for each subject.
-- Rows are columns of small integers into lists of words, so that 100,000 cases stay small in
-- memory and on the page. Of larger runs, passes that look alike share a row: a slice. The number of rows has a limit, so
-- that the memory does not grow with the log.

local causes = require "reports.causes"
local column = require "reports.column"
local log = require "reports.log"
local params = require "reports.params"

local collect = {}

--- In runs with more cases than this, passes become slices, and so do failures when a quarter of it have rows of their own.
collect.most_rows = 130000

local MOST_DETAILS = 4000  -- failures of a subject that keep all of their particulars ...
local DETAILS_ALIKE = 12   -- ... and of those, the ones that look alike

-- The parameters that a slice keeps, since the page draws maps of these, and what it keeps of them when the rows become
-- many: the share of most_rows that there may be, and the keys. Those that it does not keep are ANY.
local SLICE_KEYS = {"k", "s", "p", "d", "g", "mode", "dtype", "layout", "dir"}
local KEPT = {
  {0.5, {k = true, s = true, p = true, d = true, g = true, mode = true, dtype = true, layout = true, dir = true}},
  {0.9, {k = true, s = true, mode = true, dtype = true, dir = true}},
  {math.huge, {mode = true, dtype = true, dir = true}},
}
local ANY = "any"

-- ---- columns

local function new_model()
  local model = {rows = 0, count = {}, columns = {}, subjects = {}, sliced = false}
  for _, name in ipairs {"file", "line", "name", "clauses", "literal"} do model.columns[name] = column.new() end
  for _, k in ipairs(params.keys) do model.columns[k.brief] = column.new() end
  return model
end

-- What is written in any order: by row the number of its word.
local function new_marks()
  return {words = {}, index = {}, values = {}}
end

local function mark(marks, row, word)
  marks.values[row] = column.number(marks, word)
end

-- Appends a row; fields: words by column, where they are not empty.
local function add_row(model, fields)
  model.rows = model.rows + 1
  for name, word in pairs(fields) do
    if word ~= "" and model.columns[name] then model.columns[name]:append(model.rows, word) end
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

local function kept_keys(model)
  for _, step in ipairs(KEPT) do
    if model.rows < step[1] * collect.most_rows then return step[2] end
  end
end

local function slice_of(model, entry, values, subject, profile)
  local key = {subject.number, log.verdict(entry), entry.file or "", table.concat(entry.clauses, " "), entry.clause or "", profile or ""}
  local fields, kept = {file = entry.file, clauses = key[4]}, kept_keys(model)
  for _, k in ipairs(SLICE_KEYS) do
    fields[k] = kept[k] and values[k] or not kept[k] and ANY or nil
    key[#key + 1] = fields[k] or ""
  end
  return table.concat(key, "\t"), fields
end

-- Whether a case shares a row. Of a run with too many failures the later ones do that have a profile in common.
local function is_shared(model, subject, entry)
  if not model.sliced or entry.name then return false end
  if entry.class == "passed" or subject.single >= collect.most_rows / 4 then return true end
  subject.single = subject.single + 1
  return false
end

-- The row of a case. `seen` counts equal cases of this log, so that each finds its own row.
local function row_of(model, subject, entry, values, profile)
  local key, fields
  if is_shared(model, subject, entry) then
    key, fields = slice_of(model, entry, values, subject, entry.class ~= "passed" and profile)
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
  return row, fields ~= nil
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

local function note_failure(subject, row, shared, entry, number, profile)
  if not (shared and subject.times[row] > 1) then subject.failures[#subject.failures + 1] = {row = row, profile = profile} end
  mark(subject.clause, row, entry.clause or "")
  if not shared and wants_detail(subject, entry, profile) then
    subject.detailed = subject.detailed + 1
    subject.details[row] = detail_of(entry, number)
  end
end

-- Tells fewer profiles apart from here on.
local function fewer_profiles(subject)
  local shorter
  subject.profiles, subject.kinds, shorter = causes.coarser(subject.profiles, subject.without)
  for _, f in ipairs(subject.failures) do f.profile = shorter(f.profile) end
end

-- Passes and failures by profile: what the search for causes needs.
local function note_profile(subject, entry, profile)
  local n = subject.profiles[profile]
  if not n then
    n = {failed = 0, passed = 0}
    subject.profiles[profile], subject.kinds = n, subject.kinds + 1
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
  local profile = entry.class ~= "skipped" and causes.profile(values, subject.without)
  note_speed(subject, entry)
  local row, shared = row_of(model, subject, entry, values, profile)
  subject.times[row] = (subject.times[row] or 0) + 1
  mark(subject.verdict, row, log.verdict(entry))
  subject.error[row] = math.max(subject.error[row] or 0, error_bin(entry))
  if profile then
    note_profile(subject, entry, profile)
    if entry.class ~= "passed" then note_failure(subject, row, shared, entry, number, profile) end
    if subject.kinds > causes.most_profiles then fewer_profiles(subject) end
  elseif entry.words then
    mark(subject.reason, row, entry.words)
  end
end

local function find_causes(subject)
  local of_profile
  subject.causes, of_profile = causes.find(subject.profiles)
  for _, f in ipairs(subject.failures) do f.cause = of_profile[f.profile] or 0 end
end

local function read_subject(model, path)
  local subject = {
    number = #model.subjects + 1, verdict = new_marks(), clause = new_marks(), reason = new_marks(),
    error = {}, times = {}, details = {}, failures = {}, profiles = {}, kinds = 0, single = 0, without = {},
    alike = {}, seen = {}, detailed = 0,
    speed = {cases = 0, rates = 0, compared = 0, ratios = 0},
  }
  subject.log = log.read(path, function(entry, number) note(model, subject, entry, number) end)
  find_causes(subject)
  subject.profiles, subject.alike, subject.seen = nil, nil, nil
  model.subjects[#model.subjects + 1] = subject
  for row, n in pairs(subject.times) do model.count[row] = math.max(model.count[row], n) end
end

-- The last parts of a log's path: the file's name, and so many folders before it.
local function tail_of(path, folders)
  local parts = {}
  for part in path:gsub("%.jsonl?$", ""):gmatch "[^/]+" do parts[#parts + 1] = part end
  return table.concat(parts, "/", math.max(1, #parts - folders))
end

-- "oneDNN", or where several have that name, "oneDNN (onednn-winograd)", with as many folders as tell them apart.
local function label_subjects(subjects)
  for _, s in ipairs(subjects) do s.label = s.log.header.subject end
  for folders = 0, 8 do
    local times = {}
    for _, s in ipairs(subjects) do times[s.label] = (times[s.label] or 0) + 1 end
    for _, s in ipairs(subjects) do
      if times[s.label] > 1 then s.label = ("%s (%s)"):format(s.log.header.subject, tail_of(s.log.path, folders)) end
    end
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
