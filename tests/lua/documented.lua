-- documented.lua: run by documented.t: the API that runs against its page and its annotations.
-- Each name of one must stand in the two others, so that neither can be forgotten.

local function read(path)
  local f = assert(io.open(path))
  local text = f:read("a")
  f:close()
  return text
end

local page = read("runner/API.md")

-- Annotated fields by class: {Case = {id = "string", ...}, ...}, those of a parent class with them.
local function read_annotations(path)
  local classes, latest = {}, nil
  for line in io.lines(path) do
    local name, parent = line:match("^%-%-%-@class (%w+):? ?(%w*)")
    if name then
      latest = name
      classes[name] = {}
      for key, value in pairs(classes[parent] or {}) do classes[name][key] = value end
    end
    local field, optional, kind = line:match("^%-%-%-@field ([%a_]+)(%??) (.*)$")
    if field then classes[latest][field] = {kind = kind, optional = optional == "?"} end
  end
  return classes
end

local classes = read_annotations("runner/lua/scripting/conv2d.lua")

local function sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Both ways: names that exist against names that are annotated.
local function compare(class, existing)
  for _, name in ipairs(sorted(existing)) do
    tap.ok(classes[class][name], ("%s.%s is annotated"):format(class, name))
  end
  for _, name in ipairs(sorted(classes[class])) do
    tap.ok(existing[name], ("%s.%s exists"):format(class, name))
  end
end

local function is_on_page(what, pattern)
  tap.ok(page:find(pattern), what .. " stands in runner/API.md", "nothing there matches " .. pattern)
end

-- ---- the tables

local tables = {case = case, suite = suite, subject = subject, tensor = tensor, oracle = oracle, sums = sums, cts = cts, tap = tap,
  json = json, onnx = onnx, xml = xml}

for _, name in ipairs(sorted(tables)) do
  compare(name:sub(1, 1):upper() .. name:sub(2) .. "Table", tables[name])
  for _, key in ipairs(sorted(tables[name])) do is_on_page(name .. "." .. key, "%f[%a]" .. name .. "%." .. key .. "%f[^%a_]") end
end
for name, key in page:gmatch("%f[%a](%l+)%.([%a_]+)%(") do
  if tables[name] then tap.ok(tables[name][key], ("%s.%s of the page exists"):format(name, key)) end
end

-- ---- methods

local naive = subject.open {path = "build/adapters/naive.so"}
local one = case.new {input = {1, 1, 3, 3}, out_channels = 1, kernel_size = 2}
local objects = {
  Case = {one, "c"}, Suite = {suite.load("cases/forward.yaml"), "s"}, Subject = {naive, "x"},
  Tensor = {tensor.new {1}, "t"}, XmlWriter = {xml.new(), "w"},
  Sums = {(sums.of(one, "output")), "s"},
}

local function methods(object)
  local meta, found = debug.getmetatable(object), {}
  for _, from in ipairs {meta, type(meta.__index) == "table" and meta.__index or {}} do
    for name, f in pairs(from) do
      if name:sub(1, 2) ~= "__" and type(f) == "function" then found[name] = true end
    end
  end
  return found
end

for _, class in ipairs(sorted(objects)) do
  local object, letter = table.unpack(objects[class])
  local annotated = {}
  for name, field in pairs(classes[class]) do
    if field.kind:sub(1, 3) == "fun" then
      annotated[name] = true
    else
      tap.ok(pcall(function() return object[name] end), ("%s.%s can be read"):format(class, name))
      if class ~= "Case" then is_on_page(class .. "." .. name, "%f[%a]" .. letter .. "%." .. name .. "%f[^%a_]") end
    end
  end
  local existing = methods(object)
  for _, name in ipairs(sorted(existing)) do
    tap.ok(annotated[name], ("%s:%s is annotated"):format(class, name))
    is_on_page(class .. ":" .. name, "[%a]:" .. name .. "[ {(]")
  end
  for _, name in ipairs(sorted(annotated)) do tap.ok(existing[name], ("%s:%s exists"):format(class, name)) end
end
for _, key in ipairs(case.keys()) do tap.ok(classes.Keys[key.name] or key.name:find "_dtype$" or key.name:find "_shape$",
  "the key " .. key.name .. " is annotated") end

-- ---- tables that functions return

local wrong = subject.open {path = "build/mutants/kernel-flipped.so"}
local failure = wrong:test(one)
local summary = wrong:run({one})

local function compare_returned(class, table_returned)
  for _, name in ipairs(sorted(table_returned)) do
    tap.ok(classes[class][name], ("%s.%s is annotated"):format(class, name))
    is_on_page(class .. "." .. name, "`" .. name .. "[`%[]")
  end
  for name, field in pairs(classes[class]) do
    tap.ok(field.optional or table_returned[name] ~= nil, ("%s.%s is there"):format(class, name))
  end
end

compare_returned("Result", failure)
compare_returned("Summary", summary)

return tap.done()
