#!/usr/bin/env lua5.4
-- site.t: the pages as one site: it is made without a complaint, and no link within it leads nowhere.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

if tap.shell("command -v sphinx-build && /usr/bin/python3 -c 'import myst_parser'") ~= 0 then
  tap.skip("the site", "docs/site/packages.txt is not installed")
  return tap.done()
end

local _, out, err = tap.shell("env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL PATH=/usr/bin:$PATH make -s site B=build")
tap.ok(not (out .. err):find "WARNING" and not (out .. err):find "[Ee]rror", "the site is made without a complaint", out .. err)

-- The file that a link of a page means; nil where it leads elsewhere.
local function target_of(page, href)
  if href:find "^%a+:" or href:find "^#" then return nil end
  local path = page:match("^(.*/)") .. href:gsub("[#?].*$", "")
  repeat
    local shorter = path:gsub("[^/]+/%.%./", "", 1)
    local done = shorter == path
    path = shorter
  until done
  return path
end

-- The text of each page that a link means, false where there is none.
local texts = setmetatable({}, {__index = function(cache, path)
  local f = io.open(path)
  cache[path] = f and f:read "a" or false
  if f then f:close() end
  return cache[path]
end})

local function dead_links(page, text)
  local dead = {}
  for href in text:gmatch 'href="([^"]*)"' do
    local path, place = target_of(page, href), href:match "%.html#(.+)$"
    if path and not (texts[path] and (not place or texts[path]:find(('id="%s"'):format(place), 1, true))) then
      dead[#dead + 1] = page .. ": " .. href
    end
  end
  return dead
end

local _, list = tap.shell("find build/site -name '*.html' -not -path '*/_static/*'")
local pages, dead = 0, {}
for page in list:gmatch "[^\n]+" do
  pages = pages + 1
  table.move(dead_links(page, tap.read(page)), 1, 1000, #dead + 1, dead)
end
tap.ok(pages > 30, "many pages are made", tostring(pages))
tap.is(table.concat(dead, "\n"), "", "no link leads nowhere")
tap.is(#dead_links("build/site/README.html", '<a href="specs/nothing.html">'), 1, "caught: a link that does")
tap.is(#dead_links("build/site/README.html", '<a href="clauses.html#pad-1"><a href="clauses.html#pad-0">'), 1, "caught: a place that is not there")
tap.ok(tap.read("build/site/searchindex.js"):find("dilat", 1, true), "the search knows the words of the pages")
local clauses = tap.read "build/site/clauses.html"
local pad = clauses:match 'id="pad%-1"(.-)</section>' or ""
for what, link in pairs {case = 'href="cases%-by%-hand%.html#padding%-yaml"', mutant = 'href="mutants%.html#%a+">[^\n]-padding%-swapped'} do
  tap.ok(pad:find(link), "a clause leads to each " .. what .. " of it", pad:sub(1, 300))
end
tap.has(tap.read "build/site/specs/padding.html", 'href="../clauses.html#pad-1"', "its text leads there")
tap.ok(clauses:find 'href="findings/FINDINGS%.html"', "and to results")
tap.has(tap.read "build/site/cases-by-hand.html", "p=1x0", "a case has its id there")

tap.done()
