-- log.lua: result logs, read line by line (specs/result-log.md).
-- A log that ends early is still a log: what it has is reported, and that it is incomplete.

local log = {}

local FORMAT = "conv2d-cts result log"

local classes = {}
for _, v in ipairs(cts.verdicts()) do classes[v.word] = v.class end

local function wrong(path, line, message, ...)
  cts.fail(2, ("%s:%d: %s"):format(path, line, message:format(...)))
end

local function open_file(path)
  local f, message = io.open(path, "rb")
  if not f then cts.fail(2, message) end
  return f
end

-- The object on a line; nil where the file ends in the middle of one.
local function decode(path, number, line)
  local entry, message = json.decode(line)
  if type(entry) == "table" then return entry end
  if line:sub(-1) == "\n" then wrong(path, number, "%s", message or "an object is expected") end
end

local function read_header(path, line)
  local header = line and json.decode(line)
  if type(header) ~= "table" or header.format ~= FORMAT then
    wrong(path, 1, "this is no %s, which `conv2d-cts run --log` writes", FORMAT)
  elseif header.version ~= 1 then
    wrong(path, 1, "version %s of the log is not known to this version of conv2d-cts", header.version)
  end
  return header
end

local function check_case(path, number, entry)
  if type(entry.case) ~= "string" then wrong(path, number, "the key `case` is missing") end
  entry.class = classes[entry.verdict]
  if not entry.class then wrong(path, number, "unknown verdict '%s'", tostring(entry.verdict)) end
  if entry.xfail then
    entry.class, entry.words = "skipped", ("fails as expected, %s: %s"):format(entry.xfail, entry.words or "")
  end
  entry.id = entry.id or entry.case
  entry.clauses = entry.clauses or {}
  return entry
end

--- What identifies a case from one run to the next: where it stands, and what it is.
function log.key(entry)
  return table.concat({entry.file or "", entry.name or "", entry.case}, "\t")
end

-- Counts as the last line has them, for a log that has lost it.
local function tally(counts, entry)
  counts.cases = counts.cases + 1
  counts[entry.class] = counts[entry.class] + 1
end

--- Reads a log: calls each (entry, line number) for each case, in order. An entry has the log's
--- keys, and `class`. Returns {path =, header =, counts =, complete =, lines =}.
function log.read(path, each)
  local f = open_file(path)
  local number = 1
  local got = {
    path = path, header = read_header(path, f:read("L")), complete = false,
    counts = {cases = 0, passed = 0, skipped = 0, failed = 0, broken = 0},
  }
  for line in f:lines("L") do
    number = number + 1
    local entry = decode(path, number, line)
    if got.complete then wrong(path, number, "text after the last line of the log") end
    if entry and entry["end"] then
      got.complete, got.seconds = not entry.interrupted, entry.seconds
    elseif entry then
      tally(got.counts, check_case(path, number, entry))
      each(entry, number)
    end
  end
  f:close()
  got.lines = number
  if got.counts.cases == 0 and not got.complete then wrong(path, number, "the log holds no case") end
  return got
end

--- How many cases the last line counts, without reading the others; nil if it is not there.
function log.expected_cases(path)
  local f = open_file(path)
  local size = f:seek("end")
  f:seek("set", math.max(0, size - 400))
  local last = (f:read("a") or ""):match('{"end":true,"cases":(%d+)')
  f:close()
  return math.tointeger(last)
end

--- Says on standard error of each log that is incomplete; whether all are complete.
function log.check_complete(logs)
  local good = true
  for _, l in ipairs(logs) do
    if not l.complete then
      good = false
      io.stderr:write(("%s:%d: the run ended early: the log is incomplete\n"):format(l.path, l.lines))
    end
  end
  return good
end

return log
