-- coverage: what the suite covers: combinations of parameter values, clauses, and mistakes.

local kills = require "coverage.kills"
local options = require "cli.options"
local sizes = require "coverage.sizes"

local command = {
  name = "coverage",
  arguments = {0, math.huge, "a case file"},
  usage = "[OPTION ...] [FILE.yaml | FOLDER ...]",
  about = "Measures what the selected cases cover: t-way combinations of the values of each sweep, out of\n"
    .. "those that occur in a valid call, cases of each clause, and valid calls of each class of sizes. With\n"
    .. "the matrix of `make mutants-matrix` it also counts, for each clause, the mutants that its cases kill, those\n"
    .. "that no other case kills (alone), and those that no other case by hand kills. A case exercises the\n"
    .. "clauses that it names and those that govern it (specs/conv2d.yaml).",
  options = options.join(options.selection, {
    {"strength", value = "T", integer = true, at_least = 1, about = "up to T-way combinations (default 3)"},
    {"mutants", value = "FILE", about = "build/mutants/KILLS.tsv, made by `make mutants-matrix` of the same selection"},
    {"json", about = "print JSON, with the names of the mutants"},
  }),
  more = "Exit status: 0; with --mutants 1 if a mutant lives, or if a clause lacks two cases, or a mutant that only\n"
    .. "its cases kill, and gives no reason.",
}

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

-- The clauses with how many cases exercise each, and how many by hand.
local function count_clauses(exercised)
  local all, by_hand, clauses = {}, {}, {}
  for _, call in pairs(exercised) do
    for id in pairs(call.clauses) do
      all[id] = (all[id] or 0) + 1
      if call.by_hand then by_hand[id] = (by_hand[id] or 0) + 1 end
    end
  end
  for i, c in ipairs(cts.clauses()) do
    clauses[i] = {id = c.id, title = c.title, cases = all[c.id] or 0, by_hand = by_hand[c.id] or 0}
  end
  return clauses
end

-- Adds the names of mutants to the clauses; returns the score.
local function add_mutants(clauses, exercised, matrix)
  local by, reasons = kills.by_clause(matrix, exercised), {}
  for _, c in ipairs(cts.clauses()) do reasons[c.id] = c.not_alone end
  for _, c in ipairs(clauses) do
    c.killed, c.alone = by.killed[c.id] or {}, by.alone[c.id] or {}
    c.alone_by_hand, c.not_alone = by.by_hand[c.id] or {}, reasons[c.id]
  end
  return kills.score(matrix)
end

-- The matrix in a file, if it is of these cases.
local function read_matrix(path, cases)
  local matrix = kills.read(path)
  local hash, count = cases:hash()
  local selected = count .. " " .. hash
  if matrix.suite ~= selected then
    cts.fail(2, ("%s: is of other cases (%s) than these (%s): run `make mutants-matrix`"):format(path, matrix.suite, selected))
  end
  return matrix
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

local function print_clauses(clauses, score)
  print(("\n%-12s %8s %8s%s  title"):format("clause", "cases", "by hand",
    score and (" %8s %8s %8s"):format("kill", "alone", "(hand)") or ""))
  for _, c in ipairs(clauses) do
    local mutants = score and (" %8d %8d %8d"):format(#c.killed, #c.alone, #c.alone_by_hand) or ""
    print(("%-12s %8d %8d%s  %s"):format(c.id, c.cases, c.by_hand, mutants, c.title))
  end
end

-- Prints, under a title, the clauses for which the function `text` returns something. Returns how many they are.
local function print_remarks(title, clauses, text)
  local found = 0
  for _, c in ipairs(clauses) do
    local remark = text(c)
    if remark then
      if found == 0 then print("\n" .. title) end
      print(("  %-12s %s"):format(c.id, remark))
      found = found + 1
    end
  end
  return found
end

local function print_mutants(clauses, score)
  print_remarks("without a mutant of its own, for a reason:", clauses, function(c)
    return #c.alone == 0 and c.not_alone
  end)
  print_remarks("missing:", clauses, kills.missing)
  print(("\n%d of %d mutants are killed, %d of them by a single case"):format(score.killed, score.all, #score.by_one_case))
end

local got = options.read(command)
local cases = options.load_suite(command, got)
local matrix = got.mutants and read_matrix(got.mutants, cases)
local sweeps, exercised = measure(cases, got.strength or 3), kills.exercised(cases)
local clauses = count_clauses(exercised)
local score = matrix and add_mutants(clauses, exercised, matrix)
local complete = not score or score.killed == score.all
for _, c in ipairs(score and clauses or {}) do complete = complete and not kills.missing(c) end
if got.json then
  print(json.encode {sweeps = sweeps, clauses = clauses, sizes = sizes.count(cases), mutants = score or nil})
else
  print_sweeps(sweeps)
  sizes.print(sizes.count(cases))
  print_clauses(clauses, score)
  if score then
    print_mutants(clauses, score)
  else
    print_remarks("without a case:", clauses, function(c) return c.cases == 0 and c.title end)
  end
end
return complete and 0 or 1
