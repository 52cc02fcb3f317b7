-- history: many runs of one subject, over versions or days, as one page.

local escape = require "text.escape"
local options = require "cli.options"
local output = require "text.output"

local command = {
  name = "history",
  arguments = {1, math.huge, "a folder of result logs, or result logs"},
  usage = "[--html FILE] FOLDER | LOG ...",
  about = "Makes one page of many runs of one subject: verdicts by clause over time, when cases broke and were mended, flaky cases,\n"
    .. "accuracy, changed orders of summation (of runs with --twin).",
  options = {
    {"html", value = "FILE", about = "the page (default history.html); - is standard output"},
  },
  more = "Of a folder, all files are read whose names end in .jsonl or .jsonl.zst. Runs are in the order of their dates.\n"
    .. "Failures that were expected (--xfail) count as failures here, with their link.\n"
    .. "Exit status: 0 done, 2 a log can't be read or is of another subject, 3 a log is incomplete, or the page can't be written.",
}

-- The logs of a folder; a file is itself.
local function logs_of(path)
  if cts.exists(path) and not cts.exists(path .. "/.") then return {path} end
  local pipe = assert(io.popen(("find -L %s -maxdepth 1 -type f \\( -name '*.jsonl' -o -name '*.jsonl.zst' \\) | LC_ALL=C sort"):format(
    escape.shell(path))))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  if #list == 0 then cts.fail(2, path .. ": there is no result log (*.jsonl, *.jsonl.zst) in this folder") end
  return list
end

local got = options.read(command)
local paths = {}
for _, path in ipairs(got) do table.move(logs_of(path), 1, 1 << 20, #paths + 1, paths) end
local h = require("reports.history").read(paths)
output.write(got.html or "history.html", require("reports.history_html").page(h))
local logs = {}
for i, run in ipairs(h.runs) do logs[i] = run.log end
return require("reports.log").check_complete(logs) and 0 or 3
