#!/usr/bin/env lua5.4
-- Each hostile subject runs through the program. The case of its deed must get the verdict and the
-- words that stand here; every other case must pass; and nothing may be left running.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local program = "build/conv2d-cts"
local log = os.tmpname()
local mark = ("HOSTILE_MARK=%s"):format(log)

-- subject, case (*: any, and perhaps several), verdict, words, options
local expected = {
  {"none", "plain", "pass", ""},

  {"segv", "plain", "crash", "SIGSEGV"},
  {"segv-shape", "plain", "crash", "SIGSEGV"},
  {"segv-backward", "plain-gradients", "crash", "SIGSEGV"},
  {"segv-init", "plain-parameters", "crash", "SIGSEGV"},
  {"segv-thread", "plain", "crash", "SIGSEGV"},
  {"bus", "plain", "crash", "SIGBUS"},
  {"fpe", "plain", "crash", "SIGFPE"},
  {"ill", "plain", "crash", "SIGILL"},
  {"abort", "plain", "crash", "SIGABRT"},
  {"abort-later", "late", "crash after others", "SIGABRT; alone the case does not end so"},
  {"kill-self", "plain", "crash", "SIGKILL"},
  {"kill-parent", "plain", "crash", "SIGKILL"},
  {"exit-zero", "plain", "exit", "exit (0)"},
  {"exit-at-once", "plain", "exit", "exit (3)"},
  {"exit-never", "plain", "timeout", "did not return"},
  {"hang", "plain", "timeout", "did not return"},
  {"hang-shape", "plain", "timeout", "did not return"},
  {"sleep", "plain", "timeout", "did not return"},
  {"stop", "plain", "timeout", "stopped itself"},
  {"fork-bomb", "plain", "timeout", "did not return"},
  {"stack-overflow", "plain", "crash", "stack overflow"},
  {"memory-eater", "plain", "out of memory", "", "--memory-limit 200"},
  {"memory-eater-throws", "plain", "out of memory", "", "--memory-limit 200"},
  {"throw", "plain", "exception", ""},
  {"longjmp", "plain", "crash", "SIGABRT"},
  {"end-thread", "plain", "exit", "exit (0)"},

  {"write-before-input", "plain", "write outside", "4 bytes before the start of input"},
  {"write-before-weight", "plain", "write outside", "4 bytes before the start of weight"},
  {"write-before-bias", "plain", "write outside", "4 bytes before the start of bias"},
  {"write-before-output", "plain", "write outside", "4 bytes before the start of output"},
  {"write-after-input", "plain", "write outside", "just past the end of input"},
  {"write-after-weight", "plain", "write outside", "just past the end of weight"},
  {"write-after-bias", "plain", "write outside", "just past the end of bias"},
  {"write-after-output", "plain", "write outside", "just past the end of output"},
  {"read-before-input", "plain", "read outside", "4 bytes before the start of input"},
  {"read-before-weight", "plain", "read outside", "4 bytes before the start of weight"},
  {"read-before-bias", "plain", "read outside", "4 bytes before the start of bias"},
  {"read-before-output", "plain", "read outside", "4 bytes before the start of output"},
  {"read-after-input", "plain", "read outside", "just past the end of input"},
  {"read-after-weight", "plain", "read outside", "just past the end of weight"},
  {"read-after-bias", "plain", "read outside", "just past the end of bias"},
  {"read-after-output", "plain", "read outside", "just past the end of output"},
  {"write-gap", "strided", "write outside", "between the elements of output"},
  {"read-gap", "strided", "read outside", ""},
  {"write-input", "plain", "write to input", "1 of 216 elements of input"},
  {"write-weight", "plain", "write to input", "1 of 64 elements of weight"},
  {"borrow-input", "plain", "write to input", "inside of input", "--paranoid"},
  {"unwritten", "plain", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-strided", "strided", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-int8", "integers", "unwritten", "first output[0,0,0,2]"},
  {"unwritten-gradient", "plain-gradients", "unwritten", "first grad_input[0,0,0,2]"},
  {"unwritten-parameters", "plain-parameters", "unwritten", "1024 of 1024 elements of weight"},
  {"accumulate", "plain", "read outside", ""},
  {"write-rejected", "late-refused", "write before rejection", ""},
  {"write-shape", "plain", "write outside", "output_shape writes past the end of its answer"},
  {"write-late", "plain", "kept pointer", "output"},
  {"read-late", "plain", "kept pointer", "earlier call", "--paranoid"},
  {"need-alignment", "plain", "crash", "SIGABRT"},
  {"mind-alignment", "plain", "pass", ""},

  {"rounding", "plain", "changed process", "rounding mode"},
  {"flush-to-zero", "plain", "changed process", "flushing of subnormals"},
  {"unmask", "plain", "changed process", "exception masks"},
  {"signal-handler", "plain", "changed process", "signal handlers"},
  {"ignore-pipe", "plain", "changed process", "signal handlers"},
  {"ignore-pipe-once", "plain", "changed process", "signal handlers"},
  {"block-signals", "plain", "changed process", "signal mask"},
  {"chdir", "plain", "changed process", "directory"},
  {"locale", "plain", "changed process", "locale"},
  {"close-all", "plain", "changed process", "closed"},
  {"descriptor-leak", "plain", "leak", "descriptors"},
  {"descriptor-once", "plain", "pass", ""},
  {"thread-leak", "plain", "leak", "threads"},
  {"thread-once", "plain", "pass", ""},
  {"threads-joined", "plain", "pass", ""},
  {"child", "plain", "leak", "child processes"},
  {"zombie", "plain", "leak", "child processes"},
  {"daemon", "plain", "leak", "child processes"},

  {"count-calls", "plain", "not deterministic", ""},
  {"every-other", "plain", "not deterministic", ""},
  {"random-init", "plain-parameters", "not deterministic", ""},
  {"stale-cache", "plain", "wrong value", ""},
  {"stale-cache", "plain", "pass", "", "--isolation case"},
  {"shared-buffer", "*", "not thread-safe", "", "--threads 4"},
  {"crash-together", "*", "not thread-safe", "", "--threads 4"},
  {"deadlock-together", "*", "not thread-safe", "", "--threads 2"},
  {"shared-buffer", "plain", "pass", ""},
  {"no-status", "plain", "bad status", "42"},
  {"give-up", "plain", "gave up", ""},
  {"forge-tap", "plain", "pass", ""},
  {"print-much", "plain", "pass", ""},
  {"print-line", "plain", "pass", ""},
}

local function run(subject, options)
  local command = ("%s %s run --impl build/hostile/%s.so --time-limit 0.4 --log %s %s tests/hostile/cases.yaml"):format(
    mark, program, subject, log, options or "")
  local out = io.popen(command .. " 2>&1; echo $?")
  local text = out:read("a")
  out:close()
  return text, tonumber(text:match("(%d+)%s*$"))
end

-- verdict and words of each case by its name
local function read_log()
  local results = {}
  for line in io.lines(log) do
    local name = line:match('"name":"([^"]*)"')
    if name then results[name] = {line:match('"verdict":"([^"]*)"'), line:match('"words":"([^"]*)"') or ""} end
  end
  return results
end

-- Whether a case may have this result beside the one that the deed is done in.
local function innocent(result, case, verdict)
  return result[1] == "pass" or (case == "*" and result[1] == verdict)
end

local function check(subject, case, verdict, words, options)
  local title = ("%s%s: %s"):format(subject, options and " " .. options or "", verdict)
  local text, status = run(subject, options)
  local got, wrong = read_log(), {}
  for name, result in pairs(got) do
    if case == "*" and result[1] == verdict then got["*"] = result end
    if name ~= case and not innocent(result, case, verdict) then
      wrong[#wrong + 1] = name .. ": " .. table.concat(result, ", ")
    end
  end
  local result = got[case] or {"nothing", text}
  local right = result[1] == verdict and result[2]:find(words, 1, true) and #wrong == 0
    and status == (verdict == "pass" and 0 or 1)
  if not tap.ok(right, title) then
    print(("# %s: %s, %s (exit status %s)"):format(case, result[1], result[2], status))
    for _, line in ipairs(wrong) do print("# " .. line) end
  end
end

for _, row in ipairs(expected) do check(table.unpack(row)) end

-- a process that carries the mark in its environment is ours
local left = io.popen(("grep -l '%s' /proc/[0-9]*/environ 2>/dev/null"):format(mark))
tap.is(left:read("a"), "", "no process is left behind")
left:close()
os.remove(log)
tap.done()
