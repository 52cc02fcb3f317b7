-- show: what a case is, and what is expected of it.

local options = require "cli.options"
local output = require "text.output"
local escape = require "text.escape"
local picture = require "case_page.picture"

local command = {
  name = "show",
  arguments = {0, 1, "a case"},
  usage = "ID | FILE.yaml#NAME",
  about = "Shows a case: its parameters, the clauses that it is about, its data, and the right answer.",
  options = {
    {"keys", about = "list the keys that a case has, and the recipes of data"},
    {"values", about = "print every value, however many"},
    {"json", about = "print an object: keys, expectation, data and the right answer"},
    {"html", value = "FILE", about = "write a page instead, with a picture of the window (FILE may be -)"},
    {"markdown", value = "FILE", about = "write the same as Markdown"},
  },
}

local function print_keys()
  for _, k in ipairs(case.keys()) do
    local words = #k.words > 0 and " (" .. table.concat(k.words, ", ") .. ")" or ""
    print(("%-13s %-7s %s%s"):format(k.name, k.brief or "", k.about, words))
  end
  print "\nrecipes of data:"
  for _, r in ipairs(cts.recipes()) do print(("%-13s %s"):format(r.name, r.about)) end
end

local function text_of(value)
  if type(value) ~= "table" then return tostring(value) end
  return "[" .. table.concat(value, ", ") .. "]"
end

local function print_case(c)
  print(c.label)
  print("  id           " .. c.id)
  if c.file then print(("  stands in    %s, line %d"):format(c.file, c.line)) end
  for _, k in ipairs(case.keys()) do
    local value = c[k.name]
    if value ~= nil and value ~= "" then print(("  %-12s %s"):format(k.name, text_of(value))) end
  end
  if c.link then print("  link         " .. escape.line(c.link)) end
end

local function print_clauses(c)
  local titles = {}
  for _, clause in ipairs(cts.clauses()) do titles[clause.id] = clause end
  for _, id in ipairs(c.file and c.clauses or {}) do
    print(("  clause       %s: %s (specs/%s)"):format(id, titles[id].title, titles[id].file))
  end
end

local function print_expectation(x)
  if x.status == "ok" then
    print("  output       " .. text_of(x.output_shape))
    if x.clause then print(("  relies on    %s (%s)"):format(x.clause, x.class)) end
  else
    print(("  expected     a rejection by %s (%s)"):format(x.clause, x.class))
  end
  if x.defect then print("  DEFECT       " .. x.defect) end
end

local function numbers_of(t) return {shape = json.list(t.shape), dtype = t.dtype, values = json.list(t:totable())} end

-- A case as an object. Its tensors' values are in row-major order.
local function object_of(c)
  local x, made, exact = c:expect(), c:tensors()
  local tensors = {}
  for name, t in pairs(made) do tensors[name] = numbers_of(type(t) == "table" and t.want or t) end
  local keys = {}
  for _, k in ipairs(case.keys()) do
    local value = c[k.name]
    if value ~= nil and value ~= "" then keys[k.name] = type(value) == "table" and json.list(value) or value end
  end
  return {
    case = c.reference, id = c.id, label = c.label, file = c.file, line = c.line, link = c.link,
    clauses = json.list(c.file and c.clauses or {}), keys = keys, tensors = tensors,
    expect = {status = x.status, clause = x.clause, class = x.class, output_shape = x.output_shape and json.list(x.output_shape),
              exact = exact, defect = x.defect},
  }
end

local got = options.read(command)
if got.keys then
  print_keys()
  return 0
end
local c = options.find_case(command, got[1])
if got.html or got.markdown then
  if got.html then output.write(got.html, require("case_page.lesson_html").page(c)) end
  if got.markdown then output.write(got.markdown, require("case_page.lesson_markdown").page(c)) end
  return 0
end
if got.json then
  print(json.encode(object_of(c)))
  return 0
end
print_case(c)
print_clauses(c)
print_expectation(c:expect())
local tensors = c:tensors()
for _, name in ipairs {"input", "weight", "bias", "grad_output"} do
  if tensors[name] then picture.print(name, tensors[name], {all = got.values}) end
end
for _, name in ipairs {"output", "grad_input", "grad_weight", "grad_bias"} do
  if tensors[name] then picture.print(name .. ", the right answer", tensors[name].want, {all = got.values}) end
end
return 0
