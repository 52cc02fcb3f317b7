-- hostile.lua: playing the scenes of cases.yaml with a hostile subject.
-- The case of its deed must get the verdict and the words that a test expects; every other case must
-- pass; and nothing may be left running.

local tap = require "tap"

-- what a sanitizer rules out
local unfit = {
  {option = "--valgrind", reason = "Valgrind cannot run a worker that was built with a sanitizer"},
  {option = "--heap-fill", reason = "a sanitizer has an allocator of its own"},
  {subject = "add-to-unset", reason = "a sanitizer has an allocator of its own"},
  {subject = "add-to-grown", reason = "a sanitizer has an allocator of its own"},
  {option = "--memory-limit", reason = "a sanitizer reserves terabytes: data cannot be limited"},
  {option = "--asan", only = "thread", reason = "the worker has another sanitizer already"},
  {subject = "keep-megabyte", reason = "a sanitizer keeps memory that is freed"},
  {subject = "keep-mappings", reason = "a sanitizer keeps memory that is freed"},
  {subject = "end-thread", only = "thread", reason = "the process goes on in ThreadSanitizer's own thread"},
}

-- the pretend device on which the subjects compute, if any (tests/sandbox/device)
local device = os.getenv "HOSTILE_ON"

-- what only the host's memory shows
local host_only = {
  ["borrow-input"] = "a device's memory cannot be made read-only for one call",
  ["read-late"] = "a device's memory cannot be closed behind a call",
}

local hostile = {log = os.tmpname(), cases = 0}
for line in io.lines "tests/sandbox/hostile/cases.yaml" do
  if line:find "^  %- {name:" then hostile.cases = hostile.cases + 1 end
end

-- what every process that we start carries in its environment
local mark = "HOSTILE_MARK=" .. hostile.log

--- Runs a shell command; its output and its exit status.
function hostile.shell(command)
  local pipe = assert(io.popen(("export %s; { %s; } 2>&1; echo $?"):format(mark, command)))
  local text = pipe:read("a")
  pipe:close()
  return text, tonumber(text:match("(%d+)%s*$"))
end

--- The command that runs a subject on the scenes, or on other cases.
function hostile.command(subject, options, cases)
  local file = ("build/hostile/%s.so"):format(subject)
  if device then file = ("build/pretend/%s.so"):format(device) end
  return ("%s%s run --impl %s --log %s %s %s"):format(
    device and ("CONV2D_PRETEND=build/hostile/%s.so "):format(subject) or "", tap.program, file, hostile.log, options or "", cases or "tests/sandbox/hostile/cases.yaml")
end

--- The lines of the result log as text, those about cases by the name of the case, or its number.
function hostile.read_log()
  local cases, n = {}, 0
  local log = io.open(hostile.log)
  if not log then return cases, n end
  for line in log:lines() do
    local verdict = line:match('"verdict":"([^"]*)"')
    if verdict then
      n = n + 1
      cases[line:match('"name":"([^"]*)"') or n] = {
        verdict = verdict,
        words = line:match('"words":"([^"]*)"') or "",
        printed = line:match('"printed":"([^"]*)"')
      }
    end
  end
  log:close()
  return cases, n
end

-- Whether a case may have this result beside the one that the deed is done in.
local function is_innocent(result, case, verdict)
  return result.verdict == "pass" or (case == "*" and result.verdict == verdict)
end

-- The reason why a row cannot be played here, if any.
local function obstacle(subject, options)
  if device and host_only[subject] then return host_only[subject] end
  for _, u in ipairs(tap.sanitizer and unfit or {}) do
    local hit = u.subject == subject or u.option and options and options:find(u.option, 1, true)
    if hit and (not u.only or u.only == tap.sanitizer) then return u.reason end
  end
end

local function check(subject, case, verdict, words, options)
  local limit = verdict == "timeout" and "--time-limit 0.8 " or ""
  os.remove(hostile.log)
  local text, status = hostile.shell((hostile.prefix or "") .. hostile.command(subject, limit .. (options or "")))
  local got, wrong = hostile.read_log(), {}
  for name, result in pairs(got) do
    if case == "*" and result.verdict == verdict then got["*"] = result end
    if name ~= case and not is_innocent(result, case, verdict) then
      wrong[#wrong + 1] = ("# %s: %s, %s"):format(name, result.verdict, result.words)
    end
  end
  local result = got[case] or {verdict = "nothing", words = text}
  local right = result.verdict == verdict and result.words:find(words, 1, true) and #wrong == 0
    and status == (verdict == "pass" and 0 or 1)
  local title = ("%s%s: %s"):format(subject, options and " " .. options or "", verdict)
  if not tap.ok(right, title) then
    print(("# %s: %s, %s (exit status %s)"):format(case, result.verdict, result.words, status))
    for _, line in ipairs(wrong) do print(line) end
  end
end

--- Each row: subject, case (*: any, and perhaps several), verdict, words, options.
function hostile.play(rows)
  for _, row in ipairs(rows) do
    local reason = obstacle(row[1], row[5])
    if reason then
      tap.skip(("%s %s: %s"):format(row[1], row[5] or "", row[3]), reason)
    else
      check(table.unpack(row))
    end
  end
end

--- A process that carries the mark in its environment is ours.
function hostile.no_process_left()
  local pipe = io.popen(("sleep 0.1; grep -l '%s' /proc/[0-9]*/environ 2>/dev/null"):format(mark))
  tap.is(pipe:read("a"), "", "no process is left behind")
  pipe:close()
end

function hostile.finish()
  hostile.no_process_left()
  os.remove(hostile.log)
  tap.done()
end

return hostile
