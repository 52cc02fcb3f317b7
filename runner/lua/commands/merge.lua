-- merge: the logs of shards as the log of the whole run.

local merge = require "reports.merge"
local options = require "cli.options"
local output = require "text.output"
local run_options = require "cli.run_options"

local command = {
  name = "merge",
  arguments = {0, math.huge, "a result log"},
  usage = "-o LOG LOG ...",
  about = "Makes one result log of those of the shards of a run (run --shard), and proves that it is complete: the suite has\n"
    .. "each of its cases, and no other. Cases that several logs have, and the control cases of every shard, must agree.",
  options = {{"output", short = "o", value = "LOG", about = "the log to write; - for standard output"}},
  more = "Exit status: 0 complete, and all agree; 1 results differ; 2 a log can't be read, or is of another run; 3 cases are\n"
    .. "missing, or the log can't be written. The log is written all the same, and then says that it is incomplete.",
}

local got = options.read(command)
if not got.output then cts.fail(2, "merge: say where the log goes (-o LOG)") end
if #got == 0 then cts.fail(2, "merge: a result log must be named (conv2d-cts merge --help)") end
for _, path in ipairs(got) do
  if path == got.output or cts.same_file(path, got.output) then
    cts.fail(2, ("merge: %s would be overwritten, which is to be read"):format(path))
  end
end

local parts = merge.open(table.move(got, 1, #got, 1, {}))
local selected = options.read(run_options.command, parts[1].arguments)
local cases = options.load_suite(run_options.command, selected)
if parts[1].header.offers then cases:within(parts[1].header.offers) end

local write, close = output.lines(got.output, "log")
cts.doing("merging logs")
local found = merge.run(parts, cases:cases(), write)
cts.doing()
close()

local words = {
  {"missing", "%s cases are in no log"}, {"not_run", "%s cases did not run"},
  {"unknown", "%s cases are not the suite's, or not in its order"}, {"differ", "%s results differ"},
}
for _, w in ipairs(words) do
  local list = found[w[1]]
  if list.count then
    io.stderr:write(("conv2d-cts: " .. w[2] .. ":\n"):format(output.thousands(list.count)))
    for _, line in ipairs(list) do io.stderr:write("  " .. line .. "\n") end
    if list.count > #list then io.stderr:write(("  (and %s more)\n"):format(output.thousands(list.count - #list))) end
  end
end
local hosts = {}
for _, part in ipairs(parts) do hosts[part.header.host] = true end
local machines = 0
for _ in pairs(hosts) do machines = machines + 1 end
local c = found.counts
io.stderr:write(("%s %s: %s cases of %d logs, from %d machine%s: %s; %s doubles and %s controls compared\n"):format(
  parts[1].header.subject, parts[1].header.subject_version, output.thousands(c.cases), #parts, machines, machines == 1 and "" or "s",
  found.complete and "complete" or "incomplete", output.thousands(found.doubles), output.thousands(found.controls)))
if found.differ.count then return 1 end
return found.complete and 0 or 3
