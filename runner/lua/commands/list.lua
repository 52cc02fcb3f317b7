-- list: which cases there are.

local cost = require "coverage.cost"
local options = require "cli.options"
local thousands = require("text.output").thousands

local command = {
  name = "list",
  arguments = {0, math.huge, "a case file"},
  usage = "[OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Lists the selected cases: where each stands, and its id.",
  options = options.join(options.selection, {
    {"ids", about = "print ids only"},
    {"json", about = "print an object for each case, one a line"},
    {"networks", about = "the networks whose layers the files have, and how many different ones"},
    {"count", about = "print only how many there are"},
    {"cost", about = "print how many there are, and what they cost: products, elements of results, bytes"},
    {"hash", about = "print how many there are, and XXH128 of what --ids prints: the same for the same cases"},
  }),
}

-- A number with four digits and the word of its unit: 1.234 billion products.
local function short(n, units, noun)
  local unit = 1
  while n >= 1000 and units[unit + 1] do n, unit = n / 1000, unit + 1 end
  return ("%.4g %s%s"):format(n, units[unit], noun)
end

local function products(n) return short(n, {"", "thousand ", "million ", "billion ", "trillion "}, "products") end

local function bytes(n) return short(n, {"", "k", "M", "G", "T"}, "B") end

local function print_cost(total)
  print(("%s cases: %s, %s, %s of tensors; the largest %s and %s"):format(thousands(total.cases), products(total.products),
    (products(total.outputs):gsub("products", "elements of results")), bytes(total.bytes), products(total.most_products),
    bytes(total.most_bytes)))
end

local got = options.read(command)
local cases = options.load_suite(command, got)
if got.networks then
  local shapes, names = cases:networks(), {}
  for name in pairs(shapes) do names[#names + 1] = name end
  table.sort(names)
  if got.json then
    print(json.encode(shapes))
    return 0
  end
  for _, name in ipairs(names) do print(("%-40s %d"):format(name, shapes[name])) end
  return #names > 0 and 0 or cts.fail(4, "no file has layers of networks")
end
if got.count then
  print(cases:count())
  return 0
end
if got.cost then
  print_cost(cost.total(cases))
  return 0
end
if got.hash then
  local hash, count = cases:hash()
  print(("%d %s"):format(count, hash))
  return 0
end

local function line_of(c)
  if got.ids then return c.reference end
  if got.json then
    return json.encode {case = c.reference, id = c.id, file = c.file, line = c.line, name = c.name, clauses = json.list(c.clauses),
                        tier = c.tier, networks = json.list(c.networks), link = c.link}
  end
  local networks = #c.networks > 0 and "  of " .. table.concat(c.networks, ", ") or ""
  return ("%s:%d: %s%s"):format(c.file, c.line, c.name and c.label .. "  " .. c.id or c.id, networks)
end

local listed = 0
for c in cases:cases() do
  listed = listed + 1
  if not io.write(line_of(c), "\n") then break end -- nobody reads on
end
if listed == 0 then cts.fail(4, "no case is selected") end
return 0
