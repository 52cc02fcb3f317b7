-- run: tests an implementation and says whether it conforms.

local escape = require "text.escape"
local next_steps = require "cli.next_steps"
local options = require "cli.options"
local log = require "reports.log"
local script = require "scripting.script"
local sweep = require "reveal.sweep"
local summary = require "cli.summary"

local command = {
  name = "run",
  arguments = {0, math.huge, "a case file"},
  usage = "--impl FILE.so [OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Runs cases on an implementation and says whether it conforms.",
  options = options.join(options.subject, options.selection, {
    {"jobs", value = "N", integer = true, at_least = 1, about = "workers at once (default: one a processor)"},
    {"log", value = "FILE", about = "write a result log (JSON lines, specs/result-log.md)"},
    {"xfail", value = "FILE", about = "failures that are expected of this subject (specs/xfail.md)"},
    {"strict_xpass", about = "fail if an expected failure has become a pass"},
    {"tap", about = "TAP version 13 on standard output, for prove"},
    {"slices", about = "with --tap: a test for each slice of a product of axes, and each failure (from 100,000 cases on)"},
    {"hook", value = "SCRIPT", about = "a Lua script that returns before, verdict, after or finish (runner/API.md)"},
    {"hook_time_limit", value = "SECONDS", number = true, about = "end a run whose hook takes longer, all in all"},
    {"twin", about = "then predict what passed by the implementation's own order of additions, bit for bit (see twin)"},
    {"strict_twin", about = "likewise, and fail if an element differs from that order or a sum is narrower than its dtype"},
    {"max_failures", value = "N", integer = true, about = "how many failures to print (default 10; 0: all)"},
  }),
  more = "Exit status: 0 conforms, 1 does not, 2 bad usage or case file, 3 the harness failed, 4 nothing ran.",
}

local got = options.read(command)
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

if got.hook and got.tap then cts.keep_output() end
local hook = load_hook()
local function arguments()
  local words = {}
  for i, word in ipairs(arg) do words[i] = escape.shell(word) end
  return table.concat(words, " ")
end

local steps = not got.tap and next_steps.collector(arguments())
-- What failing cases have in common is told by those that pass: of a suite too large for that, by nothing.
local wants_all = hook.after ~= nil or (steps and count <= 100000)
local settings = {jobs = got.jobs, log = got.log, xfail = got.xfail, tap = got.tap, all = wants_all,
                  before = hook.before, verdict = hook.verdict}
local print_failure = not got.tap and summary.failure_printer(got.max_failures or 10)
settings.slices = got.slices or count > 100000
if got.tap then print("TAP version 13") end
if got.tap and not settings.slices then print("1.." .. count) end
if got.tap then print("pragma +strict") end
local failed = {} -- ids
function settings.each(result)
  if result.class ~= "passed" then failed[result.case.id] = true end
  if print_failure and (result.class == "failed" or result.class == "broken") then print_failure(result) end
  if steps then steps.note(result) end
  if hook.after then hook.after(result) end
end

local result = got.hook and script.protect(got.hook, tested.run, tested, cases, settings) or tested:run(cases, settings)
if got.tap then
  if settings.slices and not result.interrupted then tap.done() end
  if got.fresh then print("# " .. summary.note_of_fresh(got.fresh)) end
  for _, line in ipairs(summary.offered(cases)) do print("# " .. line) end
  print("# " .. summary.sentence(tested, result))
  if tested.loading ~= "" then print("# " .. summary.note_of_loading(tested)) end
else
  summary.print(tested, result, cases, got.fresh)
  steps.print(got.log and escape.shell(got.log))
end
if result.interrupted then
  local ran = result.cases - (result.verdicts["not run"] or 0)
  print(("%sinterrupted: %d of %d cases did not run"):format(got.tap and "Bail out! " or "", count - ran, count))
end
for _, entry in ipairs(result.stale) do print((got.tap and "# " or "") .. "expected to fail, but passes: " .. escape.line(entry)) end
local status = summary.status(result, got.tap and #got > 0)
if status == 0 and got.strict_xpass and #result.stale > 0 then status = 1 end
-- Whether the twin has nothing to tell of what passed. A run that was interrupted has none.
local function check_twin()
  if not (got.twin or got.strict_twin) or result.interrupted then return true end
  local total = sweep.run(tested, cases, {skip = failed})
  for _, line in ipairs(sweep.lines(total, got.max_failures or 10)) do print((got.tap and "# " or "") .. line) end
  if got.log then log.insert(got.log, total.orders) end
  return sweep.is_clean(total)
end

if not check_twin() and got.strict_twin and status == 0 then status = 1 end
if hook.finish then
  status = script.status(got.hook .. ": finish", script.protect(got.hook, hook.finish, result), status)
end
return status
