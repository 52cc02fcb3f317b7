-- pages.lua: each page of the site that `make site` made, opened in a browser, and each link within it: there is such a page, and
-- on it such a place. tests/command/site.t runs it after `make site`.
-- conv2d-cts lua tests/reports/browser/pages.lua FOLDER

package.path = "tests/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local driver = require "driver"

if not driver.present() then
  print "1..0 # SKIP chromium, chromedriver or curl is not installed"
  return 0
end

local _, folder = tap.shell(("realpath '%s'"):format(arg[1]))
folder = folder:gsub("\n", "")
local browser <close> = driver.start()

-- What is on a page: its places, and where its links to files lead.
local LOOK = [[(() => ({
  heading: document.querySelector("h1")?.textContent || "",
  wide: document.documentElement.scrollWidth > innerWidth,
  places: [...document.querySelectorAll("[id]")].map((e) => e.id),
  links: [...new Set([...document.links].map((a) => a.href).filter((href) => href.startsWith("file:")))],
}))()]]

-- Pages by their path.
local function open_all()
  local _, list = tap.shell(("find '%s' -name '*.html' -not -path '*/_static/*' | sort"):format(folder))
  local pages, complaints, count = {}, {}, 0
  for path in list:gmatch "[^\n]+" do
    browser:open(path)
    local page = browser:eval(LOOK)
    page.at = {}
    for _, place in ipairs(page.places) do page.at[place] = true end
    pages[path], count = page, count + 1
    local said = browser:complaints()
    if said ~= "" then complaints[#complaints + 1] = path .. ": " .. said end
  end
  return pages, complaints, count
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- nil, or what is wrong with a link.
local function fault(pages, link)
  local path, place = link:gsub("^file://", ""):match "^([^#?]*)[^#]*#?(.*)$"
  path, place = unescape(path), unescape(place)
  local page = pages[path]
  if not page then
    local f = not path:find "/$" and io.open(path)
    if not f then return link .. ": there is no such file" end
    f:close()
  elseif place ~= "" and not page.at[place] then return link .. ": there is no such place" end
  return nil
end

local pages, complaints, count = open_all()
tap.ok(count > 60, "all pages open", tostring(count))
tap.is(table.concat(complaints, "\n"), "", "without a complaint")
local faults, links = {}, 0
for path, page in pairs(pages) do
  if page.heading == "" and not path:find "genindex" and not path:find "/results/" then faults[#faults + 1] = path .. ": no heading" end
  for _, link in ipairs(page.links) do
    links = links + 1
    local wrong = fault(pages, link)
    if wrong then faults[#faults + 1] = path:sub(#folder + 2) .. " -> " .. wrong end
  end
end
table.sort(faults)
tap.ok(links > 5000, "and many links", tostring(links))
tap.is(table.concat(faults, "\n"), "", "each leads to a page, and a place on it")
tap.has(fault(pages, "file://" .. folder .. "/clauses.html#no-such") or "", "no such place", "caught: a place that is not there")
tap.has(fault(pages, "file://" .. folder .. "/nothing.html") or "", "no such file", "caught: a page that is not there")

-- ---- a clause, its cases, its mutants, its results; the search

browser:open(folder .. "/clauses.html")
browser:click "#pad-1 a[href='cases/padding.html#height-only']"
tap.ok(browser:wait "location.hash === '#height-only'", "a clause leads to its cases")
browser:click "#height-only a[href='../clauses.html#pad-1']"
tap.ok(browser:wait "location.hash === '#pad-1'", "and they lead back")
browser:click "#pad-1 a[href='mutants.html#padding-of-height']"
tap.ok(browser:wait "location.hash === '#padding-of-height'", "to its mutants")
browser:open(folder .. "/clauses.html")
browser:click "#pad-1 a[href^='results/']"
tap.ok(browser:wait "document.querySelector('#clause-PAD-1')?.open", "and to its results")
browser:open(folder .. "/search.html?q=dilation")
tap.ok(browser:wait "document.querySelectorAll('#search-results li').length > 3", "the search finds, without a server")
for _, width in ipairs {360, 768, 1280} do
  browser:width(width)
  for _, name in ipairs {"README", "clauses", "docs/how-to/c", "specs/judge", "cases/padding"} do
    browser:open(("%s/%s.html"):format(folder, name))
    tap.ok(browser:eval "document.documentElement.scrollWidth <= innerWidth", ("%s fits into %d px"):format(name, width))
  end
end
return tap.done()
