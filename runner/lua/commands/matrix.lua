-- matrix: several subjects against the clauses, side by side.

local escape = require "text.escape"
local grade = require "reports.grade"
local options = require "cli.options"
local output = require "text.output"
local timing = require "cli.timing"

local legend = "A cell says how many cases failed of those that were judged; '.' all passed, '-' none was judged.\n"
  .. "A case counts once under every topic that it is about. In parentheses stands what the adapter computes itself,\n"
  .. "as the library has no such thing: it says nothing of the library.\n"
  .. "The grade is of accuracy: the root mean square of the errors on float32 and uniform or normal data,\n"
  .. "in units u*S: A at most 0.25 (about that of one rounding), B at most 1 (sums in float32), C more."

local command = {
  name = "matrix",
  arguments = {0, math.huge, "a subject"},
  usage = "[OPTION ...] SUBJECT.so ...",
  about = "Runs the suite on several implementations and prints a table: subjects by topics of clauses.",
  options = {
    {"tier", value = "quick|full", about = "the tier of the suite (default quick)"},
    {"time", about = "a column for the speed, GMAC/s; indicative, no part of a verdict"},
    {"shard", value = "K/N", about = "only that part of the cases"},
    {"time_limit", value = "SECONDS", number = true, about = "for one call (default 10)"},
    {"commands", value = "FILE", about = "also subjects that are processes: a command line on each line"},
    {"publish", value = "FOLDER", about = "write a result of each subject there, as JSON"},
  },
  more = legend .. "\n\nExit status: 0 if the table was made, whatever it shows; 3 if a subject could not be opened.",
}

local function read_commands(path)
  local f, message = io.open(path)
  if not f then cts.fail(2, message) end
  local list = {}
  for line in f:lines() do
    if line:find("%S") and not line:find("^#") then list[#list + 1] = line end
  end
  f:close()
  return list
end

-- Counts a case once under every topic, "PAD" of "PAD-4", that it is about.
local function count_topics(by_topic, result)
  local seen = {}
  for _, clause in ipairs(result.case.clauses) do
    local topic = clause:match("^%a+")
    local t = by_topic[topic] or {passed = 0, failed = 0}
    if not seen[topic] and t[result.class] then t[result.class] = t[result.class] + 1 end
    seen[topic], by_topic[topic] = true, t
  end
end

-- Runs the suite; the summary, with counts by topic, the failing clauses and the root mean square error.
local function judge(tested, cases, timed)
  local by_topic, failing, passing, count, sum = {}, {}, {}, 0, 0
  local r = tested:run(cases, {all = true, each = function(result)
    if timed then timed.note(result) end
    count_topics(by_topic, result)
    if result.class == "failed" then
      local clause = result.clause or "?"
      failing[clause] = (failing[clause] or 0) + 1
    elseif result.class == "passed" then
      for _, clause in ipairs(result.case.clauses) do passing[clause] = (passing[clause] or 0) + 1 end
    end
    if result.rms_error and grade.measures[result.verdict] and grade.is_typical(result.case) then
      count, sum = count + result.outputs, sum + result.outputs * result.rms_error ^ 2
    end
  end})
  r.speed = timed and timing.summary(timed.measure()).rate
  r.by_topic, r.failing, r.passing, r.rms = by_topic, failing, passing, count > 0 and math.sqrt(sum / count) or nil
  return r
end

-- The topics that hold what an adapter may compute itself.
local topic_of = {shape = "SHAPE", bias = "BIAS", padding = "PAD", groups = "GROUP"}

local function cell(t, own)
  local judged = t and t.passed + t.failed or 0
  local text = judged == 0 and "-" or t.failed == 0 and "." or ("%d/%d"):format(t.failed, judged)
  return own and judged > 0 and "(" .. text .. ")" or text
end

local function print_row(name, r, topics, own, with_speed)
  local cells, its_own = {}, {}
  for _, word in ipairs(own) do its_own[topic_of[word] or word] = true end
  for i, topic in ipairs(topics) do cells[i] = ("%12s"):format(cell(r.by_topic[topic], its_own[topic])) end
  local speed = r.speed and ("%9.3g "):format(r.speed) or with_speed and ("%9s "):format("-") or ""
  local note = #own > 0 and "  own: " .. table.concat(own, ", ") or ""
  print(("%-34s %6d %6d %6d  %-5s %s%s%s"):format(name, r.passed, r.failed, r.skipped, grade.of(r.rms), speed, table.concat(cells),
    note))
end

local function publish(folder, name, tested, r, tier, shard)
  local machine = cts.machine()
  machine.threads = tested.threads
  local record = {
    subject = tested.name, version = tested.version, description = tested.description, url = tested.url,
    invocation = tested.invocation, suite = cts.version, tier = tier, shard = shard, machine = machine,
    environment = tested.environment, own = json.list(tested.own),
    cases = r.cases, passed = r.passed, failed = r.failed, skipped = r.skipped, verdicts = r.verdicts,
    failing_clauses = r.failing, passing_clauses = r.passing, rms_error_float32 = r.rms, grade = grade.of(r.rms),
  }
  local path = folder .. "/" .. name:gsub("%.%l%w+", ""):gsub("[^%w_]+", "-") .. ".json"
  output.write(path, json.encode(record) .. "\n")
end

-- The topics in the order of the specs.
local function all_topics()
  local list, seen = {}, {}
  for _, clause in ipairs(cts.clauses()) do
    local topic = clause.id:match("^%a+")
    if not seen[topic] then list[#list + 1] = topic end
    seen[topic] = true
  end
  return list
end

local got = options.read(command)
local tier, topics = got.tier or "quick", all_topics()
local cases = suite.load(cts.root .. "/cases", {tier = tier, shard = got.shard})
local subjects = {}
for _, path in ipairs(got) do subjects[#subjects + 1] = {path = path, name = path:match("[^/]+$"):gsub("%.so$", "")} end
for _, line in ipairs(got.commands and read_commands(got.commands) or {}) do
  subjects[#subjects + 1] = {command = line, name = line:gsub("%S*/", ""):gsub("^%w+ ", "")}
end
if #subjects == 0 then cts.fail(2, "no subject is named (conv2d-cts matrix --help)") end

local machine = cts.machine()
print(("made on %s\nfeatures: %s\nvariables: %s\n"):format(machine.name, machine.features, machine.variables))
local heads = {}
for i, topic in ipairs(topics) do heads[i] = ("%12s"):format(topic) end
print(("%-34s %6s %6s %6s  %-5s %s%s"):format("subject", "passed", "failed", "skip", "grade",
  got.time and ("%9s "):format("GMAC/s") or "", table.concat(heads)))
local status, named = 0, {}
for _, s in ipairs(subjects) do
  local opened, tested = pcall(subject.open, {path = s.path, command = s.command, time_limit = got.time_limit})
  if opened then
    if named[s.name] then s.name = s.name .. " " .. tested.version end -- another version of the same
    named[s.name] = true
    local r = judge(tested, cases, got.time and timing.collector(tested))
    print_row(escape.line(s.name), r, topics, tested.own, got.time)
    if got.publish then publish(got.publish, s.name, tested, r, tier, got.shard) end
  else
    print(("%-34s %s"):format(escape.line(s.name), escape.line((tostring(tested):gsub("\n.*", "")))))
    status = 3
  end
end
print("\n" .. legend)
return status
