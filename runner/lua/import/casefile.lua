-- casefile.lua: entries -> the text of a case file, each different call once.

local casefile = {}

local ORDER = {"input", "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias",
  "padding_mode", "dtype", "layout", "data", "direction", "gradients"}
local DEFAULTS = {stride = "1", padding = "0", dilation = "1", groups = "1", bias = "true", padding_mode = "zeros",
  dtype = "float32", layout = "nchw", data = "integers", direction = "forward", gradients = "all"}
local PAIRS = {kernel_size = true, stride = true, padding = true, dilation = true}

-- Text in quotes, as YAML and JSON have it; what is no plain character becomes a question mark.
local function quoted(text)
  return '"' .. text:gsub('[^ -~]', "?"):gsub('["\\]', "\\%0") .. '"'
end

local function value_text(key, value)
  if type(value) ~= "table" then return tostring(value) end
  if PAIRS[key] and value[1] == value[2] then return tostring(value[1]) end
  return "[" .. table.concat(value, ", ") .. "]"
end

-- "input: [1, 3, 8, 8], out_channels: 4, ..."; in_channels only where it is not the input's.
local function keys_text(keys)
  local list = {}
  for _, key in ipairs(ORDER) do
    local text = keys[key] ~= nil and value_text(key, keys[key])
    local implied = key == "in_channels" and keys[key] == keys.input[#keys.input - 2]
    if text and text ~= DEFAULTS[key] and not implied then list[#list + 1] = key .. ": " .. text end
  end
  return table.concat(list, ", ")
end

-- A name of a case: words of small letters, digits and dots, joined by '-'; each but once.
local function name_maker()
  local used = {}
  return function(text)
    local stem = text:lower():gsub("[^a-z0-9.]+", "-"):gsub("^%-+", ""):gsub("%-+$", ""):sub(1, 60):gsub("%-+$", "")
    if not stem:find("[a-z0-9]") then stem = "layer" end
    used[stem] = (used[stem] or 0) + 1
    local name = used[stem] == 1 and stem or stem .. "-" .. used[stem]
    if name ~= stem then used[name] = (used[name] or 0) + 1 end
    return name
  end
end

local DIRECTION_WORDS = {input = "grad-input", weight = "grad-weight", ["weight-bias"] = "grad-weight-bias"}

local function stem_of(entry, keys)
  local word = DIRECTION_WORDS[keys.gradients] or keys.direction ~= "forward" and keys.direction
  return (entry.name or entry.place:match("[^/]*$")) .. (word and " " .. word or "")
end

--- The text, and how many cases it has. more: keys that all calls get.
function casefile.text(about, entries, more)
  local lines, at, names = {}, {}, name_maker()
  for _, entry in ipairs(entries) do
    for _, keys in ipairs(entry.calls or {}) do
      for k, v in pairs(more) do keys[k] = v end
      local id = case.new(keys).id
      if at[id] then
        at[id].again, at[id].note = at[id].again + 1, at[id].note or entry.note
      else
        at[id] = {name = names(stem_of(entry, keys)), keys = keys_text(keys), place = entry.place, note = entry.note, again = 0}
        lines[#lines + 1] = at[id]
      end
    end
  end
  local text = {"about: " .. quoted(about), "clauses: [FWD-1]", "cases:"}
  for _, line in ipairs(lines) do
    local where = line.place .. (line.again > 0 and (", and %d more"):format(line.again) or "")
    local note = line.note and "; " .. line.note or ""
    text[#text + 1] = ("  - {name: %s, %s, about: %s}"):format(line.name, line.keys, quoted(where .. note))
  end
  return table.concat(text, "\n") .. "\n", #lines
end

return casefile
