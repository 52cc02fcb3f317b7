-- import: other programs' convolutions as a case file.

local casefile = require "import.casefile"
local layer = require "import.layer"
local models = require "import.onnx"
local options = require "cli.options"
local output = require "text.output"
local records = require "import.records"

local command = {
  name = "import",
  arguments = {1, math.huge, "a file"},
  usage = "FILE ... [-o CASES.yaml] [OPTION ...]",
  about = "Writes a case file of the convolutions in files of other programs: an ONNX model, problems of\n"
    .. "benchdnn, a log of ONEDNN_VERBOSE, command lines of MIOpenDriver, or a JSON list of the arguments\n"
    .. "of nn.Conv2d (specs/case-format.md). Each different call is one case. Calls that no case can\n"
    .. "express are listed with the reason.",
  options = {
    {"output", value = "FILE", about = "where to write the case file (default: standard output); also -o"},
    {"format", value = "FORMAT", about = "onnx, benchdnn, verbose, miopen or pytorch (default: recognised by the content)"},
    {"set", value = "NAME=N,...", about = "numbers for the extents of an ONNX model that have names: batch=1"},
    {"direction", value = "WORD", about = "forward, backward or both (default: as the file says, else forward)"},
    {"data", value = "RECIPE", about = "the data of every case (default integers: judged bit for bit)"},
  },
  more = "Exit status: 0, or 2 if a file is malformed, or 4 if nothing could be imported.",
}

local LINES = {benchdnn = require "import.benchdnn", miopen = require "import.miopen", verbose = require "import.verbose"}
local FORMATS = {onnx = true, benchdnn = true, verbose = true, miopen = true, pytorch = true}
local DIRECTIONS = {forward = {"forward"}, backward = {"backward"}, both = {"forward", "backward"}}

for i, word in ipairs(arg) do
  if word == "-o" then arg[i] = "--output" end
end
local got = options.read(command)

local function usage(message)
  cts.fail(2, "import: " .. message .. " (conv2d-cts import --help)")
end

if #got == 0 then usage("a file must be named") end
if got.output then output.ready(got.output, got) end
if got.format and not FORMATS[got.format] then usage("--format: no such format '" .. got.format .. "'") end
if got.direction and not DIRECTIONS[got.direction] then usage("--direction: no such direction '" .. got.direction .. "'") end

-- "batch=1,height=224" as a table.
local function read_numbers(text)
  local numbers = {}
  for item in (text or ""):gmatch("[^,]+") do
    local name, digits = item:match("^(.-)=(%d+)$")
    numbers[name or ""] = name and layer.integer(digits)
    if not numbers[name or ""] then usage(("--set: NAME=NUMBER is expected, got '%s'"):format(item)) end
  end
  return numbers
end

local function read_file(path)
  local f, why = io.open(path, "rb")
  local text = f and f:read("a")
  if f then f:close() end
  if text and text:find "^\xff\xfe" then cts.fail(2, path .. ":1: this is UTF-16; UTF-8 is expected") end
  if text then return (text:gsub("^\xef\xbb\xbf", "")) end
  cts.fail(2, ("%s: %s"):format(path, (why or "can't be read"):gsub("^" .. path:gsub("%p", "%%%0") .. ": ", "")))
end

-- The format that the content looks like. Lines of text may come from several programs.
local function format_of(path, text)
  if got.format then return got.format end
  if text:find("\0", 1, true) or path:find("%.onnx$") then return "onnx" end
  return text:find("^%s*[%[{]") and "pytorch" or "lines"
end

local function line_readers(format)
  local readers = {}
  for _, name in ipairs {"verbose", "miopen", "benchdnn"} do
    if format == "lines" or format == name then readers[#readers + 1] = LINES[name].reader() end
  end
  return readers
end

local function read_lines(path, text, format)
  local entries, readers, number = {}, line_readers(format), 0
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    for _, read in ipairs(readers) do
      local found = read(line, path .. ":" .. number)
      if found then
        table.move(found, 1, #found, #entries + 1, entries)
        break
      end
    end
  end
  return entries
end

local function read(path)
  local text = read_file(path)
  local format = format_of(path, text)
  if format == "onnx" then return models.read(path, read_numbers(got.set)) end
  if format == "pytorch" then return records.read(path, text) end
  return read_lines(path, text, format)
end

-- The calls of an entry in the directions that the command line names instead of the file's.
local function redirect(entry)
  if not got.direction or entry.left_out then return end
  local keys = entry.calls[1]
  keys.direction, keys.gradients = nil, nil
  entry.calls = layer.calls(keys, DIRECTIONS[got.direction])
end

local good, left_out, noted = {}, {}, 0
for _, path in ipairs(got) do
  for _, entry in ipairs(read(path)) do
    redirect(entry)
    entry = layer.check(entry)
    table.insert(entry.left_out and left_out or good, entry)
    if entry.note then noted = noted + 1 end
  end
end

local to = got.output and got.output ~= "-" and io.stdout or io.stderr
for _, entry in ipairs(left_out) do to:write(("left out: %s: %s\n"):format(entry.place, entry.left_out)) end
if #good == 0 then cts.fail(4, ("import: nothing to import: %d convolutions, all left out"):format(#left_out)) end
local text, count = casefile.text("Convolutions of " .. table.concat(got, ", "), good, {data = got.data})
if count > 20000 then cts.fail(2, ("import: %d different calls: a case file has at most 20000"):format(count)) end
output.write(got.output or "-", text)
to:write(("%d convolutions, %d cases, %d left out\n"):format(#good + #left_out, count, #left_out))
if noted > 0 then
  to:write(("%d padded one side more, which nn.Conv2d can't: the difference is part of the input; `about` of the case says how much\n")
    :format(noted))
end
return 0
