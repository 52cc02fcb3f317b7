-- run: tests an implementation and says whether it conforms.

local escape = require "text.escape"
local arithmetic = require "cli.arithmetic"
local contract = require "probe.contract"
local next_steps = require "cli.next_steps"
local object = require "cli.object"
local options = require "cli.options"
local patience = require "explain.patience"
local output = require "text.output"
local run_options = require "cli.run_options"
local log = require "reports.log"
local script = require "scripting.script"
local sweep = require "reveal.sweep"
local summary = require "cli.summary"
local telling = require "cli.telling"
local timing = require "cli.timing"

local command = run_options.command
local got = run_options.read()
local machine = got.tap or got.json
local cases = options.load_suite(command, got)
local tested = options.open_subject(command, got)
cases:within(tested)
local order = run_options.order(got)
-- In the telling order nobody knows how many there are: no case comes twice.
local count = order == "suite" and cases:count() or nil
-- Some files have cases in later tiers only. prove should see such a file as a script that is skipped, not as a broken one.
if count == 0 and got.tap and got.tier and #got > 0 and not got.filter and not got.shard and not got.network then
  print(("TAP version 13\n1..0 # SKIP no case of tier %s in it"):format(got.tier))
  return 0
end
-- Of a few cases a shard may have none, and be as good as the others.
local is_empty_shard = count == 0 and got.shard ~= nil and options.load_suite(command, options.with(got, "shard", nil)):count() > 0
if count == 0 and not is_empty_shard then cts.fail(4, "no case is selected") end

-- The functions of the hook, {} without one.
local function load_hook()
  if not got.hook then return {} end
  local chunk = script.load(got.hook, script.hook_environment(got.tap))
  if got.hook_time_limit then cts.limit(got.hook_time_limit) end
  return script.check_hook(got.hook, script.protect(got.hook, chunk))
end

-- The cases as they are to come, and the passes of the telling order.
local function source_of_cases()
  if order == "suite" then return cases end
  return telling.cases(cases:files(), options.tier(got), function(path, tier)
    local one = options.load_files(command, got, {path}, tier)
    one:within(tested)
    return one
  end)
end

if got.hook and machine then cts.keep_output() end
local hook = load_hook()
local function arguments()
  local words = {}
  for i, word in ipairs(arg) do
    if got.fresh then word = word:gsub("^%-%-fresh=random$", "--fresh=" .. got.fresh) end
    if got.fresh and arg[i - 1] == "--fresh" then word = tostring(got.fresh) end
    words[i] = escape.shell(word)
  end
  return table.concat(words, " ")
end

local steps = not got.tap and next_steps.collector(arguments())
local computing = not got.tap and arithmetic.collector()
-- Only the cases that pass show what the failing ones have in common. A suite too large for that shows nothing.
local wants_all = got.time or hook.after ~= nil or (steps and (count or 0) <= next_steps.MOST_PASSED)
local settings = {
  jobs = got.jobs, total = count, seconds = got.seconds, total_limit = got.total_limit, xfail = got.xfail, tap = got.tap,
  log = got.resume or got.log, resume = got.resume ~= nil, resume_changed = got.resume_changed,
  resume_elsewhere = got.resume_elsewhere, arguments = run_options.words(got), selection = options.selection_of(got),
  all = wants_all, before = hook.before, verdict = hook.verdict,
}
local baseline = got.baseline and subject.open {path = got.baseline, subject_threads = got.subject_threads}
local timed = got.time and timing.collector(tested, baseline)
local written = got.json and object.collector(got.max_failures or 10)
local print_failure = not machine and summary.failure_printer(got.max_failures or 10, got.impl) or got.json and written.note
-- Shards may run on several machines, which `merge` compares by these.
if got.shard and settings.log then settings.controls = cases:controls() end
settings.slices = count and (got.slices or count > 100000)
-- A worker that has few cases ends soon after the time is over.
if got.seconds then settings.portion = 16 end
local source, passes = source_of_cases()
local planned = count and not settings.slices
if got.tap then output.begin_tap(planned and count) end
local failed = (got.twin or got.strict_twin) and {} -- ids, which the twin leaves out
function settings.each(result)
  if failed and result.class ~= "passed" then failed[result.case.id] = true end
  if print_failure and (result.class == "failed" or result.class == "broken") then print_failure(result) end
  if steps then steps.note(result) end
  if computing then computing.note(result) end
  if timed then timed.note(result) end
  if hook.after then hook.after(result) end
end

local run = tested.run
local result = got.hook and script.protect(got.hook, run, tested, source, settings) or run(tested, source, settings)
result.limit = summary.limit_of(result, got.total_limit)
result.empty_shard = is_empty_shard and got.shard or nil
local measured = timed and not result.interrupted and timed.measure() or {}
if got.time and settings.log then timing.write(settings.log, measured) end
-- What the subject's arithmetic explains, and whether it states less than it keeps. A wrong subject may answer the questions
-- of the measurement with anything, or end it. That is no failure of the run.
local MEASURING = 20 -- seconds; a slow subject is left to `probe`

local function print_arithmetic()
  local asked = patience.subject(tested)
  local measured_well, said = pcall(patience.try, MEASURING, function()
    return computing.say(tested.numerics, function() return contract.option(asked) end, function(numerics)
      return patience.subject(options.open_subject(command, options.with(got, "numerics", numerics)))
    end) or ""
  end)
  local is_late = measured_well and not said
  if measured_well and not is_late and said ~= "" then print("\n" .. said) end
  if is_late then print "\n(Its arithmetic was not measured, as that takes too long; conv2d-cts probe does it.)" end
  if tested.numerics == "" or result.interrupted or is_late then return end
  local compared_well, compared = pcall(patience.try, MEASURING, contract.compare, asked, tested.numerics,
    contract.stated_dtypes(tested.numerics))
  for _, line in ipairs(compared_well and compared and arithmetic.notes(compared) or {}) do print(line) end
end

-- In the telling order no covering array is run as a whole: `passes` say what was covered.
local covering = order == "suite" and cases or nil
if got.tap then
  if not planned and not result.interrupted then tap.done() end
  if got.fresh then print("# " .. summary.note_of_fresh(got.fresh)) end
  for _, line in ipairs(covering and summary.offered(covering) or {}) do print("# " .. line) end
  print("# " .. summary.sentence(tested, result))
  if tested.loading ~= "" then print("# " .. summary.note_of_loading(tested)) end
elseif not got.json then
  summary.print(tested, result, covering, got.fresh)
  if got.time then timing.print(measured, baseline) end
  print_arithmetic()
  steps.print(settings.log and escape.shell(settings.log))
end
if result.cases == 0 and not result.interrupted and not is_empty_shard then
  cts.fail(4, "no case is selected, or none was begun in time")
end
if not got.json then
  for _, line in ipairs(summary.passes(passes or {})) do print((got.tap and "# " or "") .. line) end
  if result.interrupted then print((got.tap and "Bail out! " or "") .. summary.interruption(result, count)) end
  if result.limit and settings.log and not got.tap then print("go on with: conv2d-cts run --resume " .. escape.shell(settings.log)) end
  for _, entry in ipairs(result.stale) do print((got.tap and "# " or "") .. "expected to fail, but passes: " .. escape.line(entry)) end
end
local status = summary.status(result, got.tap and #got > 0)
if status == 0 and got.strict_xpass and #result.stale > 0 then status = 1 end
-- Whether the twin has nothing to tell of what passed. A run that was interrupted has none.
local function check_twin()
  if not failed or result.interrupted then return true end
  local total = sweep.run(tested, cases, {skip = failed})
  if not got.json then
    for _, line in ipairs(sweep.lines(total, got.max_failures or 10)) do print((got.tap and "# " or "") .. line) end
  end
  if settings.log then log.insert(settings.log, total.orders) end
  return sweep.is_clean(total)
end

if not check_twin() and got.strict_twin and status == 0 then status = 1 end
if hook.finish then
  status = script.status(got.hook .. ": finish", script.protect(got.hook, hook.finish, result), status)
end
if got.json then
  local o = written.finish(tested, result, status, steps.causes())
  if got.time then o.speed = timing.summary(measured) end
  print(json.encode(o))
end
return status
