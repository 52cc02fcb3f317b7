-- coverage: what the suite covers: combinations of parameter values, and clauses.

local options = require "options"

local command = {
  name = "coverage",
  usage = "[OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Measures what the selected cases cover: t-way combinations of the values of each sweep, out of\n"
    .. "those that occur in a valid call, and cases of each clause.",
  options = options.join(options.selection, {
    {"strength", value = "T", number = true, at_least = 1, about = "up to T-way combinations (default 3)"},
    {"mutants", value = "FILE", about = "the kill matrix of `make mutants`: also the mutation score"},
    {"json", about = "print JSON"},
  }),
}

-- How many cases name each clause, and how many of them call for a rejection.
local function count_clauses(cases)
  local count = {}
  for c in cases:cases() do
    for _, id in ipairs(c.clauses) do count[id] = (count[id] or 0) + 1 end
    if c.rejects then count[c.rejects] = (count[c.rejects] or 0) + 1 end
  end
  return count
end

local function measure(cases, strength)
  local sweeps = {}
  for t = 1, strength do
    for _, s in ipairs(cases:coverage(t)) do
      sweeps[s.file] = sweeps[s.file] or {file = s.file, cases = s.cases, axes = s.axes, strengths = {}}
      sweeps[s.file].strengths[t] = {t = t, valid = s.valid, covered = s.covered}
    end
  end
  local list = {}
  for _, s in pairs(sweeps) do list[#list + 1] = s end
  table.sort(list, function(a, b) return a.file < b.file end)
  return list
end

-- Lines "NAME<tab>killed by N cases ..." of the matrix: killed and all.
local function read_mutants(path)
  local f, message = io.open(path)
  if not f then cts.fail(2, message) end
  local killed, all = 0, 0
  for line in f:lines() do
    local n = line:match("^[%w-]+\t(%d+)")
    if n then
      all = all + 1
      if tonumber(n) > 0 then killed = killed + 1 end
    end
  end
  f:close()
  if all == 0 then cts.fail(2, path .. ": not a kill matrix") end
  return {killed = killed, all = all}
end

local function print_sweeps(sweeps)
  for _, s in ipairs(sweeps) do
    local axes = {}
    for i, a in ipairs(s.axes) do axes[i] = ("%s (%d)"):format(a.name, a.values) end
    print(("%s: %d cases over %s"):format(s.file, s.cases, table.concat(axes, ", ")))
    for _, n in ipairs(s.strengths) do
      print(("  %d-way  %9d of %9d valid combinations  %6.2f %%"):format(n.t, n.covered, n.valid,
        100 * n.covered / math.max(n.valid, 1)))
    end
  end
end

local function print_clauses(clauses)
  local without = {}
  print(("\n%-12s %8s  title"):format("clause", "cases"))
  for _, c in ipairs(clauses) do
    print(("%-12s %8d  %s"):format(c.id, c.cases, c.title))
    if c.cases == 0 then without[#without + 1] = c.id end
  end
  print(#without == 0 and "\nevery clause has a case" or "\nwithout a case: " .. table.concat(without, ", "))
end

local got = options.read(command)
local cases = options.load_suite(command, got)
local sweeps = measure(cases, got.strength or 3)
local count, clauses = count_clauses(cases), {}
for i, c in ipairs(cts.clauses()) do clauses[i] = {id = c.id, title = c.title, cases = count[c.id] or 0} end
local mutants = got.mutants and read_mutants(got.mutants)
if got.json then
  print(json.encode {sweeps = sweeps, clauses = clauses, mutants = mutants})
else
  print_sweeps(sweeps)
  print_clauses(clauses)
  if mutants then print(("%d of %d mutants are killed"):format(mutants.killed, mutants.all)) end
end
return 0
