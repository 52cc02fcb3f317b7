-- tables.lua: the pages of the site that are made of tables: each clause with its cases, its mutants and its results; the cases
-- by hand, file by file; the mutants.

local kills = require "coverage.kills"
local output = require "text.output"

local tables = {}

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function append(t, key, value)
  t[key] = t[key] or {}
  table.insert(t[key], value)
end

local function anchor(name) return (name:lower():gsub("[^%w_-]", "")) end

-- "cases/padding.yaml" is described on the page "cases/padding.md".
local function page_of(file) return (file:gsub("%.yaml$", ".md")) end

-- A link of a page in the folder `base` ("" or "../").
local function clause_link(id, base) return ("[%s](%sclauses.md#%s)"):format(id, base, anchor(id)) end

-- ---- the cases by hand: lists by file, and by clause

local function by_hand(c) return c.name ~= nil end

local function hand_cases()
  local by_file, by_clause = {}, {}
  local named = suite.load(cts.root .. "/cases", {tier = "quick", filter = by_hand})
  for c in named:cases() do
    local entry = {name = c.name, label = c.label, id = c.id, clauses = c.clauses,
      file = "cases/" .. c.file:gsub("^.*/cases/", ""):gsub("^cases/", "")}
    append(by_file, entry.file, entry)
    for _, id in ipairs(c.clauses) do append(by_clause, id, entry) end
  end
  return by_file, by_clause
end

local function write_case_page(folder, file, list)
  local base = ("../"):rep(select(2, file:gsub("/", "")))
  local lines = {("# %s\n"):format(file)}
  for _, c in ipairs(list) do
    local clauses = {}
    for i, id in ipairs(c.clauses) do clauses[i] = clause_link(id, base) end
    lines[#lines + 1] = ("## %s\n\n`%s`\n\nExercises %s.\n"):format(c.name, c.id, table.concat(clauses, ", "))
  end
  local text = output.read(cts.root .. "/" .. file)
  lines[#lines + 1] = ("## The file\n\n```yaml\n%s```\n"):format(text)
  output.write(folder .. "/" .. page_of(file), table.concat(lines, "\n"))
end

-- ---- the mutants: by name, with the clauses that all cases exercise that are remembered to catch it

-- What each of those cases exercises: {[id] = {[clause] = true}}. A call that is also a case by hand exercises what that names.
local function exercised(killers)
  local list, reference = {}, {}
  for id in pairs(killers) do
    local c = case.parse(id)
    list[#list + 1], reference[id] = c, c.reference
  end
  for c in suite.load(cts.root .. "/cases", {tier = "quick", filter = by_hand}):cases() do list[#list + 1] = c end
  local i = 0
  local calls = kills.exercised {cases = function() return function() i = i + 1 return list[i] end end}
  local clauses = {}
  for id in pairs(killers) do clauses[id] = calls[reference[id]].clauses end
  return clauses
end

local function shared_clauses(ids, clauses_of)
  local shared = {}
  for clause in pairs(ids[1] and clauses_of[ids[1]] or {}) do
    local all = true
    for _, id in ipairs(ids) do all = all and clauses_of[id][clause] end
    if all then shared[#shared + 1] = clause end
  end
  table.sort(shared)
  return shared
end

local function more_telling(a, b)
  if #a.clauses ~= #b.clauses then return #a.clauses < #b.clauses end
  return a.name < b.name
end

local function mutants()
  local killers, all, list, by_clause = {}, {}, {}, {}
  for name, id in output.read(cts.root .. "/tests/mutants/killers.tsv"):gmatch "([^\t\n]+)\t([^\n]+)" do
    append(killers, name, id)
    all[id] = true
  end
  local clauses_of = exercised(all)
  for line in io.lines(cts.program:match "^(.*)/" .. "/mutants/LIST") do
    local m = {}
    m.name, m.group, m.sentence = line:match "^([^\t]*)\t([^\t]*)\t(.*)$"
    m.killers = killers[m.name] or {}
    m.clauses = shared_clauses(m.killers, clauses_of)
    list[#list + 1] = m
    for _, id in ipairs(m.clauses) do append(by_clause, id, m) end
  end
  for _, its_mutants in pairs(by_clause) do table.sort(its_mutants, more_telling) end
  return list, by_clause
end

local function write_mutants(folder, list)
  local lines = {"# The mutants\n", "Implementations with one mistake each, by which the suite is tested. "
    .. "`make build/mutants/NAME.so` makes one; `make mutants` runs all. Below each stands a case that catches it.\n"}
  for _, m in ipairs(list) do
    local clauses = {}
    for i, id in ipairs(m.clauses) do clauses[i] = clause_link(id, "") end
    lines[#lines + 1] = ("## %s\n\n%s\n"):format(m.name, m.sentence)
    if m.killers[1] then lines[#lines + 1] = ("Caught by `%s`.\n"):format(m.killers[1]) end
    if clauses[1] then lines[#lines + 1] = ("What catches it exercises %s.\n"):format(table.concat(clauses, ", ")) end
  end
  output.write(folder .. "/mutants.md", table.concat(lines, "\n"))
end

-- ---- the published results: who breaks a clause

local function failing_results()
  local by_clause = {}
  local pipe <close> = assert(io.popen(("ls '%s'/findings/quick/*.json"):format(cts.root)))
  for path in pipe:lines() do
    local result = json.decode(output.read(path))
    for id, count in pairs(result.failing_clauses) do
      append(by_clause, id, ("%s %s (%d)"):format(path:match "([^/]*)%.json$", result.version, count))
    end
  end
  return by_clause
end

-- ---- the clauses

-- So many links of a kind stand at a clause: of mutants those that the fewest clauses share.
local MOST = 100

local function clause_lines(c, cases, its_mutants, failing)
  local lines = {("## %s\n\n%s ([the text](specs/%s#%s))\n"):format(c.id, c.title, c.file, anchor(c.id))}
  local function list(title, items, link)
    if not items then return end
    local links = {}
    for i = 1, math.min(#items, MOST) do links[i] = link(items[i]) end
    local more = #items > MOST and (", and %d more"):format(#items - MOST) or ""
    lines[#lines + 1] = ("%s: %s%s.\n"):format(title, table.concat(links, ", "), more)
  end
  list("Cases by hand", cases, function(e) return ("[%s](%s#%s)"):format(e.label, page_of(e.file), anchor(e.name)) end)
  list("Mutants", its_mutants, function(m) return ("[%s](mutants.md#%s)"):format(m.name, anchor(m.name)) end)
  if not its_mutants and c.not_alone then lines[#lines + 1] = ("No mutant of its own: %s.\n"):format(c.not_alone) end
  list("Fails in the tier quick, with the number of cases", failing, function(text) return text end)
  lines[#lines + 1] = ("<a href=\"results/index.html#clause-%s\">Results of all implementations</a>\n"):format(c.id)
  return table.concat(lines, "\n")
end

--- Writes clauses.md, mutants.md and, below clauses.md, a page for each file of cases by hand; gives the names of the first two.
function tables.write(folder)
  local by_file, by_clause = hand_cases()
  local list, mutants_of = mutants()
  local failing = failing_results()
  local lines = {"# Clauses, cases, mutants, results\n", "A mutant stands at a clause if every case that is remembered "
    .. "to catch it exercises the clause. At clauses that every valid call exercises, most do.\n"}
  for _, c in ipairs(cts.clauses()) do
    lines[#lines + 1] = clause_lines(c, by_clause[c.id], mutants_of[c.id], failing[c.id])
  end
  lines[#lines + 1] = "```{toctree}\n:hidden:\n"
  for _, file in ipairs(sorted_keys(by_file)) do
    os.execute(("mkdir -p '%s/%s'"):format(folder, file:match "^(.*)/"))
    write_case_page(folder, file, by_file[file])
    lines[#lines + 1] = (page_of(file):gsub("%.md$", ""))
  end
  lines[#lines + 1] = "```\n"
  output.write(folder .. "/clauses.md", table.concat(lines, "\n"))
  write_mutants(folder, list)
  return {"clauses.md", "mutants.md"}
end

return tables
