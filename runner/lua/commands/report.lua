-- report: result logs as pages and files that people and other programs read.

local options = require "cli.options"
local output = require "text.output"

local command = {
  name = "report",
  arguments = {0, math.huge, "a result log"},
  usage = "[OPTION ...] LOG ...",
  about = "Makes reports from result logs (conv2d-cts run --log). Several logs are shown side by side.",
  options = {
    {"html", value = "FILE", about = "one page that needs nothing else"},
    {"markdown", value = "FILE", about = "for a CI step summary, under 1 MiB, failures first"},
    {"junit", value = "FILE", about = "JUnit XML"},
    {"badge", value = "FILE", about = "JSON of a shields.io endpoint"},
    {"github", about = "GitHub annotations on standard output, the 10 largest groups of failures"},
    {"tap", about = "TAP version 13 on standard output"},
  },
  more = "FILE may be - for standard output.\n"
    .. "Exit status: 0 done, 2 a log or file can't be opened or read, 3 a log is incomplete (the reports\n"
    .. "are made all the same), or a report can't be written.",
}

-- Reports that need all logs as one table.
local of_model = {
  {"html", function(model) return require("reports.html").page(model) end},
  {"markdown", function(model) return require("reports.markdown").document(model) end},
  {"badge", function(model) return require("reports.signals").badge(model) end},
  {"github", function(model) return require("reports.signals").github(model) end},
}

-- Reports that go case by case: each writes to a place, and returns the logs.
local of_paths = {
  {"junit", function(paths, place) return require("reports.junit").write(paths, place) end},
  {"tap", function(paths) return require("reports.signals").tap(paths) end},
}

local function place_of(option)
  return option == true and "-" or option
end

local function wanted(list, got)
  local chosen = {}
  for _, report in ipairs(list) do
    if got[report[1]] then chosen[#chosen + 1] = {make = report[2], place = place_of(got[report[1]])} end
  end
  return chosen
end

local got = options.read(command)
local whole, single = wanted(of_model, got), wanted(of_paths, got)
if #whole + #single == 0 then cts.fail(2, "report: say which report to make (conv2d-cts report --help)") end
local places = {}
for _, list in ipairs {whole, single} do
  for _, r in ipairs(list) do
    if r.place ~= "-" and places[r.place] then cts.fail(2, ("report: %s can't hold two reports"):format(r.place)) end
    places[r.place] = true
  end
end
if #got == 0 then cts.fail(2, "report: a result log must be named (conv2d-cts report --help)") end

local logs, inputs = {}, require("reports.log").together(got)
if #whole > 0 then
  local model = require("reports.collect").read(inputs)
  for _, s in ipairs(model.subjects) do logs[#logs + 1] = s.log end
  for _, r in ipairs(whole) do
    cts.doing("making " .. r.place)
    output.write(r.place, r.make(model))
  end
end
for _, r in ipairs(single) do logs = r.make(inputs, r.place) end
return require("reports.log").check_complete(logs) and 0 or 3
