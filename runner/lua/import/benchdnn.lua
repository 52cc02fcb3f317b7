-- benchdnn.lua: oneDNN's problems, as benchdnn reads them and as ONEDNN_VERBOSE prints them:
-- mb1ic3ih224oc64oh112kh7sh2ph3n"resnet:conv1". What is left out there follows from the rest.

local layer = require "import.layer"

local benchdnn = {}

local FIELDS = {}
for name in ("g mb ic id ih iw oc od oh ow kd kh kw sd sh sw pd ph pw dd dh dw"):gmatch("%S+") do FIELDS[name] = true end

-- "mb1_ic3ih224..." as a table of integers and `name`; or nil and why not.
local function read_fields(text)
  local f, at = {}, 1
  while at <= #text do
    local letters, digits, after = text:match("^_?([a-z]+)(%d+)()", at)
    if text:sub(at, at) == "n" then
      f.name = text:sub(at + 1):gsub('^"(.-)"?$', "%1")
      return f
    elseif text:find("^_$", at) then
      return f
    elseif not letters or not FIELDS[letters] then
      return nil, ("column %d of the problem: '%s' is no field of one"):format(at, text:sub(at, at + 20))
    end
    f[letters] = layer.integer(digits)
    if not f[letters] then return nil, ("%s%s: too large a number"):format(letters, digits) end
    at = after
  end
  return f
end

-- One axis: extent of the input, kernel, stride, dilation, padding before and after; or nil and why not.
local function read_axis(f, a)
  local x = {input = f["i" .. a], kernel = f["k" .. a], stride = f["s" .. a] or 1, dilation = (f["d" .. a] or 0) + 1}
  local output, padding = f["o" .. a] or 0, f["p" .. a]
  if (x.input or 0) == 0 or (x.kernel or 0) == 0 then return nil, ("i%s and k%s must be given"):format(a, a) end
  if x.stride == 0 then return nil, ("s%s is 0"):format(a) end
  local dilated = x.dilation * (x.kernel - 1) + 1
  if output > 0 and not padding then padding = math.max((output - 1) * x.stride - x.input + dilated, 0) // 2 end
  x.before, x.after = padding or 0, padding or 0
  if output > 0 and output ~= layer.output(x.input, x.kernel, x.stride, x.dilation, x.before, x.after) then
    x.after = (output - 1) * x.stride + dilated - x.input - x.before -- what its output needs at the end
  end
  return x
end

-- The keys of a case that the fields have, and a note on it where it needs one; or nil and why not.
local function keys_of(f)
  if f.id or f.kd or f.od then return nil, "three-dimensional" end
  if not f.ih and not f.kh and f.iw then return nil, "one-dimensional" end
  if (f.ic or 0) == 0 or (f.oc or 0) == 0 then return nil, "ic and oc must be given" end
  local h, why = read_axis(f, "h")
  if not h then return nil, why end
  local w = h
  if f.iw or f.kw or f.ow then w, why = read_axis(f, "w") end
  if not w then return nil, why end
  local keys = {
    input = {f.mb or 2, f.ic, h.input, w.input}, out_channels = f.oc, kernel_size = {h.kernel, w.kernel},
    stride = {h.stride, w.stride}, dilation = {h.dilation, w.dilation}, groups = math.max(f.g or 1, 1),
  }
  local good, note = layer.pad(keys, {h.before, w.before}, {h.after, w.after})
  return good and keys or nil, note
end

--- A problem, with the options that hold for it: {directions =, bias =, dtype =, layout =}.
function benchdnn.problem(place, text, said)
  local f, why = read_fields(text)
  if not f then return layer.left_out(place, "%s", why) end
  local keys, note = keys_of(f)
  if not keys then return layer.left_out(place, "%s", note) end
  keys.bias, keys.dtype, keys.layout = said.bias, said.dtype, said.layout
  return {place = place, name = f.name ~= "" and f.name or nil, calls = layer.calls(keys, said.directions), note = note}
end

local TYPES = {f32 = "float32", f64 = "float64", f16 = "float16", bf16 = "bfloat16"}
local CONFIGURATIONS = {f32 = "f32", f64 = "f64", f16 = "f16", bf16bf16bf16 = "bf16", f16f16f16 = "f16"}

--- The dtype that a list of oneDNN's types agrees on; or nil and why not.
function benchdnn.dtype(types)
  for _, t in ipairs(types) do
    if t ~= types[1] then return nil, "tensors of different types: " .. table.concat(types, ", ") end
  end
  local dtype = TYPES[types[1]]
  if not dtype then return nil, types[1] .. ": its arithmetic is quantised, or of a type that no case has" end
  return dtype
end

--- A memory format as a layout: what is no channels-last is taken as NCHW.
function benchdnn.layout(tag)
  return (tag == "acdb" or tag == "nhwc" or tag == "axb") and "nhwc" or nil
end

local DIRECTIONS = {
  FWD_B = {"forward", bias = true}, FWD_D = {"forward", bias = false}, FWD_I = {"forward", bias = false},
  BWD_D = {"input", bias = false}, BWD_W = {"weight", bias = false}, BWD_WB = {"weight-bias", bias = true},
}

local defaults = {dir = "FWD_B", dt = "f32", stag = "any", mb = "0"}

local function split(text, pattern)
  local list = {}
  for word in text:gmatch(pattern) do list[#list + 1] = word end
  return list
end

local drivers = {}
for name in ("conv deconv ip matmul bnorm lnorm gnorm lrn pool reorder rnn softmax sum binary concat eltwise prelu reduction resampling "
  .. "shuffle zeropad brgemm graph self sdpa"):gmatch "%S+" do drivers[name] = true end

-- An option of benchdnn: those that say what is computed are kept for the problems that follow.
local function read_option(state, name, value)
  if name == "reset" then
    for k, v in pairs(defaults) do state[k] = v end
    state.cfg, state.driver = nil, "conv"
  elseif drivers[name] then
    state.driver = name
  elseif name == "driver" then
    state.driver = value
  elseif defaults[name] or name == "cfg" then
    state[name] = value
  end
end

-- One problem with one value of each option.
local function entry_of(place, driver, problem, one)
  if driver == "deconv" then return layer.left_out(place, "a transposed convolution") end
  if driver ~= "conv" then return layer.left_out(place, "a problem of --%s, no convolution", driver) end
  local direction = DIRECTIONS[one.dir:upper()]
  if not direction then return layer.left_out(place, "--dir=%s: no direction that a case has", one.dir) end
  local dtype, why = benchdnn.dtype(one.cfg and {CONFIGURATIONS[one.cfg] or one.cfg} or split(one.dt, "[^:]+"))
  if not dtype then return layer.left_out(place, "%s", why) end
  local images = math.tointeger(tonumber(one.mb))
  if not images then return layer.left_out(place, "--mb=%s: an integer is expected", one.mb) end
  if images > 0 then problem = problem:find "mb%d" and problem:gsub("mb%d+", "mb" .. images, 1) or "mb" .. images .. problem end
  return benchdnn.problem(place, problem, {directions = direction, bias = direction.bias, dtype = dtype,
    layout = benchdnn.layout(one.stag)})
end

-- Calls each({option = value}) for all combinations of the values that options list, separated by commas.
local function for_each(state, names, each, chosen, at)
  at, chosen = at or 1, chosen or {}
  local name = names[at]
  if not name then return each(chosen) end
  for _, value in ipairs(state[name] and split(state[name], "[^,]+") or {false}) do
    chosen[name] = value or nil
    for_each(state, names, each, chosen, at + 1)
  end
end

local OPTIONS = {"dir", "cfg", "dt", "stag", "mb"}

--- A reader of lines: a function of a line and its place that returns a list of entries, or nil if the line has none.
function benchdnn.reader()
  local state = {driver = "conv"}
  read_option(state, "reset")
  return function(line, place)
    if not line:find("ic%d") and not line:find("^%s*%-%-") then return nil end
    local entries = {}
    for _, word in ipairs(split(line, "%S+")) do
      local name, value = word:match("^%-%-([%a_-]+)=?(.*)$")
      if name == "batch" then
        entries[#entries + 1] = layer.left_out(place, "--batch=%s: the problems of another file; import that", value)
      elseif name then
        read_option(state, name, value)
      elseif word:find("ic%d") then
        for_each(state, OPTIONS, function(one) entries[#entries + 1] = entry_of(place, state.driver, word, one) end)
      end
    end
    return entries
  end
end

return benchdnn
