-- pages.lua: prepares copies of the pages for the site: a table of contents at the end of README, a page of the clauses
-- with cases, mutants and results, and links to files that are no pages as plain names.
-- conv2d-cts lua docs/site/pages.lua FOLDER PAGE ...

local kills = require "coverage.kills"
local output = require "text.output"

local folder, pages = arg[1], {}
for i = 2, #arg do pages[arg[i]] = true end

-- The path of a link in a page of folder `base`, from the top.
local function resolve(base, target)
  local parts = {}
  for part in (base .. target):gmatch("[^/]+") do
    if part == ".." then parts[#parts] = nil elseif part ~= "." then parts[#parts + 1] = part end
  end
  return table.concat(parts, "/")
end

-- Links that lead out of the pages become the text that they had.
local function keep_links(page, text)
  local base = page:match("^(.*/)") or ""
  return (text:gsub("%[([^%]\n]*)%]%(([^)%s]+)%)", function(words, target)
    if target:find "^https?:" or target:find "^#" then return nil end
    local path = resolve(base, target:gsub("#.*$", ""))
    if pages[path] or path:find "%.png$" then return nil end
    return words
  end))
end

-- Under the heading of a clause in specs/, a link to what the site knows of it.
local clause_links = {}
for _, c in ipairs(cts.clauses()) do
  clause_links[c.id] = ("## %s\n\n[Its cases, mutants and results](../clauses.md#%s)"):format(c.id, c.id:lower())
end
local function lead_to_clauses(page, text)
  return page:find "^specs/" and text:gsub("%f[^\n\0]## (%u+%-%d+)%f[\n]", clause_links) or text
end

for page in pairs(pages) do
  output.write(folder .. "/" .. page, (lead_to_clauses(page, keep_links(page, output.read(page)))))
end

-- ---- the clauses, each with its cases, its mutants and its results

-- Adds to the list at table[key].
local function add(lists, key, value)
  lists[key] = lists[key] or {}
  table.insert(lists[key], value)
end

-- What GitHub and MyST make of a heading in a link.
local function anchor(heading) return (heading:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")) end

-- A page of the cases by hand, under a heading for each file; links to them by clause.
local function cases_by_clause()
  local links, files, order = {}, {}, {}
  for c in suite.load(cts.root .. "/cases", {tier = "quick", filter = function(c) return c.name ~= nil end}):cases() do
    local file = c.reference:match "([^/]*%.yaml)#" or c.file:match "[^/]*$"
    if not files[file] then order[#order + 1] = file end
    add(files, file, ("| %s | `%s` | %s |"):format(c.name, c.id, table.concat(c.clauses, ", ")))
    for _, id in ipairs(c.clauses) do add(links, id, ("[%s](cases-by-hand.md#%s)"):format(c.label, anchor(file))) end
  end
  local lines = {"# The cases by hand\n"}
  for _, file in ipairs(order) do
    lines[#lines + 1] = ("## %s\n\n| name | id | clauses |\n| --- | --- | --- |\n%s\n"):format(file, table.concat(files[file], "\n"))
  end
  output.write(folder .. "/cases-by-hand.md", table.concat(lines, "\n"))
  return links
end

-- A page of the mutants; links to those of a clause: the mutants whose known killers all exercise it.
local function mutants_by_clause()
  local lines, links, killers, ids = {"# The mutants\n\nEach makes one mistake.\n"}, {}, {}, {}
  for line in io.lines "tests/mutants/killers.tsv" do
    local name, id = line:match "^([^\t]+)\t(.+)$"
    add(killers, name, id)
    ids[id] = true
  end
  local exercised = kills.exercised {cases = function()
    local id
    return function()
      id = next(ids, id)
      return id and case.parse(id)
    end
  end}
  local last
  for line in io.lines "build/mutants/LIST" do
    local name, group, about = line:match "^([^\t]+)\t([^\t]+)\t(.*)$"
    if group ~= last then lines[#lines + 1] = ("\n## %s\n"):format(group) end
    last = group
    lines[#lines + 1] = ("* `%s`: %s"):format(name, (about:gsub("([<|*_])", "\\%1")))
    local shared
    for _, id in ipairs(killers[name] or {}) do
      local both = {}
      for clause in pairs(exercised[case.parse(id).reference].clauses) do both[clause] = not shared or shared[clause] or nil end
      shared = both
    end
    for clause in pairs(shared or {}) do add(links, clause, ("[%s](mutants.md#%s)"):format(name, anchor(group))) end
  end
  output.write(folder .. "/mutants.md", table.concat(lines, "\n") .. "\n")
  return links
end

-- Which libraries fail a clause, of the results in findings/full.
local function results_by_clause()
  local links = {}
  for path in io.popen("ls findings/full/*.json"):lines() do
    local r = json.decode(output.read(path))
    for clause, count in pairs(r.failing_clauses or {}) do
      add(links, clause, ("[%s](findings/FINDINGS.md) %s (%d)"):format(r.subject, r.version, count))
    end
  end
  return links
end

local cases, mutants, results = cases_by_clause(), mutants_by_clause(), results_by_clause()
local lines = {"# The clauses\n\nEach with its cases by hand, the mutants that only cases about it are known to find, and the libraries that "
  .. "break it, with the number of cases.\n"}
for _, c in ipairs(cts.clauses()) do
  lines[#lines + 1] = ("## %s\n\n%s ([specs/%s](specs/%s))\n"):format(c.id, c.title, c.file, c.file)
  for _, kind in ipairs {{"Cases", cases}, {"Mutants", mutants}, {"Broken by", results}} do
    local list = kind[2][c.id]
    if list and #list > 60 then -- a clause that governs everything
      list = table.move(list, 1, 60, 1, {})
      list[1] = ("%d, among them %s"):format(#kind[2][c.id], kind[2][c.id][1])
    end
    lines[#lines + 1] = ("%s: %s.\n"):format(kind[1], list and table.concat(list, ", ") or "none")
  end
end
output.write(folder .. "/clauses.md", table.concat(lines, "\n"))

local names = {}
for page in pairs(pages) do if page ~= "README.md" then names[#names + 1] = (page:gsub("%.md$", "")) end end
table.sort(names)
local toc = "\n```{toctree}\n:maxdepth: 1\n:caption: Pages\n\nclauses\ncases-by-hand\nmutants\n" .. table.concat(names, "\n") .. "\n```\n"
output.write(folder .. "/README.md", output.read(folder .. "/README.md") .. toc)
return 0
