-- junit.lua: JUnit XML as CI servers read it: a suite for each subject and case file.
-- runner/api/xml.c writes it without control characters, whatever a subject has printed.
-- A suite's element begins with its counts, so that a log is read twice; no more than a batch of cases is held.

local escape = require "text.escape"
local log = require "reports.log"
local output = require "text.output"

local junit = {}

local function class_name(entry)
  return "conv2d." .. (entry.file or "ids"):gsub("%.yaml$", ""):gsub("^[./]+", ""):gsub("/", ".")
end

-- The path of a case file: of the suite's from its root, of others as it was given.
local function file_of(entry)
  if not entry.file then return nil end
  return cts.exists(cts.root .. "/cases/" .. entry.file) and "cases/" .. entry.file or entry.file
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
    "file", file_of(entry), "line", entry.line)
  if entry.class == "skipped" then
    w:start("skipped", "message", entry.words or entry.verdict):finish()
  elseif entry.class ~= "passed" then
    local kind = entry.class == "broken" and "error" or "failure"
    w:start(kind, "type", entry.verdict, "message", entry.words or entry.verdict)
    w:text(text_of(entry, invocation)):finish()
  end
  w:finish()
end

-- ---- counting

-- Counts a case in the suite of its file, which is returned.
local function tally(suites, order, entry)
  local file = entry.file or "ids"
  local s = suites[file]
  if not s then
    s = {file = file, tests = 0, passed = 0, skipped = 0, failed = 0, broken = 0, time = 0}
    suites[file], order[#order + 1] = s, s
  end
  s.tests, s[entry.class] = s.tests + 1, s[entry.class] + 1
  s.time = s.time + (entry.nanoseconds or 0) / 1e9
  return s
end

-- The suites of a log, if the cases of each stand together; nil if not.
local function count_suites(path)
  local suites, order, together, last = {}, {}, true, nil
  log.read(path, function(entry)
    local s = tally(suites, order, entry)
    together, last = together and (s == last or s.tests == 1), s
  end)
  return together and suites or nil
end

-- ---- writing

local BATCH = 200

-- What stands between the second start and the last two ends: text that may be put into a document at that depth.
local function inside(w)
  return w:result():match("<b>\n(.*)  ?</b>") or ""
end

-- A function that takes entries and gives their elements to `write`, a batch at a time, and one that gives the rest.
local function batches(write, invocation)
  local list = {}
  local function flush()
    if #list == 0 then return end
    local w = xml.new():start("a"):start("b")
    for _, entry in ipairs(list) do write_case(w, entry, invocation) end
    write(inside(w))
    list = {}
  end
  return function(entry)
    list[#list + 1] = entry
    if #list == BATCH then flush() end
  end, flush
end

local function write_start(write, subject, s)
  local w = xml.new():start("a"):start("testsuite", "name", subject.subject .. ": " .. s.file, "tests", s.tests, "failures", s.failed,
    "errors", s.broken, "skipped", s.skipped, "time", ("%.6f"):format(s.time),
    "timestamp", (subject.date or ""):gsub("Z$", ""))
  w:start("properties")
  for _, key in ipairs {"subject_version", "suite", "invocation"} do
    w:start("property", "name", key, "value", subject[key] or ""):finish()
  end
  w:finish()
  write((w:result():match("<a>\n(.*)</testsuite>"):gsub(" *$", "")))
end

-- Cases as they come, since those of a file stand together.
local function write_directly(write, path, suites)
  local open, take, flush
  local function close()
    if not open then return end
    flush()
    write(" </testsuite>\n")
  end
  local got = log.read(path, function(entry, _, header)
    local s = suites[entry.file or "ids"]
    if s ~= open then
      close()
      write_start(write, header, s)
      open, take, flush = s, batches(write, header.invocation or "")
    end
    take(entry)
  end)
  close()
  return got
end

-- Cases of a log in another order: those of each file by way of a file of their own.
local function write_sorted(write, path)
  local suites, order = {}, {}
  local got = log.read(path, function(entry, _, header)
    local s = tally(suites, order, entry)
    if not s.kept then
      local f = assert(io.tmpfile())
      s.kept, s.take, s.flush = f, batches(function(text) assert(f:write(text)) end, header.invocation or "")
    end
    s.take(entry)
  end)
  for _, s in ipairs(order) do
    write_start(write, got.header, s)
    s.flush()
    s.kept:seek("set", 0)
    for block in function() return s.kept:read(1 << 16) end do write(block) end
    s.kept:close()
    write(" </testsuite>\n")
  end
  return got
end

-- A log that does not have all its cases is no success, whatever those say that it has.
local function write_incomplete(write, l)
  local why = log.why_incomplete(l)
  local w = xml.new():start "a"
  w:start("testsuite", "name", l.header.subject .. ": the run", "tests", 1, "failures", 0, "errors", 1, "skipped", 0)
  w:start("testcase", "classname", "conv2d.run", "name", why)
  w:start("error", "type", "incomplete", "message", why .. ": the log is incomplete"):finish():finish():finish()
  write(w:result():match "<a>\n(.*)</a>")
end

--- Writes the document to a place, and returns the logs that it was made of.
function junit.write(paths, place)
  local write, finish = output.lines(place, "other")
  local logs = {}
  write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="conv2d-cts">\n')
  for _, path in ipairs(paths) do
    local suites = count_suites(path)
    logs[#logs + 1] = suites and write_directly(write, path, suites) or write_sorted(write, path)
    if not logs[#logs].complete then write_incomplete(write, logs[#logs]) end
  end
  write("</testsuites>\n")
  finish()
  return logs
end

return junit
