-- merge.lua: the logs of the shards of a run, or of other parts of it, as the one log that the whole run would write.
-- The suite says which cases there must be, and in which order; each log has its own in that order. So each is read
-- once, from its beginning, and none is kept in memory.

local escape = require "text.escape"
local log = require "reports.log"

local merge = {}

local MOST = 10 -- problems of a kind that are described

-- ---- the parts

-- What all parts must agree on.
local SAME = {"suite", "subject", "subject_version", "claims", "offers"}

local function flat(v) return v == nil and "nothing" or json.encode(v) end

-- The arguments but for the shard, and the shard.
local function split_arguments(words)
  local rest, shard = {}, nil
  for _, word in ipairs(words) do
    if word == "--order=telling" or word:find "^%-%-seconds=" then
      cts.fail(2, "the order of --order telling and --seconds is not the suite's: such a run is no part of another")
    end
    local value = word:match("^%-%-shard=(.*)$")
    if value then shard = value else rest[#rest + 1] = word end
  end
  return rest, shard
end

local function check_same(first, part)
  for _, key in ipairs(SAME) do
    local a, b = flat(first.header[key]), flat(part.header[key])
    if a ~= b then
      cts.fail(2, ("%s is no part of the run of %s: its %s is %s, not %s"):format(part.path, first.path, key, b, a))
    end
  end
  local a, b = flat(first.arguments), flat(part.arguments)
  if a ~= b then
    cts.fail(2, ("%s is no part of the run of %s: it was run with %s, not with %s"):format(part.path, first.path, b, a))
  end
end

--- Opens logs as parts of one run: {{path =, header =, arguments = {without the shard}, shard =}, ...}
function merge.open(paths)
  local parts = {}
  for i, path in ipairs(paths) do
    local part = {path = path}
    part.header, part.first, part.lines = log.lines(path)
    part.arguments, part.shard = split_arguments(part.header.arguments)
    if #part.header.arguments == 0 then
      cts.fail(2, path .. ": its first line does not say with which arguments it was run")
    end
    if i > 1 then check_same(parts[1], part) end
    parts[i] = part
  end
  return parts
end

-- ---- lines

-- A line without what differs from one run of its case to the next.
local function lasting(line)
  return (line:gsub('"nanoseconds":%d+,?', ""):gsub(',?"resumed":%b{}', ""):gsub(',?"control":true', "")
    :gsub(',?"truth":"%x+"', ""):gsub('"printed":"[^"\\]*",?', ""):gsub(",}", "}"))
end

-- What finds a line's case in the suite.
local function key_of(line)
  local reference = line:match('^{"case":"([^"]*)"')
  local file, number = line:match('"file":"([^"]*)","line":(%d+)')
  return ("%s\t%s\t%s"):format(reference, file, number)
end

local function key_of_case(c, files)
  local file = files[c.file]
  if not file then
    file = json.encode(c.file):sub(2, -2)
    files[c.file] = file
  end
  return ("%s\t%s\t%d"):format(c.reference, file, c.line)
end

local function note(list, ...)
  list.count = (list.count or 0) + 1
  if #list < MOST then list[#list + 1] = select("#", ...) > 1 and string.format(...) or (...) end
end

-- Moves a part to its next case. Controls are kept apart; the last line ends it.
local function advance(part, found)
  while true do
    local line = part.lines()
    if not line then
      part.line, part.key = nil, nil
      return
    end
    if line:find('"control":true', 1, true) then
      part.controls[#part.controls + 1] = line
    elseif line:find('^{"end"') then
      local entry = json.decode(line)
      part.complete, part.seconds = entry.interrupted == false, entry.seconds
    elseif line:find('"verdict":"not run"', 1, true) then
      note(found.not_run, "%s", key_of(line):match("^[^\t]*"))
    elseif line:find('^{"case":"') and line:sub(-1) == "\n" then
      part.line, part.key, part.cases = line, key_of(line), part.cases + 1
      return
    elseif line:sub(-1) == "\n" and not line:find('^{"order"') then
      cts.fail(2, ("%s: a line is not as `conv2d-cts run` writes it: %s"):format(part.path, escape.line(line:sub(1, 60))))
    end
  end
end

-- ---- counting, for the last line

local function count(counts, line)
  local verdict = line:match('"verdict":"([^"]*)"')
  counts.cases = counts.cases + 1
  local class = line:find('"xfail":', 1, true) and "expected" or log.classes[verdict] or "broken"
  counts[class] = counts[class] + 1
end

-- ---- controls

-- Machines that share a run must give the same answers, and have the same oracle.
local function compare_controls(parts, found)
  local first = {}
  for _, part in ipairs(parts) do
    for _, line in ipairs(part.controls) do
      local reference = key_of(line):match("^[^\t]*")
      local answers, truth = line:match('"answers":"(%x+)"'), line:match('"truth":"(%x+)"')
      local before = first[reference]
      found.controls = found.controls + 1
      if not before then
        first[reference] = {path = part.path, answers = answers, truth = truth}
      elseif before.truth ~= truth then
        note(found.differ, "%s: the oracle gives other values in %s and %s", reference, before.path, part.path)
      elseif before.answers ~= answers then
        note(found.differ, "%s: the subject gives other bits in %s and %s", reference, before.path, part.path)
      end
    end
  end
end

-- ---- merging

local function compare_doubles(reference, results, found)
  for i = 2, #results do
    found.doubles = found.doubles + 1
    if lasting(results[1].line) ~= lasting(results[i].line) then
      note(found.differ, "%s: its results in %s and %s differ", reference, results[1].path, results[i].path)
    end
  end
end

-- Whether two results are of different places of the suite: of one log, or of different shards of as many.
local function are_apart(a, b)
  if a.part == b.part then return true end
  local x, y = a.part.shard, b.part.shard
  return x and y and x ~= y and x:match "/%d+$" == y:match "/%d+$"
end

-- The results for one place of the suite. A product may have the same case at several places: a result that belongs to a later
-- one waits for it.
local function results_of(waiting, key, holders)
  local results, later = {}, {}
  local function sort(result)
    for _, other in ipairs(results) do
      if are_apart(result, other) then
        later[#later + 1] = result
        return
      end
    end
    results[#results + 1] = result
  end
  for _, result in ipairs(waiting[key] or {}) do sort(result) end
  for _, part in ipairs(holders) do sort {part = part, path = part.path, line = part.line} end
  waiting[key] = later[1] and later
  return results
end

-- Parts by the key of their next case, so that a hundred parts cost no more for each case than one.
local function place(heads, part)
  if not part.key then return end
  part.beside = heads[part.key]
  heads[part.key] = part
end

-- Takes the parts whose next case has the key, in their own order.
local function take(heads, key)
  local holders, part = {}, heads[key]
  heads[key] = nil
  while part do
    holders[#holders + 1], part = part, part.beside
  end
  if #holders > 1 then table.sort(holders, function(a, b) return a.number < b.number end) end
  return holders
end

-- The first line of the first part, of the whole run and with all its parts.
local function header_of(parts)
  local merged = {}
  for i, part in ipairs(parts) do
    merged[i] = {log = part.path, shard = part.shard, host = part.header.host, date = part.header.date}
  end
  local arguments = '"arguments":' .. json.encode(parts[1].arguments)
  -- No argument ends the list early: a quote within one is escaped.
  local line = parts[1].first:gsub('"arguments":%[.-%](,"%l+":")', function(after) return arguments .. after end, 1)
  line = line:gsub('"selection":"%-%-shard %S+ ', '"selection":"', 1)
  return (line:gsub("}%s*$", function() return (',"merged":%s}\n'):format(json.encode(merged)) end))
end

-- Reads what is left of a part, so that its last line counts: it has cases that the suite does not, or not in this place.
local function drain(part, found)
  while part.line do
    note(found.unknown, "%s of %s", part.key:match("^[^\t]*"), part.path)
    advance(part, found)
  end
end

local function footer_of(parts, found)
  local seconds, whole = 0, not found.not_run.count and not found.missing.count
  for _, part in ipairs(parts) do
    seconds, whole = seconds + (part.seconds or 0), whole and part.complete
  end
  local c = found.counts
  return ('{"end":true,"cases":%d,"passed":%d,"skipped":%d,"failed":%d,"broken":%d,"expected":%d,"interrupted":%s,"seconds":%.3f}\n')
    :format(c.cases, c.passed, c.skipped, c.failed, c.broken, c.expected, tostring(not whole), seconds), whole
end

--- Merges the parts. cases: an iterator of the suite's cases; write (line): takes the lines of the merged log.
--- Returns {counts =, complete =, doubles =, controls =, and lists, each with its `count`: missing =, not_run =,
--- unknown = (cases that the suite does not have in this place), differ =}.
function merge.run(parts, cases, write)
  local found = {missing = {}, not_run = {}, unknown = {}, differ = {}, doubles = 0, controls = 0,
                 counts = {cases = 0, passed = 0, skipped = 0, failed = 0, broken = 0, expected = 0}}
  local files, heads, waiting = {}, {}, {}
  for i, part in ipairs(parts) do
    part.number, part.controls, part.cases = i, {}, 0
    advance(part, found)
    place(heads, part)
  end
  write(header_of(parts))
  for c in cases do
    local key = key_of_case(c, files)
    local holders = take(heads, key)
    local results = results_of(waiting, key, holders)
    if #results == 0 then
      note(found.missing, "%s", c.reference)
    else
      compare_doubles(c.reference, results, found)
      count(found.counts, results[1].line)
      write(results[1].line)
    end
    for _, part in ipairs(holders) do
      advance(part, found)
      place(heads, part)
    end
  end
  for key, list in pairs(waiting) do
    for _, result in ipairs(list) do note(found.unknown, "%s of %s", key:match("^[^\t]*"), result.path) end
  end
  for _, part in ipairs(parts) do drain(part, found) end
  compare_controls(parts, found)
  local last, whole = footer_of(parts, found)
  write(last)
  found.complete = whole and not found.unknown.count
  return found
end

return merge
