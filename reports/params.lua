-- params.lua: what an id says, key by key, without making the case.
-- An id names only the keys that differ from their defaults. The defaults are read from the shortest id.

local params = {}

--- The keys that an id may name, in its order: {{name = "stride", brief = "s"}, ...}.
params.keys = {}
local names = {}
for _, k in ipairs(case.keys()) do
  if k.brief then
    params.keys[#params.keys + 1] = k
    names[k.brief] = k.name
  end
end

local function text_of(value)
  if type(value) ~= "table" then return tostring(value) end
  if #value == 2 and value[1] == value[2] then return tostring(value[1]) end
  return table.concat(value, "x")
end

--- The value of each key as it would stand in an id, where the id leaves it out; by brief name.
params.defaults = {}
local plain = case.parse("conv2d:in=1x1x1x1,out=1,k=1")
for _, k in ipairs(params.keys) do
  local value = plain[k.name]
  if value ~= nil then params.defaults[k.brief] = text_of(value) end
end

--- The text of a key of an id that params.read has read; what it leaves out is at its default, or follows from the input.
function params.text(values, brief)
  if not values[brief] and brief == "c" then return values["in"] and values["in"]:match("(%d+)x%d+x%d+$") end
  return values[brief] or params.defaults[brief]
end

--- {["in"] = "1x2x3x4", k = "3", ...}: what an id gives.
function params.read(id)
  local v = {}
  for brief, value in id:gmatch("[:,](%w+)=([^,]*)") do v[brief] = value end
  return v
end

--- The products of the call that an id names, those with padding too.
function params.products(id)
  local c = case.parse(id)
  local n = c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
  for _, extent in ipairs(c:expect().output_shape or {0}) do n = n * extent end
  return math.max(n, 1)
end

--- "stride" of "s".
function params.name(brief)
  return names[brief]
end

--- The numbers of "2x4x9x11".
function params.numbers(text)
  local list = {}
  for n in text:gmatch("-?%d+") do list[#list + 1] = math.tointeger(n) or tonumber(n) end
  return list
end

return params
