-- run: tests an implementation and says whether it conforms.

local escape = require "text.escape"
local next_steps = require "cli.next_steps"
local object = require "cli.object"
local options = require "cli.options"
local script = require "scripting.script"
local summary = require "cli.summary"
local timing = require "cli.timing"

local command = {
  name = "run",
  arguments = {0, math.huge, "a case file"},
  usage = "--impl FILE.so [OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Runs cases on an implementation and says whether it conforms.",
  options = options.join(options.subject, options.selection, {
    {"jobs", value = "N", integer = true, at_least = 1, about = "workers at once (default: one a processor)"},
    {"log", value = "FILE", about = "write a result log (JSON lines, specs/result-log.md)"},
    {"xfail", value = "FILE", about = "failures that are expected of this subject (specs/xfail.md)"},
    {"time", about = "also measure passing forward cases: GMAC/s, median of repeated calls; no part of the verdict"},
    {"baseline", value = "FILE.so", about = "with --time: a second subject, for the ratio of both"},
    {"strict_xpass", about = "fail if an expected failure has become a pass"},
    {"tap", about = "TAP version 13 on standard output, for prove"},
    {"json", about = "one JSON object on standard output: counts, causes, failures (reports/README.md)"},
    {"slices", about = "with --tap: a test for each slice of a product of axes, and each failure (from 100,000 cases on)"},
    {"hook", value = "SCRIPT", about = "a Lua script that returns before, verdict, after or finish (runner/API.md)"},
    {"hook_time_limit", value = "SECONDS", number = true, about = "end a run whose hook takes longer, all in all"},
    {"max_failures", value = "N", integer = true, about = "how many failures to print (default 10; 0: all)"},
  }),
  more = "Exit status: 0 conforms, 1 does not, 2 bad usage or case file, 3 the harness failed, 4 nothing ran.",
}

local got = options.read(command)
if got.json and got.tap then options.misused(command, "--json and --tap both want standard output") end
local machine = got.tap or got.json
if got.baseline and not got.time then options.misused(command, "--baseline is the second subject of --time") end
if got.time and got.tap then options.misused(command, "--time and --tap exclude each other") end
local cases = options.load_suite(command, got)
local tested = options.open_subject(command, got)
cases:within(tested)
local count = cases:count()
-- Some files have cases in later tiers only. prove should see such a file as a script that is skipped, not as a broken one.
if count == 0 and got.tap and got.tier and #got > 0 and not got.filter and not got.shard and not got.network then
  print(("TAP version 13\n1..0 # SKIP no case of tier %s in it"):format(got.tier))
  return 0
end
if count == 0 then cts.fail(4, "no case is selected") end

-- The functions of the hook, {} without one.
local function load_hook()
  if not got.hook then return {} end
  local chunk = script.load(got.hook, script.hook_environment(got.tap))
  if got.hook_time_limit then cts.limit(got.hook_time_limit) end
  return script.check_hook(got.hook, script.protect(got.hook, chunk))
end

if got.hook and machine then cts.keep_output() end
local hook = load_hook()
local function arguments()
  local words = {}
  for i, word in ipairs(arg) do words[i] = escape.shell(word) end
  return table.concat(words, " ")
end

local steps = not got.tap and next_steps.collector(arguments())
-- What failing cases have in common is told by those that pass: of a suite too large for that, by nothing.
local wants_all = got.time or hook.after ~= nil or (steps and count <= 100000)
local settings = {jobs = got.jobs, log = got.log, xfail = got.xfail, tap = got.tap, all = wants_all,
                  before = hook.before, verdict = hook.verdict}
local baseline = got.baseline and subject.open {path = got.baseline, subject_threads = got.subject_threads}
local timed = got.time and timing.collector(tested, baseline)
local written = got.json and object.collector(got.max_failures or 10)
local print_failure = not machine and summary.failure_printer(got.max_failures or 10, got.impl) or got.json and written.note
settings.selection = options.selection_of(got)
settings.slices = got.slices or count > 100000
if got.tap then print("TAP version 13") end
if got.tap and not settings.slices then print("1.." .. count) end
if got.tap then print("pragma +strict") end
function settings.each(result)
  if print_failure and (result.class == "failed" or result.class == "broken") then print_failure(result) end
  if steps then steps.note(result) end
  if timed then timed.note(result) end
  if hook.after then hook.after(result) end
end

local result = got.hook and script.protect(got.hook, tested.run, tested, cases, settings) or tested:run(cases, settings)
local measured = timed and not result.interrupted and timed.measure() or {}
if got.time and got.log then timing.write(got.log, measured) end
if got.tap then
  if settings.slices and not result.interrupted then tap.done() end
  if got.fresh then print("# " .. summary.note_of_fresh(got.fresh)) end
  for _, line in ipairs(summary.offered(cases)) do print("# " .. line) end
  print("# " .. summary.sentence(tested, result))
  if tested.loading ~= "" then print("# " .. summary.note_of_loading(tested)) end
elseif not got.json then
  summary.print(tested, result, cases, got.fresh)
  if got.time then timing.print(measured, baseline) end
  steps.print(got.log and escape.shell(got.log))
end
if result.interrupted and not got.json then
  local ran = result.cases - (result.verdicts["not run"] or 0)
  print(("%sinterrupted: %d of %d cases did not run"):format(got.tap and "Bail out! " or "", count - ran, count))
end
if not got.json then
  for _, entry in ipairs(result.stale) do print((got.tap and "# " or "") .. "expected to fail, but passes: " .. escape.line(entry)) end
end
local status = summary.status(result, got.tap and #got > 0)
if status == 0 and got.strict_xpass and #result.stale > 0 then status = 1 end
if hook.finish then
  status = script.status(got.hook .. ": finish", script.protect(got.hook, hook.finish, result), status)
end
if got.json then
  local o = written.finish(tested, result, status, steps.causes())
  if got.time then o.speed = timing.summary(measured) end
  print(json.encode(o))
end
return status
