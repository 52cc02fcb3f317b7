-- docs.lua: every page of `make site` opens in a browser without a complaint, and has
-- a heading, and the search works: part of `make check-browser`.

package.path = "tests/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local driver = require "driver"

if not driver.present() or tap.shell "command -v sphinx-build" ~= 0 then
  tap.skip("the pages in a browser", "chromedriver or docs/site/packages.txt is not installed")
  return tap.done()
end
assert(tap.shell "env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s site" == 0)

local browser <close> = driver.start()
local _, here = tap.shell "pwd"
local _, list = tap.shell "find build/site -name '*.html' -not -path '*/_static/*' | sort"
local empty, count = {}, 0
for page in list:gmatch "[^\n]+" do
  browser:open(here:gsub("\n", "") .. "/" .. page)
  local title = browser:eval "(document.querySelector('h1') || {}).innerText || ''"
  if title == "" and not page:find "genindex" then empty[#empty + 1] = page end
  count = count + 1
end
tap.ok(count > 30, count .. " pages open")
tap.is(table.concat(empty, " "), "", "each has its heading")
tap.is(browser:complaints(), "", "without a complaint")
browser:open(here:gsub("\n", "") .. "/build/site/search.html?q=dilation")
browser:wait "document.querySelectorAll('#search-results li').length > 0"
tap.ok(browser:count "#search-results li" > 0, "the search works offline")
tap.done()
