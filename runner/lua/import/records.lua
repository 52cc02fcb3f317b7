-- records.lua: a JSON list of the arguments that nn.Conv2d was constructed with, and of input shapes. A few lines of
-- Python print it (specs/case-format.md).

local layer = require "import.layer"

local records = {}

-- Keys of a record and what they must hold; all but two may be absent.
local KEYS = {
  input = "list", out_channels = "integer", in_channels = "integer", kernel_size = "pair", stride = "pair", padding = "pair",
  dilation = "pair", groups = "integer", bias = "boolean", padding_mode = "string", dtype = "string", name = "string",
}
local MODES = {}
for _, mode in ipairs(cts.padding_modes()) do MODES[mode.name] = true end

local function is_integers(value)
  if type(value) ~= "table" then return false end
  for _, v in ipairs(value) do
    if math.type(v) ~= "integer" then return false end
  end
  return #value > 0
end

local function fits(kind, value)
  if kind == "integer" then return math.type(value) == "integer" end
  if kind == "list" then return is_integers(value) and #value <= 4 end
  if kind == "pair" then
    return math.type(value) == "integer" or is_integers(value) and #value <= 2 or value == "same" or value == "valid"
  end
  return type(value) == kind
end

local function pair(value)
  return type(value) == "table" and #value == 1 and value[1] or value
end

local function check(record)
  if type(record) ~= "table" then return "an object is expected" end
  for key, value in pairs(record) do
    if not KEYS[key] then return ("unknown key '%s'"):format(key) end
    if not fits(KEYS[key], value) then return ("%s: of another kind than nn.Conv2d has"):format(key) end
  end
  for _, key in ipairs {"input", "out_channels", "kernel_size"} do
    if record[key] == nil then return key .. ": must be given" end
  end
  if #record.input < 3 then return ("input: of %d dimensions"):format(#record.input) end
  if record.padding_mode and not MODES[record.padding_mode] then return ("padding_mode: '%s'"):format(record.padding_mode) end
end

local function read(place, record, directions)
  local why = check(record)
  if why then return layer.left_out(place, "%s", why) end
  local keys = {}
  for key, value in pairs(record) do keys[key] = KEYS[key] == "pair" and pair(value) or value end
  keys.name = nil
  keys.dtype = record.dtype and record.dtype:gsub("^torch%.", "")
  return {place = place, name = record.name, calls = layer.calls(keys, directions)}
end

--- The entries of a text.
function records.read(path, text)
  local list, why, line = json.decode(text)
  if list == nil then cts.fail(2, ("%s:%d: %s"):format(path, line, why)) end
  local count = 0 -- of a list with null in it, too
  for i in pairs(type(list) == "table" and list or {}) do count = math.max(count, math.tointeger(i) or 0) end
  if count == 0 then cts.fail(2, path .. ":1: a list of records is expected") end
  local entries = {}
  for i = 1, count do entries[i] = read(("%s, record %d"):format(path, i), list[i], {"forward"}) end
  return entries
end

return records
