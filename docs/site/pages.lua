-- pages.lua: prepares copies of the pages for the site: a table of contents at the end of README, a page of the clauses
-- with their cases, and links to files that are no pages as plain names.
-- conv2d-cts lua docs/site/pages.lua FOLDER PAGE ...

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

for page in pairs(pages) do output.write(folder .. "/" .. page, keep_links(page, output.read(page))) end

-- ---- the clauses, each with its cases

local cases = {}
for c in suite.load(cts.root .. "/cases", {tier = "quick", filter = function(c) return c.name ~= nil end}):cases() do
  for _, id in ipairs(c.clauses) do
    cases[id] = cases[id] or {}
    table.insert(cases[id], c.label)
  end
end
local lines = {"# The clauses and their cases\n"}
for _, c in ipairs(cts.clauses()) do
  lines[#lines + 1] = ("## %s\n\n%s ([specs/%s](specs/%s))\n"):format(c.id, c.title, c.file, c.file)
  local list = cases[c.id]
  if list then lines[#lines + 1] = "Cases by hand: `" .. table.concat(list, "`, `") .. "`.\n" end
end
output.write(folder .. "/clauses.md", table.concat(lines, "\n"))

local names = {}
for page in pairs(pages) do if page ~= "README.md" then names[#names + 1] = (page:gsub("%.md$", "")) end end
table.sort(names)
local toc = "\n```{toctree}\n:maxdepth: 1\n:caption: Pages\n\nclauses\n" .. table.concat(names, "\n") .. "\n```\n"
output.write(folder .. "/README.md", output.read(folder .. "/README.md") .. toc)
return 0
