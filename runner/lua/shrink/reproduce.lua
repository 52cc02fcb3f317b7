-- reproduce.lua: a case as text that stands alone: YAML for cases/regressions/, and a C program that
-- needs nothing but conv2d_abi.h and the subject.

local escape = require "text.escape"
local output = require "text.output"

local reproduce = {}

-- ---- YAML

local function number_text(v)
  if v ~= v then return "nan" end
  if v == math.huge then return "inf" end
  if v == -math.huge then return "-inf" end
  if v == math.floor(v) and math.abs(v) < 2 ^ 53 then return ("%d"):format(v) end
  return ("%a"):format(v)
end

local function list_text(values)
  local texts = {}
  for i, v in ipairs(values) do texts[i] = number_text(v) end
  return "[" .. table.concat(texts, ", ") .. "]"
end

-- The keys of a case that are not at their default, as {name, text} in the order of its id.
local function given_keys(c)
  local by_brief, list = {}, {}
  for _, key in ipairs(case.keys()) do by_brief[key.brief or key.name] = key.name end
  for brief, text in c.id:gsub("^conv2d:", ""):gmatch("([^,=]+)=([^,]*)") do
    local name = by_brief[brief]
    local seed = name == "data" and text:match("/(.*)$")
    if seed then text = text:match("^[^/]*") end
    if text:find("^%-?%d+x") or name == "input" or name:find("_shape$") then
      text = "[" .. text:gsub("x", ", ") .. "]"
    end
    list[#list + 1] = {name, text}
    if seed then list[#list + 1] = {"seed", seed} end
  end
  return list
end

--- The case as a line of `cases:`.
function reproduce.yaml_line(c, name)
  local parts = {"name: " .. name}
  for _, key in ipairs(given_keys(c)) do parts[#parts + 1] = key[1] .. ": " .. key[2] end
  local values = {}
  for _, role in ipairs {"input", "weight", "bias", "grad_output"} do
    local t = c.values and c.values[role]
    if t then values[#values + 1] = ("%s: %s"):format(role, list_text(t:totable())) end
  end
  if #values > 0 then parts[#parts + 1] = "values: {" .. table.concat(values, ", ") .. "}" end
  local expected = c:expect()
  local broken = c.rejects or expected.status == "invalid" and expected.clause
  if broken then parts[#parts + 1] = "rejects: " .. broken end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- A whole case file, ready for cases/regressions/.
function reproduce.yaml(c, name, about, clauses)
  return ("about: \"%s\"\nclauses: [%s]\ncases:\n  - %s\n"):format(escape.yaml(about), table.concat(clauses, ", "),
    reproduce.yaml_line(c, name))
end

-- ---- C

local dtypes = {} -- by name
for _, dtype in ipairs(cts.dtypes()) do dtypes[dtype.name] = dtype end

local function c_list(values, format)
  local texts = {}
  for i, v in ipairs(values) do texts[i] = format:format(v) end
  return #texts > 0 and table.concat(texts, ", ") or "0"
end

local function double_text(v)
  if v ~= v then return "NAN" end
  if v == math.huge or v == -math.huge then return v > 0 and "INFINITY" or "-INFINITY" end
  return ("%a"):format(v)
end

local function c_dtype(c)
  local dtype = dtypes[c.dtype]
  return ("%s, %d, 1"):format(dtype.code, dtype.bits)
end

local function c_params(c)
  local padding = type(c.padding) == "table" and c.padding or {0, 0}
  local kind = c.padding == "same" and "SAME" or c.padding == "valid" and "VALID" or "EXPLICIT"
  return (".in_channels = %d, .out_channels = %d, .kernel_size = { %d, %d }, .stride = { %d, %d }, .padding = { %d, %d }, "
    .. ".dilation = { %d, %d }, .groups = %d, .bias = %d, .padding_mode = CONV2D_%s, .device = { kDLCPU, 0 }, "
    .. ".dtype = { %s }, .padding_kind = CONV2D_PADDING_%s"):format(c.in_channels, c.out_channels,
    c.kernel_size[1], c.kernel_size[2], c.stride[1], c.stride[2], padding[1], padding[2], c.dilation[1], c.dilation[2],
    c.groups, c.bias and 1 or 0, c.padding_mode:upper(), c_dtype(c), kind)
end

-- The definition of a tensor: its elements, where they lie, and room for them.
local function c_tensor(c, name, elements, shape)
  local place, bits = c:place(name, shape), {}
  for i, v in ipairs(elements) do bits[i] = ("0x%x"):format(cts.bits(c.dtype, v)) end
  return ([[
static const uint64_t %s_bits[] = { %s };
static tensor %s = { .name = "%s", .ndim = %d, .shape = { %s }, .strides = { %s }, .origin = %d, .bytes = %d,
                     .count = %d, .bits = %s_bits };

]]):format(name, #bits > 0 and table.concat(bits, ", ") or "0", name, name, #shape, c_list(shape, "%d"),
    c_list(place.strides, "%d"), place.origin, place.bytes, #elements, name)
end

local function c_doubles(name, values)
  local texts = {}
  for i, v in ipairs(values) do texts[i] = double_text(v) end
  return ("static const double %s[] = { %s };\n"):format(name, #texts > 0 and table.concat(texts, ", ") or "0")
end

-- How far each element may be from the exact sum: 0 on exact data, else what the judge allowed.
local function allowances(truth, result, dtype)
  local list, unit = {}, (dtype == "float64" or dtype == "complex128") and 2.0 ^ -53 or 2.0 ^ -24
  for i = 1, #truth.want do
    local allowed = result.allowed and result.allowed > 0 and result.allowed * unit * truth.scale[i] or 0
    list[i] = allowed == allowed and allowed < math.huge and allowed or 0
  end
  return list
end

local inputs = {"input", "weight", "bias", "grad_output"}
local outputs = {"output", "grad_input", "grad_weight", "grad_bias"}

local function pointer(present, name) return present and "&" .. name .. "_t" or "NULL" end

local function c_call(c, has)
  local lines = {}
  for _, name in ipairs(inputs) do
    if has[name] then lines[#lines + 1] = ("  DLTensor %s_t = fill(s, &%s, 0, against);"):format(name, name) end
  end
  for _, name in ipairs(outputs) do
    if has[name] then lines[#lines + 1] = ("  DLTensor %s_t = fill(s, &%s, 1, against);"):format(name, name) end
  end
  local function p(name) return pointer(has[name], name) end
  if c.direction == "backward" then
    lines[#lines + 1] = ("  int32_t status = s->backward(&params, %s, %s, %s, %s, %s, %s);"):format(p "input", p "weight",
      p "grad_output", p "grad_input", p "grad_weight", p "grad_bias")
  else
    lines[#lines + 1] = ("  int32_t status = s->forward(&params, %s, %s, %s, %s);"):format(p "input", p "weight",
      p "bias", p "output")
  end
  return table.concat(lines, "\n")
end

local function c_compare(has)
  local lines = {}
  for _, name in ipairs(inputs) do
    if has[name] then lines[#lines + 1] = ("  wrong += compare_input(&%s) + compare_margins(&%s);"):format(name, name) end
  end
  for _, name in ipairs(outputs) do
    if has[name] then
      lines[#lines + 1] = ("  wrong += compare(&%s, %s_exact, %s_allowed) + compare_margins(&%s);"):format(name, name, name, name)
    end
  end
  return table.concat(lines, "\n")
end

--- A C program that makes the call of a valid case. result: the subject's.
--- nil and why, where there is none.
function reproduce.c(c, result, file, subject_path)
  local tensors, has, text, all = c:tensors(), {}, {}, {}
  if c:expect().status ~= "ok" then return nil, "a call that is to be rejected has none" end
  if c.direction ~= "forward" and c.direction ~= "backward" then return nil, "only forward and backward have a C program" end
  if not tensors.input then return nil, "the case has no data" end
  for _, name in ipairs(inputs) do
    if tensors[name] then
      has[name], all[#all + 1] = true, "&" .. name
      text[#text + 1] = c_tensor(c, name, tensors[name]:totable(), tensors[name].shape)
    end
  end
  for _, name in ipairs(outputs) do
    local truth = tensors[name]
    if truth then
      has[name], all[#all + 1] = true, "&" .. name
      text[#text + 1] = c_tensor(c, name, truth.want:totable(), truth.want.shape)
      text[#text + 1] = c_doubles(name .. "_exact", truth.exact:totable())
      text[#text + 1] = c_doubles(name .. "_allowed", allowances(truth, result, c.dtype))
    end
  end
  local function comment(words) return (escape.line(words):gsub("%*/", "* /"):gsub("%?%?/", "? ?/")) end
  local template = output.read_own "runner/lua/shrink/reproduce.c.in"
  local shape = c:expect().output_shape
  local fields = {
    ID = c.id, SAYS = comment(("%s: %s"):format(result.verdict, result.words)), FILE = comment(escape.shell(file)),
    SUBJECT = comment(escape.shell(subject_path)), INCLUDE = comment(escape.shell(cts.root .. "/include")),
    PARAMS = c_params(c), DTYPE = c_dtype(c), EXPONENT = tostring(dtypes[c.dtype].exponent),
    FRACTION = tostring(dtypes[c.dtype].fraction), PARTS = tostring(dtypes[c.dtype].parts),
    BITS = tostring(dtypes[c.dtype].bits // dtypes[c.dtype].parts), TENSORS = table.concat(text),
    INPUT_NDIM = tostring(#c.input), OUTPUT_SHAPE = c_list(shape, "%d"),
    ODD = c.layout == "odd" and "1" or "0", ALL = table.concat(all, ", "), CALL = c_call(c, has), COMPARE = c_compare(has),
  }
  return (template:gsub("@(%u[%u_]*)@", fields))
end

return reproduce
