-- log.lua: result logs, read line by line (specs/result-log.md).
-- A log that ends early is still a log: what it has is reported, and that it is incomplete. All other
-- contents are checked here, once, so that reports may rely on them.

local escape = require "text.escape"

local log = {}

local FORMAT = "conv2d-cts result log"

--- The class of each verdict, by its word.
log.classes = {}
for _, v in ipairs(cts.verdicts()) do log.classes[v.word] = v.class end

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

local function machine(v)
  return type(v) == "table" and text(v.processor) and text(v.features) and text(v.variables) and number(v.processors)
    and number(v.threads)
end

local function text_or_none(v) return text(v) end -- nil where the log lacks it, and not ""
local function mask(v) return v == nil or math.type(v) == "integer" end
local function offers(v)
  return type(v) == "table" and mask(v.dtypes) and mask(v.layouts) and mask(v.padding_modes) and mask(v.directions)
    and mask(v.functions) and mask(v.int32_sums)
end

local header_keys = {
  subject = text, subject_version = text, description = text, url = text, invocation = text, selection = text, date = text,
  suite = text, loading = text, host = text, architecture = text, arguments = texts, own = texts, environment = text,
  machine = machine, numerics = text_or_none, device = text_or_none, claims = mask, offers = offers,
}
local case_keys = {
  case = text, id = text, file = text, name = text, link = text, verdict = text, xfail = text, judged = text,
  clause = text, words = text, answers = text, truth = text, tensor = text, got_hex = text, want_hex = text, printed = text,
  part = text_or_none, median_nanoseconds = number, baseline_nanoseconds = number,
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
  for key, v in pairs(entry) do
    local is = keys[key]
    if is and not is(v) then wrong(path, line, "the value of `%s` is of another kind", key) end
    if is and is ~= number then entry[key] = key == "printed" and escape.lines(v) or clean(v) end
  end
end

-- ---- lines

local LONGEST = 1 << 20 -- far beyond any line of a log

-- The lines of a file. A line that does not end is not read into memory.
local function lines_of(f, path)
  local block, at, count, bytes = "", 1, 0, 0
  local size = f:seek("end")
  if size then f:seek("set", 0) end
  return function()
    count = count + 1
    while true do
      local stop = block:find("\n", at, true)
      if not stop and #block - at > LONGEST then wrong(path, count, "the line is longer than %d bytes", LONGEST) end
      local more, problem
      if not stop then more, problem = f:read(1 << 16) end
      if problem then cts.fail(2, ("%s: %s"):format(path, problem)) end
      if not more then
        local line = block:sub(at, stop)
        at = at + #line
        return line ~= "" and line or nil
      end
      block, at, bytes = block:sub(at) .. more, 1, bytes + #more
      cts.progress(bytes, size)
    end
  end
end

local function open_file(path)
  local f, message = cts.open(path, "r")
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
  for key, is in pairs(header_keys) do header[key] = header[key] or (is == text and "" or is == texts and {} or nil) end
  return header
end

-- How a result of a case is summed, as `run --twin` wrote it.
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
  entry.class = log.classes[entry.verdict]
  if not entry.class then wrong(path, line, "unknown verdict '%s'", tostring(entry.verdict)) end
  if entry.xfail then
    entry.class, entry.words = "skipped", ("fails as expected, %s: %s"):format(entry.xfail, entry.words or "")
  end
  entry.id = entry.id or entry.case
  entry.clauses = entry.clauses or {}
  return entry
end

--- The first line of a log; nil if there is no such file.
function log.header(path)
  local f, _, code = cts.open(path, "r")
  if not f and code == 2 then return nil end
  f = f or open_file(path)
  local header = read_header(path, lines_of(f, path)())
  f:close()
  return header
end

--- The first line of a log, the same as it is written, and a function that gives the others so.
function log.lines(path)
  local f = open_file(path)
  local lines = lines_of(f, path)
  local first = lines()
  return read_header(path, first), first, lines
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

-- The last line counts what stands above it: else lines have been lost, or changed. `before`: counts of other files.
local function check_counts(path, line, entry, counts, before)
  for _, class in ipairs {"cases", "failed"} do
    local told, found = entry[class], counts[class] - before[class]
    if told and told ~= found then
      wrong(path, line, "the last line counts %s %s, but there are %d", tostring(told),
        class == "cases" and class or "cases that failed", found)
    end
  end
end

-- Reads one file into `got`, from where its lines begin.
local function read_file(got, path, each)
  local f = open_file(path)
  local lines = lines_of(f, path)
  local at, ended, complete = 1, false, false
  local before = {cases = got.counts.cases, failed = got.counts.failed}
  cts.doing("reading " .. path)
  local header = read_header(path, lines())
  if got.whole then header.selection = header.selection:gsub("^%-%-shard %S+ ", "") end
  got.header = got.header or header
  for line in lines do
    at = at + 1
    local entry = decode(path, at, line)
    if ended then wrong(path, at, "text after the last line of the log") end
    if entry and entry["end"] then
      check_keys(path, at, entry, {seconds = number, cases = number, failed = number})
      check_counts(path, at, entry, got.counts, before)
      ended, complete = true, not entry.interrupted
      got.out_of_time = got.out_of_time or entry.out_of_time == true
      got.seconds = (got.seconds or 0) + (entry.seconds or 0)
    elseif entry and entry.order ~= nil then
      read_order(got, at, entry)
    elseif entry and not entry.control then
      tally(got.counts, check_case(path, at, entry))
      each(entry, got.lines + at, got.header)
    end
  end
  f:close()
  cts.doing()
  got.lines = got.lines + at
  got.complete, got.ended = got.complete and complete, got.ended and complete
end

--- Reads a log, or the logs of a list as one: calls each (entry, line number, header) for each case, in order. An entry
--- has the log's keys, and `class`. Returns {path =, header =, counts =, complete =, ended = whether every log that is there has
--- its end, missing = the shards that are not there, in words, or nil, out_of_time =, seconds =, lines =,
--- orders =}.
function log.read(path, each)
  local got = {
    path = type(path) == "table" and path.name or path, whole = type(path) == "table" and not path.missing,
    complete = type(path) ~= "table" or not path.missing, ended = true,
    missing = type(path) == "table" and path.missing or nil, lines = 0,
    counts = {cases = 0, passed = 0, skipped = 0, failed = 0, broken = 0}, orders = {},
  }
  for _, one in ipairs(type(path) == "table" and path or {path}) do read_file(got, one, each) end
  return got
end

--- The verdict of an entry, and whether it was expected.
function log.verdict(entry) return entry.verdict .. (entry.xfail and ", expected" or "") end

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

-- ---- shards

-- I and N of a run with --shard=I/N, and what its run has in common with those of the other shards.
local function shard_of(path)
  local header = log.header(path)
  if not header then return nil end
  local rest, i, n = {header.subject, header.subject_version, header.suite}, nil, nil
  for _, word in ipairs(header.arguments) do
    local a, b = word:match("^%-%-shard=(%d+)/(%d+)$")
    if a then i, n = tonumber(a), tonumber(b) else rest[#rest + 1] = word end
  end
  return i, n, table.concat(rest, "\n") .. "\n" .. tostring(n)
end

-- "shards 2, 4 of 4 are missing"; nil if none is.
local function missing_shards(has, n)
  local list, count = {}, 0
  for i = 1, n do
    if not has[i] then
      count = count + 1
      if count <= 8 then list[count] = tostring(i) end
    end
  end
  if count == 0 then return nil end
  return ("shard%s %s%s of %d %s missing"):format(count > 1 and "s" or "", table.concat(list, ", "), count > 8 and " ..." or "", n,
    count > 1 and "are" or "is")
end

--- Logs that follow each other and are shards of one run become a list, which log.read takes as one log: it has their
--- `name`, and in words which are `missing`, if any is. All other logs stay as they are.
function log.together(paths)
  local groups, open, common = {}, nil, nil
  for _, path in ipairs(paths) do
    local i, n, own = shard_of(path)
    if not i then
      groups[#groups + 1], open = path, nil
    elseif open and own == common and not open.has[i] then
      open[#open + 1], open.has[i] = path, true
      open.name = ("%s and %d more"):format(open[1], #open - 1)
    else
      open, common = {path, has = {[i] = true}, count = n, name = path}, own
      groups[#groups + 1] = open
    end
  end
  for _, g in ipairs(groups) do
    if type(g) == "table" then g.missing = missing_shards(g.has, g.count) end
  end
  return groups
end

--- Why a log does not judge its subject though no case of it failed: "the run ended early", or which shards are missing.
function log.why_incomplete(l)
  return l.ended and l.missing or "the run ended early"
end

--- How many cases the last line counts, without reading the others; nil if it is not there.
function log.expected_cases(path)
  if type(path) == "table" then
    local count = 0
    for _, one in ipairs(path) do count = count + (log.expected_cases(one) or 0) end
    return count
  end
  local f = open_file(path)
  local size, last = f:seek("end"), ""
  if size then
    f:seek("set", math.max(0, size - 400))
    last = f:read(400) or ""
  else -- it is compressed
    for line in lines_of(f, path) do last = line end
  end
  f:close()
  return math.tointeger(last:match('{"end":true,"cases":(%d+)'))
end

--- Warns on standard error about each log that is incomplete. Returns whether all are complete.
function log.check_complete(logs)
  local good = true
  for _, l in ipairs(logs) do
    if not l.complete then
      good = false
      io.stderr:write(("%s:%d: %s: the log is incomplete\n"):format(l.path, l.lines, log.why_incomplete(l)))
    end
  end
  return good
end

return log
