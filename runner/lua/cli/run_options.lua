-- run_options.lua: the command line of `run`, read from `arg` or from a result log, whose first line keeps it.

local log = require "reports.log"
local options = require "cli.options"

local run_options = {}

run_options.command = {
  name = "run",
  arguments = {0, math.huge, "a case file"},
  usage = "--impl FILE.so [OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Runs cases on an implementation and says whether it conforms.",
  options = options.join(options.subject, options.selection, {
    {"jobs", value = "N", integer = true, at_least = 1, about = "workers at once, 64 at most (default: as the subject says)"},
    {"log", value = "FILE", about = "write a result log (JSON lines, specs/result-log.md)"},
    {"resume", value = "LOG", about = "go on with the run that this log is of, and with the log; the other options are\n"
      .. (" "):rep(31) .. "the log's unless given"},
    {"resume_elsewhere", about = "even if this is another machine; the log says so"},
    {"resume_changed", about = "even if the machine, the subject or the suite is another; the log says so"},
    {"seconds", value = "N", number = true, above = 0, about = "begin no case after that time; the most telling cases come first"},
    {"order", value = "suite|telling", about = "the suite's own order, or the most telling cases first (default: suite)"},
    {"total_limit", value = "SECONDS", number = true, above = 0, about = "interrupt the run after that time (default: no limit)"},
    {"xfail", value = "FILE", about = "failures that are expected of this subject (specs/xfail.md)"},
    {"time", about = "also measure passing forward cases: GMAC/s, median of repeated calls; no part of the verdict"},
    {"baseline", value = "FILE.so", about = "with --time: a second subject, for the ratio of both"},
    {"strict_xpass", about = "fail if an expected failure has become a pass"},
    {"tap", about = "TAP version 13 on standard output, for prove"},
    {"json", about = "one JSON object on standard output: counts, causes, failures (reports/README.md)"},
    {"slices", about = "with --tap: a test for each slice of a product of axes, and each failure (from 100,000 cases on)"},
    {"hook", value = "SCRIPT", about = "a Lua script that returns before, verdict, after or finish (runner/API.md)"},
    {"hook_time_limit", value = "SECONDS", number = true, above = 0, about = "end a run whose hook takes longer, all in all"},
    {"twin", about = "then predict what passed by the implementation's own order of additions, bit for bit (see twin)"},
    {"strict_twin", about = "likewise, and fail if an element differs from that order or a sum is narrower than its dtype"},
    {"max_failures", value = "N", integer = true, about = "how many failures to print (default 10; 0: all)"},
  }),
  more = "Exit status: 0 conforms, 1 does not, 2 bad usage or case file, 3 the harness failed, 4 nothing ran.",
}

-- What a run prints, where it writes, and what it may take is not what it tests.
local OWN = {
  jobs = true, seconds = true, total_limit = true, log = true, resume = true, resume_elsewhere = true, resume_changed = true,
  tap = true, slices = true, time = true, baseline = true, json = true, max_failures = true,
}

--- In which order the cases come: "suite" or "telling".
function run_options.order(got)
  local order = got.order or (got.seconds and "telling") or "suite"
  if order ~= "suite" and order ~= "telling" then
    cts.fail(2, ("run: --order: suite or telling is expected, got '%s'"):format(order))
  end
  return order
end

--- The words that select the same cases of the same subject again. got: of run_options.read.
function run_options.words(got)
  local order = run_options.order(got)
  return options.words(run_options.command, options.with(got, "order", order ~= "suite" and order or nil), OWN)
end

-- Adds to `got` what the log's own run was given and this one was not.
local function complete(got, path)
  local is_named = got.impl or got.impl_cmd
  local good, header = pcall(log.header, path)
  if is_named and not (good and header) then return end -- a new log, or one that the run itself complains of
  if not good then error(header, 0) end
  if not header then cts.fail(2, ("run: %s does not exist, so a subject must be named (--impl)"):format(path)) end
  local before, has_files = options.read(run_options.command, header.arguments), #got > 0
  if is_named then before.impl, before.impl_cmd = nil, nil end
  for name, value in pairs(before) do
    if got[name] == nil and not (has_files and math.type(name) == "integer") then got[name] = value end
  end
end

-- Options that mean nothing without another one.
local with = {baseline = "time", strict_xpass = "xfail", hook_time_limit = "hook", resume_elsewhere = "resume", resume_changed = "resume"}
local why_with = {baseline = "is the second subject of --time", strict_xpass = "asks about the list of --xfail",
  hook_time_limit = "is a limit of --hook", resume_elsewhere = "goes on with the log of --resume",
  resume_changed = "goes on with the log of --resume"}

--- The options and arguments of the run.
function run_options.read()
  local got = options.read(run_options.command)
  if got.resume and got.log then cts.fail(2, "run: --resume names the log already, so --log can't name another") end
  local command = run_options.command
  if got.json and got.tap then options.misused(command, "--json and --tap both want standard output") end
  for name, needed in pairs(with) do
    if got[name] and not got[needed] then options.misused(command, ("--%s %s"):format(name:gsub("_", "-"), why_with[name])) end
  end
  if got.time and got.tap then options.misused(command, "--time and --tap exclude each other") end
  if (got.time or got.twin or got.strict_twin) and (got.log or got.resume or ""):find "%.zst$" then
    options.misused(command, "--time and --twin add to the log when all has run, so it can't be compressed")
  end
  if got.resume then complete(got, got.resume) end
  return got
end

return run_options
