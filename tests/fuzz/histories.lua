-- histories.lua: run by script.c: several logs of one subject, made of the bytes of a document: each byte is one decision.
-- They are read as a history and as the shards of a run, as `history` and `merge` read them.

local history, history_html = require "reports.history", require "reports.history_html"
local log, merge = require "reports.log", require "reports.merge"
local options, run_options = require "cli.options", require "cli.run_options"

local folder = io.popen("mktemp -d"):read "l"
io.stderr = io.open("/dev/null", "w")

-- ---- the logs

local bytes, at

-- A number from 0 to n - 1; 0 when the bytes are used up.
local function pick(n)
  at = at + 1
  return (bytes:byte(at) or 0) % n
end
local function errs() return pick(32) == 31 end
local function one_of(list) return list[pick(#list) + 1] end

local odd = {"null", "true", "-1", "1e308", "9223372036854775808", "0.5", '""', '"nan"', '"a\\u0000b"', '"\\u001b[31m"', "[]", "{}", "[[]]",
  '[1,"x"]', '{"a":{}}', "nan", "", "[1", '"x'}
local words = {"pass", "wrong value", "crash", "unsupported", "not run", "mistrusted", "leak"}

local function value(usual) return errs() and one_of(odd) or usual end

-- What the subject offered, by which the suite chooses cases.
local function offers()
  if pick(4) ~= 3 then return "" end
  local parts = {}
  for key, usual in pairs {dtypes = "2047", layouts = "1023", padding_modes = "15", directions = "7", functions = "15", strict = "false"} do
    parts[#parts + 1] = ('"%s":%s'):format(key, value(usual))
  end
  table.sort(parts)
  return ',"offers":' .. value("{" .. table.concat(parts, ",") .. "}")
end

local function header(number, arguments)
  local date = ('"2026-01-%02dT00:00:00Z"'):format(1 + pick(28))
  local list = {}
  for _, word in ipairs(arguments) do list[#list + 1] = ('"%s"'):format(word) end
  return ('{"format":"conv2d-cts result log","version":%s,"subject":%s,"subject_version":%s,"suite":"0.1.0","date":%s,"claims":%s,'
    .. '"arguments":[%s],"selection":"%s cases/forward.yaml","host":"h%d","own":%s,"environment":%s,"machine":%s%s}'):format(
    value "1", value '"x"', value '"1"', value(date), value "0", value(table.concat(list, ",")), arguments[1], number, value "[]", value '""',
    value '{"processor":"p","processors":2,"features":"avx","variables":"","threads":1}', offers())
end

local function case_line(c)
  local verdict = one_of(pick(4) == 3 and words or {"pass"})
  local keys = {}
  if verdict ~= "pass" then
    keys[#keys + 1] = ('"clause":%s,"words":%s,"mismatches":%s'):format(value '"FWD-1"', value '"wrong"', value "2")
  end
  if pick(4) == 3 then keys[#keys + 1] = '"xfail":' .. value '"known"' end
  if pick(8) == 7 then keys[#keys + 1] = '"control":true' end
  if pick(4) == 3 then keys[#keys + 1] = ('"answers":%s,"truth":%s'):format(value '"0123456789abcdef"', value '"00"') end
  if pick(2) == 1 then keys[#keys + 1] = ('"rms_error":%s,"max_error":%s'):format(value "0.25", value "0.5") end
  return ('{"case":%s,"file":%s,"line":%s,"name":%s,"verdict":%s,"clauses":%s,"outputs":%s,"nanoseconds":%s%s%s}'):format(
    value(('"%s"'):format(c.reference)), value(('"%s"'):format(c.file)), value(tostring(c.line)), value '"n"',
    value(('"%s"'):format(verdict)), value '["FWD-1"]', value "8", value "120", #keys > 0 and "," or "", table.concat(keys, ","))
end

local function order_line(c)
  return ('{"order":%s,"case":%s,"words":%s,"tree":%s}'):format(value '"o"', value(('"%s"'):format(c.reference)), value '"w"', value '"t"')
end

local function last_line(cases)
  return ('{"end":true,"cases":%s,%s"interrupted":%s,"seconds":%s}'):format(
    value(tostring(cases)), pick(8) == 7 and '"passed":1,"skipped":0,"failed":0,"broken":0,"expected":0,' or "", value(pick(4) == 3 and "true" or "false"), value "1.5")
end

local all = {}
for c in suite.load "cases/forward.yaml":cases() do
  all[#all + 1] = {reference = c.reference, file = json.encode(c.file):sub(2, -2), line = c.line}
end

-- A shard of the run, or now and then the whole.
local function make_log(number, count)
  local arguments = {("--shard=%d/%d"):format(number, count), "cases/forward.yaml"}
  if errs() then arguments[1] = one_of {"--shard=9/2", "--order=telling", "--seconds=3", "--tier=none", "--filter=stride > 1", "--hook=x", "--"} end
  local lines, cases = {header(number, arguments)}, 0
  for i, c in ipairs(all) do
    if (i % count == number - 1) ~= errs() then
      lines[#lines + 1] = case_line(c)
      if not lines[#lines]:find('"control":true', 1, true) then cases = cases + 1 end
      if pick(8) == 7 then lines[#lines + 1] = order_line(c) end
      if errs() then lines[#lines + 1] = one_of(odd) end
    end
  end
  if not errs() then lines[#lines + 1] = last_line(cases) end
  if errs() then lines[#lines + 1] = case_line(all[1]) end
  local text = table.concat(lines, "\n") .. "\n"
  return errs() and text:sub(1, #text - pick(256)) or text
end

-- ---- the readers

local function read_history(paths)
  local h = history.read(paths)
  history_html.page(h)
  local logs = {}
  for i, run in ipairs(h.runs) do logs[i] = run.log end
  log.check_complete(logs)
end

local function read_shards(paths)
  local parts = merge.open(paths)
  local selected = options.read(run_options.command, parts[1].arguments)
  if #selected == 0 then selected[1] = "cases/forward.yaml" end -- the whole suite takes seconds
  local cases = options.load_suite(run_options.command, selected)
  if parts[1].header.offers then cases:within(parts[1].header.offers) end
  local merged = {}
  merge.run(parts, cases:cases(), function(line) merged[#merged + 1] = line end)
  if #merged < 2 then error "a merged log has a first line and a last one" end
  log.together(paths)
end

return function(path)
  local file = io.open(path, "rb")
  bytes, at = file:read "a", 0
  file:close()
  local paths, count = {}, 1 + pick(3)
  for i = 1, count do
    paths[i] = ("%s/%d.jsonl"):format(folder, i)
    local to = io.open(paths[i], "wb")
    to:write(make_log(i, count))
    to:close()
  end
  local good, refusal = pcall(read_history, paths)
  if not good and type(refusal) ~= "table" then error(refusal, 0) end
  local other, refused = pcall(read_shards, paths)
  if not other then error(refused, 0) end
  if not good then error(refusal, 0) end
end
