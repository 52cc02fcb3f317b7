-- verbose.lua: lines that a program with ONEDNN_VERBOSE=1 prints:
-- onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx2,forward_training,src:f32::blocked:abcd::f0 ...,mb1_ic3oc64_ih224...,1.2

local benchdnn = require "import.benchdnn"
local layer = require "import.layer"

local verbose = {}

local function split(line)
  local list = {}
  for field in (line .. ","):gmatch("([^,]*),") do list[#list + 1] = field end
  return list
end

-- Which functions a kind of propagation is.
local function directions(kind, has_bias)
  if kind:find("^forward") then return {"forward"} end
  if kind == "backward_data" then return {"input"} end
  if kind == "backward_weights" then return {has_bias and "weight-bias" or "weight"} end
end

-- "src:f32::blocked:acdb::f0" or "src_f32::..." of a list of tensors: its type and its format.
local function tensor(formats, name)
  for word in formats:gmatch("%S+") do
    local kind, rest = word:match("^(%a+)[_:](.*)$")
    if kind == name then
      local fields = {}
      for f in (rest .. ":"):gmatch("([^:]*):") do fields[#fields + 1] = f end
      return fields[1], fields[4]
    end
  end
end

local function read(place, fields, at)
  local kind, formats, problem = fields[at + 2] or "", fields[at + 3] or "", nil
  for i = at + 4, #fields do problem = problem or fields[i]:match("^g?%d*mb%d.*") end
  if fields[at] == "deconvolution" then return layer.left_out(place, "a transposed convolution") end
  if not problem then return layer.left_out(place, "the line has no problem: mb1_ic3oc64_ih224 ... is expected") end
  local types = {}
  for _, name in ipairs {"src", "wei", "dst"} do types[#types + 1] = tensor(formats, name) end
  if #types == 0 then return layer.left_out(place, "the line has no types: src:f32 ... is expected") end
  local bias = tensor(formats, "bia")
  local has_bias = bias ~= nil and bias ~= "undef"
  local ways = directions(kind, has_bias)
  if not ways then return layer.left_out(place, "%s: no direction that a case has", kind) end
  local dtype, why = benchdnn.dtype(types)
  if not dtype then return layer.left_out(place, "%s", why) end
  local _, tag = tensor(formats, "src")
  return benchdnn.problem(place, problem, {directions = ways, bias = has_bias, dtype = dtype, layout = benchdnn.layout(tag)})
end

--- A reader of lines; see benchdnn.reader. Other primitives than convolutions give no entries.
function verbose.reader()
  return function(line, place)
    local text = line:match("onednn_verbose,.*") or line:match("dnnl_verbose,.*")
    if not text then return nil end
    local fields = split(text)
    for at, word in ipairs(fields) do
      if word == "convolution" or word == "deconvolution" then return {read(place, fields, at)} end
    end
    return {}
  end
end

return verbose
