-- junit.lua: JUnit XML as CI servers read it: a suite for each subject and case file.
-- runner/api/xml.c writes it without control characters, whatever a subject has printed.

local escape = require "text.escape"
local log = require "reports.log"

local junit = {}

local function class_name(entry)
  return "conv2d." .. (entry.file or "ids"):gsub("%.yaml$", ""):gsub("/", ".")
end

local function name_of(entry)
  return entry.name or (entry.id:gsub("^conv2d:", ""))
end

-- The text of a failure: all that somebody needs in order to act.
local function text_of(entry, invocation)
  local lines = {entry.words or "", "case: " .. entry.case}
  if entry.id ~= entry.case then lines[#lines + 1] = "id: " .. entry.id end
  if entry.clause then lines[#lines + 1] = "clause: " .. entry.clause end
  if entry.got_hex then
    lines[#lines + 1] = ("got: %s (%s)  want: %s (%s)"):format(entry.got_hex, entry.got, entry.want_hex, entry.want)
  end
  lines[#lines + 1] = "repro: " .. escape.repro(invocation, entry.case)
  if entry.printed then lines[#lines + 1] = "printed: " .. entry.printed end
  return table.concat(lines, "\n")
end

local function write_case(w, entry, invocation)
  w:start("testcase", "classname", class_name(entry), "name", name_of(entry),
    "time", ("%.6f"):format((entry.nanoseconds or 0) / 1e9),
    "file", entry.file and "cases/" .. entry.file, "line", entry.line)
  if entry.class == "skipped" then
    w:start("skipped", "message", entry.words or entry.verdict):finish()
  elseif entry.class ~= "passed" then
    local kind = entry.class == "broken" and "error" or "failure"
    w:start(kind, "type", entry.verdict, "message", entry.words or entry.verdict)
    w:text(text_of(entry, invocation)):finish()
  end
  w:finish()
end

-- The cases of a log by file, in the log's order.
local function read_suites(path)
  local suites, order = {}, {}
  local got = log.read(path, function(entry)
    local file = entry.file or "ids"
    local s = suites[file]
    if not s then
      s = {file = file, cases = {}, passed = 0, skipped = 0, failed = 0, broken = 0, time = 0}
      suites[file], order[#order + 1] = s, s
    end
    s.cases[#s.cases + 1] = entry
    s[entry.class] = s[entry.class] + 1
    s.time = s.time + (entry.nanoseconds or 0) / 1e9
  end)
  return got, order
end

local function write_suite(w, subject, s)
  w:start("testsuite", "name", subject.subject .. ": " .. s.file, "tests", #s.cases, "failures", s.failed,
    "errors", s.broken, "skipped", s.skipped, "time", ("%.6f"):format(s.time),
    "timestamp", (subject.date or ""):gsub("Z$", ""))
  w:start("properties")
  for _, key in ipairs {"subject_version", "suite", "invocation"} do
    w:start("property", "name", key, "value", subject[key] or ""):finish()
  end
  w:finish()
  for _, entry in ipairs(s.cases) do write_case(w, entry, subject.invocation or "") end
  w:finish()
end

--- The document, and the logs that it was made of.
function junit.document(paths)
  local w, logs = xml.new(), {}
  w:start("testsuites", "name", "conv2d-cts")
  for _, path in ipairs(paths) do
    local got, suites = read_suites(path)
    logs[#logs + 1] = got
    for _, s in ipairs(suites) do write_suite(w, got.header, s) end
  end
  return w:result(), logs
end

return junit
