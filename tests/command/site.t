#!/usr/bin/env lua5.4
-- site.t: the pages as one site: it is made without a complaint, and no link within it leads nowhere. Each page is opened, if there
-- is a browser.

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

local function dead_links(page, text)
  local dead = {}
  for href in text:gmatch 'href="([^"]*)"' do
    local path = target_of(page, href)
    local f = path and io.open(path)
    if path and not f then dead[#dead + 1] = page .. ": " .. href end
    if f then f:close() end
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
tap.ok(tap.read("build/site/searchindex.js"):find("dilat", 1, true), "the search knows the words of the pages")
tap.ok(tap.read("build/site/clauses.html"):find("padding/height-only", 1, true), "clauses have their cases")

local status, said = tap.shell "build/conv2d-cts lua tests/reports/browser/pages.lua build/site"
local reason = said:match "# SKIP ([^\n]*)"
if reason then tap.skip("the pages in a browser", reason)
else tap.ok(status == 0 and not said:find "not ok", "the pages in a browser, and the places that links lead to", said) end

tap.done()
