-- miopen.lua: command lines of MIOpenDriver, as MIOpen's log prints them, too:
-- ./bin/MIOpenDriver conv -n 1 -c 64 -H 56 -W 56 -k 64 -y 3 -x 3 -p 1 -q 1 -u 1 -v 1 -l 1 -j 1 -m conv -g 1 -F 1

local layer = require "import.layer"
local shapes = require "import.shapes"

local miopen = {}

local DTYPES = {conv = "float32", convfp16 = "float16", convbfp16 = "bfloat16", convfp64 = "float64"}

-- Long names of the options that count here, and what holds without them.
local LONG = {
  batchsize = "n", in_channels = "c", in_h = "H", in_w = "W", out_channels = "k", fil_h = "y", fil_w = "x", pad_h = "p",
  pad_w = "q", conv_stride_h = "u", conv_stride_w = "v", dilation_h = "l", dilation_w = "j", group_count = "g", forw = "F",
  bias = "b", mode = "m", pad_mode = "z", in_layout = "I", spatial_dim = "_",
}
local DEFAULT = {n = 100, c = 3, H = 32, W = 32, k = 32, y = 3, x = 3, p = 0, q = 0, u = 1, v = 1, l = 1, j = 1, g = 1,
  F = 0, b = 0, _ = 2}
local WORDS = {m = "conv", z = "default", I = "NCHW"}

-- The options after the driver's name; or nil and why not.
local function read_options(text)
  local o = setmetatable({}, {__index = function(_, k) return DEFAULT[k] or WORDS[k] end})
  local name
  for word in text:gmatch("%S+") do
    local option = word:match("^%-%-([%w_]+)$") or word:match("^%-(%D)$")
    if option then
      name = LONG[option] or option
    elseif name then
      o[name] = DEFAULT[name] and layer.integer(word) or not DEFAULT[name] and word or nil
      if DEFAULT[name] and rawget(o, name) == nil then
        return nil, ("-%s %s: an integer of at most 15 digits is expected"):format(name, word)
      end
      name = nil
    end
  end
  return o
end

-- -F: 0 is all, else the sum of 1 forward, 2 the input's gradient, 4 the weight's.
local function directions(mask)
  local list = {}
  for i, name in ipairs {"forward", "input", "weight"} do
    if mask == 0 or mask >> (i - 1) & 1 == 1 then list[#list + 1] = name end
  end
  return list
end

-- What -z says, which MIOpen heeds only where no dilation spreads a kernel.
local function padding_word(o)
  local spread = (o.l ~= 1 or o.j ~= 1) and (o.y ~= 1 or o.x ~= 1)
  return not spread and (o.z == "same" or o.z == "valid") and o.z or nil
end

-- `same` with a stride is TensorFlow's: as many outputs as strides fit in the input, the odd zero at the end.
local function pad_same(keys)
  local before, after = {}, {}
  for i = 1, 2 do
    before[i], after[i] = shapes.padding({auto_pad = "SAME_UPPER"}, i, keys.input[i + 2], keys.kernel_size[i], keys.stride[i], 1)
  end
  return layer.pad(keys, before, after)
end

-- The keys of a case, and a note on it where it needs one; or nil and why not.
local function keys_of(o, dtype)
  local keys = {
    input = {o.n, o.c, o.H, o.W}, out_channels = o.k, kernel_size = {o.y, o.x}, stride = {o.u, o.v}, padding = {o.p, o.q},
    dilation = {o.l, o.j}, groups = o.g, bias = o.b ~= 0, dtype = dtype, layout = o.I == "NHWC" and "nhwc" or nil,
  }
  local word = padding_word(o)
  if o.u < 1 or o.v < 1 then return nil, ("-u %d -v %d: strides below 1"):format(o.u, o.v) end
  if word ~= "same" or o.u == 1 and o.v == 1 then
    keys.padding = word or keys.padding
    return keys
  end
  local good, note = pad_same(keys)
  return good and keys or nil, note
end

local function read(place, driver, text)
  local o, why = read_options(text)
  if not o then return layer.left_out(place, "%s", why) end
  if not DTYPES[driver] then return layer.left_out(place, "%s: of a type that no case has", driver) end
  if o._ ~= 2 then return layer.left_out(place, "%d-dimensional", o._) end
  if o.m ~= "conv" then return layer.left_out(place, "-m %s: a transposed convolution", o.m) end
  if o.I ~= "NCHW" and o.I ~= "NHWC" then return layer.left_out(place, "-I %s: a layout that no case has", o.I) end
  local ways = directions(o.F)
  if #ways == 0 then return layer.left_out(place, "-F %d: no direction", o.F) end
  local keys, note = keys_of(o, DTYPES[driver])
  if not keys then return layer.left_out(place, "%s", note) end
  return {place = place, calls = layer.calls(keys, ways), note = note}
end

--- A reader of lines; see benchdnn.reader.
function miopen.reader()
  return function(line, place)
    local driver, text = line:match("MIOpenDriver%S*%s+(conv%w*)%s+(%-.*)$")
    if not driver then driver, text = line:match("^%s*(conv%w*)%s+(%-.*)$") end
    return driver and {read(place, driver, text)}
  end
end

return miopen
