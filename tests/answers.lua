-- answers.lua: the data and the right answers of cases as text, a line for each tensor: what must be the same on every
-- machine. `conv2d-cts lua tests/answers.lua [TIER [SHARD]]`: of a tier; with `ids FILE`: of the ids in the file.

local function digits(t)
  local parts = {}
  for i = 1, #t do
    local v = t[i]
    parts[i] = v ~= v and "nan" or math.type(v) == "integer" and tostring(v) or ("%a"):format(v)
  end
  return table.concat(parts, " ")
end

-- Tensors are memory that the collector does not see, so it is asked after each case.
local function show(c)
  if c:expect().status ~= "ok" or c.direction == "shape" then return end
  local tensors = c:tensors()
  local names = {}
  for name in pairs(tensors) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local t = tensors[name]
    print(("%s %s %s"):format(c.reference, name, digits(type(t) == "table" and t.want or t)))
  end
end

if arg[1] == "ids" then
  for id in io.lines(arg[2]) do show(case.parse(id)) end
else
  for c in suite.load(cts.root .. "/cases", {tier = arg[1] or "quick", shard = arg[2]}):cases() do show(c) end
end
return 0
