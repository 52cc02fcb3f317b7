-- log.lua: result logs, read line by line (specs/result-log.md).
-- A log that ends early is still a log: what it has is reported, and that it is incomplete. All other
-- contents are checked here, once, so that reports may rely on them.

local escape = require "text.escape"

local log = {}

local FORMAT = "conv2d-cts result log"

local classes = {}
for _, v in ipairs(cts.verdicts()) do classes[v.word] = v.class end

local function wrong(path, line, message, ...)
  cts.fail(2, ("%s:%d: %s"):format(path, line, message:format(...)))
end

-- ---- what a key may hold

local function text(v) return type(v) == "string" end
local function number(v) return type(v) == "number" end
local function value(v) return text(v) or number(v) end -- "inf" is no number of JSON's

local function list_of(is)
  return function(list)
    if type(list) ~= "table" then return false end
    for _, v in ipairs(list) do
      if not is(v) then return false end
    end
    return true
  end
end

local texts, numbers = list_of(text), list_of(number)
local function map(v) return type(v) == "table" and numbers(v.shape) and texts(v.plane) and text(v.channels) end

local header_keys = {subject = text, subject_version = text, description = text, url = text, invocation = text,
                     date = text, suite = text, loading = text}
local case_keys = {
  case = text, id = text, file = text, name = text, link = text, verdict = text, xfail = text, judged = text,
  clause = text, words = text, tensor = text, got_hex = text, want_hex = text, printed = text,
  line = number, outputs = number, mismatches = number, nanoseconds = number,
  max_error = value, rms_error = value, mean_error = value, got = value, want = value, error = value, allowed = value,
  clauses = texts, first = numbers, wrong = list_of(list_of(value)), map = map,
}

-- Texts become single lines without characters that a terminal takes as commands.
local function clean(v)
  if type(v) == "string" then return escape.line(v) end
  if type(v) == "table" then for key, item in pairs(v) do v[key] = clean(item) end end
  return v
end

local function check_keys(path, line, entry, keys)
  for key, is in pairs(keys) do
    local v = entry[key]
    if v ~= nil and not is(v) then wrong(path, line, "the value of `%s` is of another kind", key) end
    if v ~= nil and is ~= number then entry[key] = clean(v) end
  end
end

-- ---- lines

local LONGEST = 1 << 20 -- far beyond any line of a log

-- The lines of a file. A line that does not end is not read into memory.
local function lines_of(f, path)
  local block, at, count = "", 1, 0
  return function()
    count = count + 1
    while true do
      local stop = block:find("\n", at, true)
      if not stop and #block - at > LONGEST then wrong(path, count, "the line is longer than %d bytes", LONGEST) end
      local more = not stop and f:read(1 << 16)
      if not more then
        local line = block:sub(at, stop)
        at = at + #line
        return line ~= "" and line or nil
      end
      block, at = block:sub(at) .. more, 1
    end
  end
end

local function open_file(path)
  local f, message = io.open(path, "rb")
  if not f then cts.fail(2, message) end
  return f
end

-- The object on a line; nil where the file ends in the middle of one.
local function decode(path, at, line)
  local entry, message = json.decode(line)
  if type(entry) == "table" then return entry end
  if line:sub(-1) == "\n" then wrong(path, at, "%s", message or "an object is expected") end
end

local function read_header(path, line)
  local header = line and json.decode(line)
  if type(header) ~= "table" or header.format ~= FORMAT then
    wrong(path, 1, "this is no %s, which `conv2d-cts run --log` writes", FORMAT)
  elseif header.version ~= 1 then
    wrong(path, 1, "version %s of the log is not known to this version of conv2d-cts", header.version)
  end
  check_keys(path, 1, header, header_keys)
  for key in pairs(header_keys) do header[key] = header[key] or "" end
  return header
end

-- How a result of a case is summed, as `run --twin` tells it.
local order_keys = {order = text, case = text, words = text, tree = text}

local function read_order(got, line, entry)
  for key in pairs(order_keys) do
    if entry[key] == nil then wrong(got.path, line, "the key `%s` is missing", key) end
  end
  check_keys(got.path, line, entry, order_keys)
  got.orders[#got.orders + 1] = entry
end

local function check_case(path, line, entry)
  if entry.case == nil then wrong(path, line, "the key `case` is missing") end
  check_keys(path, line, entry, case_keys)
  entry.class = classes[entry.verdict]
  if not entry.class then wrong(path, line, "unknown verdict '%s'", tostring(entry.verdict)) end
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

--- Reads a log: calls each (entry, line number, header) for each case, in order. An entry has the log's
--- keys, and `class`. Returns {path =, header =, counts =, complete =, lines =, orders =}.
function log.read(path, each)
  local f = open_file(path)
  local lines = lines_of(f, path)
  local at = 1
  cts.doing("reading " .. path)
  local got = {
    path = path, header = read_header(path, lines()), complete = false, orders = {},
    counts = {cases = 0, passed = 0, skipped = 0, failed = 0, broken = 0},
  }
  for line in lines do
    at = at + 1
    local entry = decode(path, at, line)
    if got.ended then wrong(path, at, "text after the last line of the log") end
    if entry and entry["end"] then
      check_keys(path, at, entry, {seconds = number})
      got.ended, got.complete, got.seconds = true, not entry.interrupted, entry.seconds
    elseif entry and entry.order ~= nil then
      read_order(got, at, entry)
    elseif entry then
      tally(got.counts, check_case(path, at, entry))
      each(entry, at, got.header)
    end
  end
  f:close()
  cts.doing()
  got.lines = at
  return got
end

--- Adds lines to a log that is complete, before its last one.
function log.insert(path, entries)
  local f = assert(io.open(path, "r+b"))
  local size = f:seek("end")
  f:seek("set", math.max(0, size - 400))
  local last = (f:read(400) or ""):match('{"end":true.*$')
  if not last then return f:close() end
  f:seek("set", size - #last)
  for _, entry in ipairs(entries) do f:write(json.encode(entry), "\n") end
  f:write(last)
  f:close()
end

--- How many cases the last line counts, without reading the others; nil if it is not there.
function log.expected_cases(path)
  local f = open_file(path)
  local size = f:seek("end")
  f:seek("set", math.max(0, size - 400))
  local last = (f:read(400) or ""):match('{"end":true,"cases":(%d+)')
  f:close()
  return math.tointeger(last)
end

--- Warns on standard error about each log that is incomplete. Returns whether all are complete.
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
