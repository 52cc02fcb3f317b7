-- click.lua: the HTML report in a browser, clicked through: `make check-browser`.

package.path = "tests/?.lua;tests/reports/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"
local driver = require "driver"

if not driver.present() then
  print "1..0 # SKIP chromium, chromedriver or curl is not installed"
  return 0
end

local TAB, ENTER, RIGHT = "\u{e004}", "\u{e007}", "\u{e014}"
local folder = tap.folder()
local browser <close> = driver.start()

-- Runs subjects, reports on them together, opens the report.
local function open(...)
  local logs = {}
  for i, subject in ipairs {...} do
    logs[i] = ("%s/%d.jsonl"):format(folder, i)
    tap.run(("run --impl %s --jobs 2 --log %s"):format(subject, logs[i]))
  end
  local page = folder .. "/report.html"
  tap.is((tap.run(("report --html %s %s"):format(page, table.concat(logs, " ")))), 0, "a report of " .. #logs)
  browser:open(page)
  tap.ok(browser:wait("document.documentElement.dataset.drawn > 0"), "it draws itself")
  tap.is(browser:complaints(), "", "without a complaint")
end

local function number(text)
  return tonumber((text:match("[%d,]+"):gsub(",", "")))
end

-- What holds for every page: for a reader by ear, by keyboard, on a telephone, on paper.
local function check_access(name)
  tap.is(browser:eval "document.documentElement.lang", "en", name .. ": says its language")
  tap.is(browser:eval("[...document.querySelectorAll('h1, h2, h3, h4, h5')].map((h) => Number(h.tagName[1]))"
    .. ".filter((n, i, all) => n > (i ? all[i - 1] : 0) + 1).length"), 0, name .. ": no level of headings is left out")
  tap.is(browser:count "thead th:not([scope])", 0, name .. ": headers of tables say of what")
  browser:eval "document.activeElement.blur(), scrollTo(0, 0)"
  local stops = 0
  for _ = 1, 8 do
    browser:press {TAB}
    if browser:eval "document.activeElement === document.body" then break end -- past the last
    stops = stops + 1
    local outline = browser:eval("getComputedStyle(document.activeElement.matches('.choice input') ? "
      .. "document.activeElement.nextElementSibling : document.activeElement).outlineStyle")
    if outline == "none" then
      tap.ok(false, name .. ": the focus is seen on " .. browser:eval "document.activeElement.outerHTML.slice(0, 80)")
      return
    end
  end
  tap.ok(stops > 0, name .. ": the focus is seen")
  browser:width(360)
  tap.ok(browser:eval "document.documentElement.scrollWidth <= innerWidth", name .. ": nothing overflows at 360 px")
  browser:width(1200)
  browser:eval "document.documentElement.dataset.theme = 'dark'"
  browser:cdp("Emulation.setEmulatedMedia", {media = "print"})
  tap.is(browser:eval "getComputedStyle(document.body).backgroundColor", "rgb(255, 255, 255)", name .. ": prints on white")
  browser:cdp("Emulation.setEmulatedMedia", {media = ""})
  tap.is(browser:eval("document.getAnimations().length + [...document.querySelectorAll('*')]"
    .. ".filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"), 0, name .. ": nothing moves by itself")
end

-- ---- all pass

open "build/adapters/naive.so"
tap.has(browser:text "#overview", "conforms", "the verdict")
tap.has(browser:text "#failures", "No case fails.", "no failures")
tap.has(browser:text "#found", "No case fits", "passes are collapsed")
browser:click "#cases input[value=passed]"
local all = number(browser:text "#found")
tap.ok(all > 2000, "passed cases are listed when asked for: " .. all)
tap.is(browser:count "#cases .case", 100, "a hundred at a time")
browser:click "#more"
tap.is(browser:count "#cases .case", 200, "and a hundred more")
browser:type("#search", "mode=reflect")
tap.ok(browser:wait(("!document.querySelector('#found').textContent.startsWith('%s')"):format(
  browser:eval(("(%d).toLocaleString('en')"):format(all)))), "search")
local some = number(browser:text "#found")
tap.ok(some > 0 and some < all, ("fewer cases fit: %d of %d"):format(some, all))
tap.ok(browser:eval("[...document.querySelectorAll('#cases .case')].slice(0, 5)"
  .. ".every((c) => text_of(Number(c.dataset.row)).includes('mode=reflect'))"),
  "those that are searched for")

-- ---- one mutant

open "build/mutants/circular-as-reflect.so"
tap.has(browser:text "#overview", "does not conform", "the verdict")
tap.has(browser:text "#failures .card h3", "padding_mode is circular", "the likely cause")
tap.is(browser:count "#failures .card .case[open]", 1, "the plainest case is open")
tap.has(browser:text "#failures .case[open]", "First wrong elements", "with its first wrong elements")
tap.ok(browser:count "#failures .case[open] svg rect.wrong" > 0, "with a map of them")
tap.ok(browser:eval "[...document.querySelectorAll('#failures .case[open] .facts dt')].some((d) => d.textContent === 'padding_mode')",
  "with its parameters")
browser:click "#failures .case[open] .copy"
tap.ok(browser:wait "document.querySelector('#failures .case[open] .copy').textContent === 'Copied'", "copy says so")
tap.has(browser:text "#said", "Copied: conv2d-cts repro --impl build/mutants/circular-as-reflect.so 'conv2d:", "the line is a command")

browser:click "#failures .choice label:nth-of-type(2)"
tap.ok(browser:count "#failures .card" > 3, "grouped by clause")
browser:click "#failures .card h3 a.clause"
tap.ok(browser:wait "document.querySelector(location.hash).open", "a clause's link opens its text")

local failures = number(browser:text "#overview .badge.failed")
browser:eval "[...document.querySelectorAll('#matrix .toggle')].find((t) => t.textContent.startsWith('PAD')).closest('tr').id = 'pad'"
browser:click "#pad .toggle"
tap.is(browser:eval "document.querySelector('#pad + tr').hidden", false, "a topic opens into its clauses")
browser:click "#pad .cell"
tap.has(browser:text "#chips", "PAD", "a cell of the matrix lists its cases")
local listed = number(browser:text "#found")
tap.is(listed, number(browser:text "#pad .cell"), "as many as it says")
browser:click "#cases .case summary"
local opened
for _ = 1, 20 do -- its details are drawn a moment later
  opened = browser:text "#cases .case[open]"
  if opened:find("conv2d-cts repro", 1, true) then break end
  os.execute("sleep 0.1")
end
tap.has(opened, "conv2d-cts repro", "a case of the list opens")
browser:click "#chips .chip"
tap.is(number(browser:text "#found"), failures, "dropping the filter lists all failures")

browser:eval "document.querySelector('button.heat.failed').id = 'hot'"
browser:click "#hot"
tap.is(browser:count "#chips .chip", 2, "a cell of a map filters by its two parameters")
browser:click "#reset"
tap.is(browser:count "#chips .chip", 0, "reset")

local light = browser:eval "getComputedStyle(document.body).backgroundColor"
browser:click "#theme"
tap.ok(browser:eval "getComputedStyle(document.body).backgroundColor" ~= light, "dark and light differ")
browser:click "#theme"
tap.is(browser:eval "getComputedStyle(document.body).backgroundColor", light, "and back")

-- Keys only: the first stop is the link past the navigation; Enter opens a case.
browser:eval "document.activeElement.blur(), scrollTo(0, 0)"
browser:open(folder .. "/report.html")
browser:press {TAB}
tap.is(browser:eval "document.activeElement.className", "skip", "Tab stops at the skip link first")
browser:eval "document.querySelector('#failures .case:not([open]) summary').focus()"
browser:press {ENTER}
tap.is(browser:count "#failures .card:first-of-type .case[open]", 2, "Enter opens a case")
tap.is(browser:eval("[...document.querySelectorAll('button, input, select')]"
  .. ".filter((e) => !e.textContent && !e.labels?.length && !e.ariaLabel).length"),
  0, "every control has a name")

check_access "a report"

-- ---- the page of a case, and a comparison

local page = folder .. "/page.html"
tap.run(("show --html %s reflect.yaml#even-kernel"):format(page))
browser:open(page)
local shown = ".sum:not([hidden])"
tap.has(browser:text(shown), "output[…, 0, 0]", "the window lies at the first output")
browser:eval "document.querySelector('[name=j]').focus()"
browser:press {RIGHT}
tap.has(browser:text(shown), "output[…, 0, 1]", "an arrow key moves it, and its sum")
tap.is(browser:text "#move output", "output[…, 0, 1]", "and says where")
check_access "a case"
tap.run(("show --html %s reflect.yaml#past-two"):format(page))
browser:open(page)
check_access "a rejection"

tap.run(("run --impl build/adapters/naive.so --log %s/before.jsonl"):format(folder))
tap.run(("diff --html %s %s/before.jsonl %s/1.jsonl"):format(page, folder, folder))
browser:open(page)
tap.is(number(browser:text "#failing .badge"), failures, "a comparison with the sample lists every failure as new")
tap.is(browser:count "#failing tbody tr", failures, "a row for each")
check_access "a comparison"

-- ---- four subjects: third-party libraries where `make adapters` built them, bundled ones for the rest

local REAL = {"libtorch", "onednn", "xnnpack", "opencv", "dlib", "libxsmm", "armnn", "darknet", "tiny-dnn"}
local BUNDLED = {"mutants/bias-forgotten", "adapters/naive", "mutants/dilation-of-height", "adapters/oracle"}

local function is_there(path)
  local f = io.open(path)
  if f then f:close() end
  return f ~= nil
end

local function four_subjects()
  local list = {}
  for _, name in ipairs(REAL) do
    local path = ("build/adapters/%s.so"):format(name)
    if #list < 4 and is_there(path) then list[#list + 1] = path end
  end
  print(("# %d of 4 subjects are third-party libraries: %s"):format(#list, table.concat(list, " ")))
  local real = #list
  for i = 1, 4 - real do list[#list + 1] = ("build/%s.so"):format(BUNDLED[i]) end
  return list, real
end

local four, libraries = four_subjects()
open(table.unpack(four))
tap.is(browser:count "#overview .subject", 4, "four subjects")
tap.is(browser:count "#matrix thead th", 5, "a column for each")
tap.is(browser:eval "new Set([...document.querySelectorAll('.subject h2')].map((h) => h.textContent)).size", 4, "all named apart")
tap.is(browser:count "#failures h3", browser:count "#overview .subject.failed", "failures of each that has some")
if libraries == 0 then tap.skip("what one does not offer", "the bundled subjects offer all; make adapters builds libraries")
else tap.ok(browser:count "#matrix .cell.skipped" > 0, "what one does not offer is said to be skipped") end
browser:eval "document.querySelector('#matrix tbody tr:not([hidden]) .cell.failed').id = 'red'"
local column = browser:eval "document.querySelector('#red').closest('td').cellIndex - 1"
local red = number(browser:text "#red")
browser:click "#red"
tap.is(browser:eval "document.querySelector('#cases select').value", tostring(column), "a red cell lists the cases of its subject")
tap.is(number(browser:text "#found"), red, "as many as it says")
browser:eval "[...document.querySelectorAll('#map_subject option')].at(-1).selected = true"
browser:eval "document.querySelector('#map_subject').dispatchEvent(new Event('change'))"
tap.has(browser:text "#maps caption", browser:text "#map_subject option:last-of-type", "the map of another subject")

-- ---- 100,000 cases

local lines = made.cases(100000, setmetatable({}, {__index = function(_, i) return i % 20 == 0 and made.wrong or nil end}))
tap.write(folder .. "/large.jsonl", made.log("large", lines))
tap.run(("report --html %s/large.html %s/large.jsonl"):format(folder, folder))
local size = #tap.read(folder .. "/large.html")
tap.ok(size < 5e6, ("100,000 cases, 5,000 failing: %.1f MB"):format(size / 1e6))
local drawn = math.huge -- the least of three: the machine may be busy with something else
for _ = 1, 3 do
  browser:open(folder .. "/large.html")
  browser:wait "document.documentElement.dataset.drawn > 0"
  drawn = math.min(drawn, tonumber(browser:eval "document.documentElement.dataset.drawn"))
end
tap.ok(drawn < 2000, ("drawn after %d ms"):format(drawn))
tap.is(number(browser:text "#overview .badge.failed"), 5000, "all are counted")

tap.done()
