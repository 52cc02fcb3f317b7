-- site: published results of many subjects as a static site.

local escape = require "text.escape"
local log = require "reports.log"
local options = require "cli.options"
local output = require "text.output"
local prose = require "text.prose"
local template = require "text.template"

local command = {
  name = "site",
  arguments = {0, math.huge, "a folder of results"},
  usage = "--output FOLDER RESULTS ...",
  about = "Makes a static site of the results that `matrix --publish` wrote: one page of subjects and versions by clauses, on which\n"
    .. "a log of your own can be dropped, and badges/SUBJECT/CLAUSE.json for shields.io. No server is needed.",
  options = {
    {"output", value = "FOLDER", about = "where the site is made"},
  },
  more = "Of each folder of results, all files are read whose names end in .json.\n"
    .. "Exit status: 0 made, 2 a result can't be read, 3 the site can't be written.",
}

local function files_of(folder)
  local pipe = assert(io.popen(("find -L %s -type f -name '*.json' | LC_ALL=C sort"):format(escape.shell(folder))))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  if #list == 0 then cts.fail(2, folder .. ": there is no result (*.json) in this folder") end
  return list
end

-- The result of a file, with what the page needs.
local function read_record(path)
  local record, message = json.decode(output.read(path))
  if type(record) ~= "table" or type(record.subject) ~= "string" or type(record.failing_clauses) ~= "table" then
    cts.fail(2, ("%s: this is no result of `conv2d-cts matrix --publish`%s"):format(path, message and ": " .. message or ""))
  end
  for _, name in ipairs {"failing_clauses", "passing_clauses"} do
    local good = record[name] == nil or type(record[name]) == "table"
    for _, n in pairs(good and record[name] or {}) do good = good and math.type(n) == "integer" end
    if not good then cts.fail(2, ("%s: this is no result of `conv2d-cts matrix --publish`: %s are numbers"):format(path, name)) end
  end
  local machine = record.machine
  return {
    file = path:match("([^/]*)%.json$"), subject = escape.line(record.subject), version = escape.line(record.version or ""),
    url = record.url and escape.line(record.url), tier = (path:match("([^/]+)/[^/]*$") or record.tier or ""),
    passed = record.passed or 0, failed = record.failed or 0, skipped = record.skipped or 0,
    grade = record.grade, failing = record.failing_clauses, passing = record.passing_clauses,
    machine = type(machine) == "table" and machine.processor or type(machine) == "string" and machine or nil,
  }
end

-- "failing", "passing" or "unknown" of a clause, as a shields.io endpoint.
local function badge(record, id)
  local failed, passed = record.failing[id], record.passing and record.passing[id]
  local message = failed and ("%d failing"):format(failed) or passed and "passing" or "no failure known"
  return json.encode {schemaVersion = 1, label = id, message = message, color = failed and "red" or passed and "brightgreen" or "lightgrey"}
end

local function write_badges(folder, record)
  local place = ("%s/badges/%s-%s"):format(folder, record.tier:gsub("[^%w]+", "-"), record.file)
  if not os.execute("mkdir -p " .. escape.shell(place)) then cts.fail(3, place .. ": can't be made") end
  for _, c in ipairs(cts.clauses()) do output.write(("%s/%s.json"):format(place, c.id), badge(record, c.id) .. "\n") end
end

-- The clauses' texts, without their marks.
local function clauses()
  local list = {}
  for i, c in ipairs(prose.clauses()) do list[i] = {id = c.id, title = c.title, text = (c.text:gsub("%s+", " "))} end
  return json.list(list)
end

local got = options.read(command)
if not got.output then cts.fail(2, "site: say where to make it: --output FOLDER (conv2d-cts site --help)") end
if #got == 0 then cts.fail(2, "site: a folder of results must be named (conv2d-cts site --help)") end
local records = {}
for _, folder in ipairs(got) do
  for _, path in ipairs(files_of(folder)) do records[#records + 1] = read_record(path) end
end
for _, record in ipairs(records) do write_badges(got.output, record) end
local data = {records = json.list(records), clauses = clauses(), classes = log.classes}
output.write(got.output .. "/index.html", template.fill("reports/page/results.html", {
  title = "conv2d-cts: published results",
  data = escape.json_in_html(json.encode(data)),
  script = output.read_own("reports/page/dom.js") .. "\n" .. output.read_own("reports/page/results.js"),
}))
print(("%s/index.html: %d results"):format(got.output, #records))
return 0
