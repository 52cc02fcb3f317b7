-- pages.lua: prepares copies of the pages for the site: a table of contents at the end of README, pages of the clauses, the
-- cases by hand and the mutants (tables.lua), and links to files that are no pages as plain names.
-- conv2d-cts lua docs/site/pages.lua FOLDER PAGE ...

package.path = cts.root .. "/docs/site/?.lua;" .. package.path
local output = require "text.output"
local tables = require "tables"

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

local names = tables.write(folder)
for page in pairs(pages) do if page ~= "README.md" then names[#names + 1] = page end end
table.sort(names)
for i, name in ipairs(names) do names[i] = name:gsub("%.md$", "") end
local toc = "\n```{toctree}\n:maxdepth: 1\n:caption: Pages\n\n" .. table.concat(names, "\n") .. "\n```\n"
output.write(folder .. "/README.md", output.read(folder .. "/README.md") .. toc)
return 0
