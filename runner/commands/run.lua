-- run: tests an implementation and says whether it conforms.

local options = require "options"
local summary = require "summary"

local command = {
  name = "run",
  usage = "--impl FILE.so [OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Runs cases on an implementation and says whether it conforms.",
  options = options.join(options.subject, options.selection, {
    {"jobs", value = "N", number = true, at_least = 1, about = "workers at once (default: one a processor)"},
    {"log", value = "FILE", about = "write a result log (JSON lines, specs/result-log.md)"},
    {"tap", about = "TAP version 13 on standard output, for prove"},
    {"max_failures", value = "N", number = true, about = "how many failures to print (default 10; 0: all)"},
  }),
  more = "Exit status: 0 conforms, 1 does not, 2 bad usage or case file, 3 the harness failed, 4 nothing ran.",
}

local got = options.read(command)
local cases = options.load_suite(command, got)
local tested = options.open_subject(command, got)
local count = cases:count()
if count == 0 then cts.fail(4, "no case is selected") end

local settings = {jobs = got.jobs, log = got.log, tap = got.tap}
if got.tap then
  print(("TAP version 13\n1..%d\npragma +strict"):format(count))
else
  settings.each = summary.failure_printer(got.max_failures or 10)
end

local result = tested:run(cases, settings)
if got.tap then
  print("# " .. summary.sentence(tested, result))
else
  summary.print(tested, result)
end
return summary.status(result)
