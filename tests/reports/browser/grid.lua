-- grid.lua: cases by subjects, folded groups and their sparklines, in a browser, of made logs: `make check-browser`.

package.path = "tests/?.lua;tests/reports/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"
local driver = require "driver"

if not driver.present() then
  print "1..0 # SKIP chromium, chromedriver or curl is not installed"
  return 0
end

local folder = tap.folder()
local browser <close> = driver.start()

local function log_of(name, others)
  local path = ("%s/%s.jsonl"):format(folder, name)
  local f = assert(io.open(path, "w"))
  f:write(made.log(name, made.cases(60, others)))
  f:close()
  return path
end

local some, two = {}, {[5] = made.wrong, [8] = made.wrong}
for i = 2, 60, 3 do some[i] = made.wrong end
local page = folder .. "/report.html"
tap.is((tap.run(("report --html %s %s %s %s"):format(page, log_of("one", some), log_of("two", two), log_of("three")))), 0, "made")
browser:open(page)
tap.ok(browser:wait "document.documentElement.dataset.drawn > 0", "it draws itself")
tap.is(browser:complaints(), "", "without a complaint")

tap.is(browser:count "#grid tbody tr", 20, "the grid has the cases on which subjects differ")
tap.is(browser:count "#grid thead th", 4, "a column for each subject")
browser:click "#grid tbody tr:nth-child(2) .toggle"
tap.is(browser:count "#grid .opened svg", 2, "an opened case has the maps of both that fail")
tap.is(browser:eval "new Set([...document.querySelectorAll('#grid .opened .result')].map((r) => r.getBoundingClientRect().top)).size", 1,
  "side by side")
browser:click "#grid tbody tr:nth-child(2) .toggle"
tap.is(browser:count "#grid .opened", 0, "and closes")
browser:eval "(() => { const s = find('#grid-kind'); s.value = 'common'; s.dispatchEvent(new Event('change')); })()"
tap.is(browser:count "#grid tbody tr", 0, "none fails in all")

local spark = browser:eval "document.querySelector('#failures .card .spark svg').getAttribute('aria-label')"
tap.has(spark, "Failing share by padding: 0 0 of 20, 1 0 of 20, 2 20 of 20", "the axis that matters, and its shares")
browser:click "#failures .card .fold > summary"
tap.is(browser:eval "document.querySelector('#failures .card .fold').open", false, "the cases of a cause fold")

tap.shell "make -s build/mutants/vector-tail-shifted.so"
local tail = folder .. "/tail.jsonl"
tap.run("run --impl build/mutants/vector-tail-shifted.so --shard 1/10 --filter 'groups == 1' --log " .. tail .. " cases/sweeps/widths.yaml")
tap.run(("report --html %s %s"):format(page, tail))
browser:open(page)
browser:wait "document.documentElement.dataset.drawn > 0"
tap.is(browser:eval "document.querySelector('#failures .card .spark figcaption').textContent", "share that fails by output columns",
  "a forgotten tail shows over the columns of the output")
local bars = browser:eval "[...document.querySelectorAll('#failures .card .spark')][0].querySelectorAll('rect.right title').length"
tap.ok(bars >= 9, "columns up to eight, and 16, have no failure", bars)

for _, width in ipairs {320, 768, 1280} do
  browser:width(width)
  tap.ok(browser:eval "document.documentElement.scrollWidth <= innerWidth", ("nothing overflows at %d px"):format(width),
    browser:eval "[...document.querySelectorAll('main *, header *')].filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest('.wide')).slice(0, 3).map((e) => e.outerHTML.slice(0, 90)).join('\\n')")
end
tap.done()
