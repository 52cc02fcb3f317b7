-- matrix: several subjects against the clauses, side by side.

local escape = require "text.escape"
local grade = require "reports.grade"
local invariances = require "reveal.invariances"
local logs = require "reports.log"
local options = require "cli.options"
local output = require "text.output"
local timing = require "cli.timing"

local legend = "A cell says how many cases failed of those that were judged; '.' all passed, '-' none was judged.\n"
  .. "A case counts once under every topic that it is about. In parentheses stands what the adapter computes itself,\n"
  .. "as the library has no such thing: it says nothing of the library. Failures that are listed were expected\n"
  .. "(run --xfail), each for a reason that the result names.\n"
  .. "The grade is of accuracy: the root mean square of the errors on float32 and uniform or normal data,\n"
  .. "in units u*S: A at most 0.25 (about that of one rounding), B at most 1 (sums in float32), C more.\n"
  .. "Bits: on what the bits of an image's output depend: b the size of the batch, n its neighbours in it, r repetition,\n"
  .. "l layout, a alignment, t the number of threads; '.' no dependence was found, '-' not asked (conv2d-cts invariances).\n"
  .. "A row that says of how many cases it is has the most telling of the tier, as many as there was time for (run --seconds).\n"
  .. "On: on which machine, of those that are named below."

local command = {
  name = "matrix",
  arguments = {0, math.huge, "a subject"},
  usage = "[OPTION ...] SUBJECT.so|LOG.jsonl|RESULT.json ...",
  about = "Runs the suite on several implementations and prints a table: subjects by topics of clauses. A log stands\n"
    .. "for the run that wrote it, and so does a result that `--publish` wrote.",
  options = {
    {"tier", value = "quick|full", about = "the tier of the suite (default quick)"},
    {"time", about = "a column for the speed, GMAC/s; indicative, no part of a verdict"},
    {"shard", value = "K/N", about = "only that part of the cases"},
    {"time_limit", value = "SECONDS", number = true, above = 0, about = "for one call (default 10)"},
    {"commands", value = "FILE", about = "also subjects that are processes: a command line on each line"},
    {"publish", value = "FOLDER", about = "write a result of each subject there, as JSON; one of more cases that is there stays"},
  },
  more = legend .. "\n\nExit status: 0 if the table was made, whatever it shows; 3 if a subject could not be opened.",
}

local function read_commands(path)
  local f, message = io.open(path)
  if not f then cts.fail(2, message) end
  local text, why = f:read "a"
  f:close()
  if not text then cts.fail(2, ("%s: %s"):format(path, why)) end
  local list = {}
  for line in text:gmatch "[^\n]+" do
    if line:find("%S") and not line:find("^#") then list[#list + 1] = line end
  end
  return list
end

-- Counts a case once under every topic, "PAD" of "PAD-4", that it is about.
local function count_topics(by_topic, clauses, class)
  local seen = {}
  for _, clause in ipairs(clauses) do
    local topic = clause:match("^%a+")
    local t = by_topic[topic] or {passed = 0, failed = 0}
    if not seen[topic] and t[class] then t[class] = t[class] + 1 end
    seen[topic], by_topic[topic] = true, t
  end
end

-- A sum of results, and a function that adds one to it: its class, the id and the clauses of its case, and what the
-- judge said.
local function tally()
  local sum = {cases = 0, passed = 0, failed = 0, skipped = 0, broken = 0, listed = 0,
               verdicts = {}, failing = {}, passing = {}, expected = {}, by_topic = {}}
  local outputs, squares = 0, 0
  local function count(t, key) t[key] = (t[key] or 0) + 1 end
  return sum, function(class, id, clauses, said)
    sum.cases = sum.cases + 1
    count(sum, class)
    count(sum.verdicts, said.verdict)
    count_topics(sum.by_topic, clauses, class)
    if class == "failed" then count(sum.failing, said.clause or "?") end
    if class == "passed" then for _, clause in ipairs(clauses) do count(sum.passing, clause) end end
    if said.xfail then
      sum.listed = sum.listed + 1
      count(sum.expected, said.xfail)
    end
    if said.rms_error and grade.measures[said.verdict] and grade.is_typical(id) then
      outputs, squares = outputs + said.outputs, squares + said.outputs * said.rms_error ^ 2
      sum.rms = math.sqrt(squares / outputs)
    end
  end
end

-- Runs the suite; the sum of its results.
local function judge(tested, cases, timed)
  local sum, add = tally()
  tested:run(cases, {all = true, each = function(result)
    if timed then timed.note(result) end
    add(result.class, result.case.id, result.case.clauses, result)
  end})
  sum.speed = timed and timing.summary(timed.measure()).rate
  return sum
end

-- What `invariances --json` wrote beside a log, LOG.invariances.json: {[name] = {case, words}}; nil if there is none.
local function ends_beside(path)
  local f = io.open((path:gsub("%.jsonl.*$", ".invariances.json")))
  local text = f and f:read "a" or ""
  if f then f:close() end
  local got = text:find "%S" and json.decode(text)
  if type(got) ~= "table" or got.out_of_time or type(got.ends) ~= "table" then return nil end
  return got.ends
end

-- The sum of the results of a log, and what it says of its subject.
local function read(path)
  local sum, add = tally()
  local got = logs.read(path, function(e)
    if type(e.rms_error) ~= "number" then e.rms_error = nil end
    add(logs.classes[e.verdict], e.case, e.clauses, e)
  end)
  if not got.complete then cts.fail(2, path .. ": the log is not complete") end
  local h = got.header
  sum.ends, sum.out_of_time = ends_beside(path), got.out_of_time
  return sum, {name = h.subject, version = h.subject_version, description = h.description, url = h.url,
               invocation = h.invocation, environment = h.environment, own = h.own, machine = h.machine,
               suite = h.suite, selection = h.selection}
end

local function read_file(path)
  local f = io.open(path)
  local text = f and f:read "a"
  if f then f:close() end
  return text
end

-- What each result has.
local published = {subject = "string", version = "string", suite = "string", selection = "string", machine = "table", own = "table",
  topics = "table", cases = "number", passed = "number", failed = "number", skipped = "number"}

-- What `--publish` wrote, as the sum of results and what is said of the subject.
local function read_result(path)
  local text = read_file(path)
  local good, o = pcall(json.decode, text or "")
  good = good and type(o) == "table"
  for name, kind in pairs(good and published or {}) do good = good and type(o[name]) == kind end
  if not good then
    cts.fail(2, path .. ": this is no result that `matrix --publish` wrote")
  end
  return {cases = o.cases, passed = o.passed, failed = o.failed, listed = o.listed, skipped = o.skipped, verdicts = o.verdicts,
          failing = o.failing_clauses, passing = o.passing_clauses, expected = o.expected, by_topic = o.topics,
          rms = o.rms_error_float32, ends = o.invariances_end, out_of_time = o.out_of_time},
    {name = o.subject, version = o.version, description = o.description, url = o.url, invocation = o.invocation,
     environment = o.environment, own = o.own, machine = o.machine, suite = o.suite, selection = o.selection}
end

-- The topics that hold what an adapter may compute itself.
local topic_of = {shape = "SHAPE", bias = "BIAS", padding = "PAD", groups = "GROUP"}

local function cell(t, own)
  local judged = t and (t.passed or 1) + t.failed or 0 -- some results do not say how many passed
  local text = judged == 0 and "-" or t.failed == 0 and "." or ("%d/%d"):format(t.failed, judged)
  return own and judged > 0 and "(" .. text .. ")" or text
end

-- A letter for each invariance that ends.
local function bits(ends)
  if not ends then return "-" end
  local letters = {}
  for i, name in ipairs(invariances.names) do letters[i] = ends[name] and name:sub(1, 1) or "." end
  return table.concat(letters)
end

-- Of which cases a row is, where it is not of all `count` that were asked for. A run adds cases of what its subject offers.
local function part(r, about, count)
  local shard = about.selection:match "%-%-shard (%S+)"
  local first = r.out_of_time and (r.cases < count and ("%d of %d"):format(r.cases, count) or ("%d, and not all"):format(r.cases))
  return (shard and "  of the cases " .. shard or "") .. (first and "  of the cases " .. first or "")
end

-- The machines of the rows, in the order in which they come, and the letter of each.
local machines = {}

local function letter_of(machine)
  local text = ("%s; features: %s; variables: %s"):format(machine.processor, machine.features,
    machine.variables == "" and "none" or machine.variables)
  for i, known in ipairs(machines) do
    if known == text then return string.char(96 + i) end
  end
  machines[#machines + 1] = text
  return string.char(96 + #machines)
end

local function print_row(name, r, topics, about, with_speed, count)
  local own = about.own
  local cells, its_own = {}, {}
  for _, word in ipairs(own) do its_own[topic_of[word] or word] = true end
  for i, topic in ipairs(topics) do cells[i] = ("%12s"):format(cell(r.by_topic[topic], its_own[topic])) end
  local speed = r.speed and ("%9.3g "):format(r.speed) or with_speed and ("%9s "):format("-") or ""
  local note = "  " .. escape.line(about.version) .. (#own > 0 and "  own: " .. table.concat(own, ", ") or "")
    .. part(r, about, count)
  print(("%-40s %6d %6d %6d %6d  %-5s %-6s %-2s %s%s%s"):format(name, r.passed, r.failed, r.listed, r.skipped, grade.of(r.rms),
    bits(r.ends), letter_of(about.machine), speed, table.concat(cells), note))
end

-- What a subject that was opened says of itself, as a log has it.
local function described(tested, selection)
  local machine = cts.machine()
  machine.threads = tested.threads
  return {name = tested.name, version = tested.version, description = tested.description, url = tested.url,
          invocation = tested.invocation, environment = tested.environment, own = tested.own, machine = machine,
          suite = cts.version, selection = selection}
end

local function publish(folder, name, about, r)
  local record = {
    subject = about.name, version = about.version, description = about.description, url = about.url,
    invocation = about.invocation, suite = about.suite, selection = about.selection, machine = about.machine,
    environment = about.environment, own = json.list(about.own),
    cases = r.cases, passed = r.passed, failed = r.failed, listed = r.listed, skipped = r.skipped, verdicts = r.verdicts,
    failing_clauses = r.failing, passing_clauses = r.passing, expected = r.expected, rms_error_float32 = r.rms, grade = grade.of(r.rms),
    topics = r.by_topic, invariances_end = r.ends, out_of_time = r.out_of_time,
  }
  local path = folder .. "/" .. name:gsub("%.%l%w+", ""):gsub("[^%w_]+", "-") .. ".json"
  local known, old = pcall(read_result, path)
  local is_part = r.out_of_time or about.selection:find "--shard"
  if known and is_part and old.cases > r.cases then return read_result(path) end
  output.write(path, json.encode(record) .. "\n")
  return r, about
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
for _, path in ipairs(got) do
  local file = path:match("([^/]+)/*$") or path
  local is_log = file:find "%.jsonl$" or file:find "%.jsonl%.zst$"
  local kind = is_log and "log" or file:find "%.json$" and "result" or "path"
  local name = file:gsub("%.so$", ""):gsub("%.json.*$", "")
  local known = false -- a log stands before the result of the same name, if it is complete
  for _, s in ipairs(kind == "result" and subjects or {}) do
    if s.name == name then known, s.result = true, path end
  end
  if not known then subjects[#subjects + 1] = {[kind] = path, name = name} end
end
for _, line in ipairs(got.commands and read_commands(got.commands) or {}) do
  subjects[#subjects + 1] = {command = line, name = line:gsub("%S*/", ""):gsub("^%w+ ", "")}
end
if #subjects == 0 then cts.fail(2, "no subject is named (conv2d-cts matrix --help)") end

local heads = {}
for i, topic in ipairs(topics) do heads[i] = ("%12s"):format(topic) end
print(("%-40s %6s %6s %6s %6s  %-5s %-6s %-2s %s%s"):format("subject", "passed", "failed", "listed", "skip", "grade", "bits", "on",
  got.time and ("%9s "):format("GMAC/s") or "", table.concat(heads)))
-- The sum of a subject's results, what is said of it, and whether that is new, and not as it was published.
local function results_of(s)
  if s.log then
    local whole, r, about = pcall(read, s.log)
    if whole then return r, about, true end
    if not s.result then error(r, 0) end
  end
  if s.result then return read_result(s.result) end
  local tested = subject.open {path = s.path, command = s.command, time_limit = got.time_limit}
  local selection = (got.shard and "--shard " .. got.shard .. " " or "") .. "--tier " .. tier
  local r = judge(tested, cases, got.time and timing.collector(tested))
  return r, described(tested, selection), true
end

local status, named, count = 0, {}, cases:count()
-- Prints the row of a subject.
local function show(s)
  local r, about, is_new = results_of(s)
  if named[s.name] then s.name = s.name .. " " .. about.version end -- another version of the same
  named[s.name] = true
  if got.publish and is_new then r, about = publish(got.publish, s.name, about, r) end
  print_row(escape.line(s.name), r, topics, about, got.time, count)
end

if got.publish and not os.execute("mkdir -p " .. escape.shell(got.publish)) then cts.fail(2, got.publish .. ": can't be made") end
for _, s in ipairs(subjects) do
  local good, problem = pcall(show, s)
  if not good then
    problem = tostring(problem):gsub("\n.*", ""):gsub("^%S+%.lua:%d+: ", "")
    print(("%-40s %s"):format(escape.line(s.name), escape.line(problem)))
    status = 3
  end
end
print("\n" .. legend .. "\n")
for i, text in ipairs(machines) do print(("%s: %s"):format(string.char(96 + i), escape.line(text))) end
return status
