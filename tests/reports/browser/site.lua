-- site.lua: the site of published results and the page of a history in a browser, clicked through, and a log dropped on it:
-- `make check-browser`.

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

tap.is((tap.run(("site --output %s/site findings/quick findings/full"):format(folder))), 0, "one command makes it")
browser:open(folder .. "/site/index.html")
tap.ok(browser:wait "document.documentElement.dataset.drawn > 0", "it draws itself")
tap.is(browser:complaints(), "", "without a complaint")
local _, files = tap.shell "ls findings/quick/*.json findings/full/*.json"
local results = select(2, files:gsub("\n", ""))
tap.is(browser:count "#results tbody tr", results, "a row for each result")
local _, badges = tap.shell(("find %s/site/badges -name PAD-1.json"):format(folder))
tap.is(select(2, badges:gsub("\n", "")), results, "a badge of each for each clause")
tap.has(tap.read(badges:match "[^\n]+"), '"schemaVersion":1', "as shields.io reads it")

local columns = browser:count "#results thead th"
browser:click "[data-topic=PAD]"
tap.ok(browser:count "#results thead th" > columns, "a topic opens into its clauses")
browser:click "[data-topic=PAD]"
tap.is(browser:count "#results thead th", columns, "and closes")
browser:click "#results tbody button.cell.failed"
tap.has(browser:text "#detail", "fail:", "a number says which clauses fail")
browser:click "#detail a.clause"
tap.ok(browser:wait "document.querySelector(location.hash).open", "and leads to their text")
tap.has(browser:text "#clauses details[open]", "Broken by: ", "which says who breaks it")
browser:type("#subject", "onednn")
tap.ok(browser:count "#results tbody tr" < results and browser:count "#results tbody tr" > 0, "a search for a subject")

-- ---- a log of one's own

local log = folder .. "/run.jsonl"
tap.write(log, made.log("mylib", made.cases(60, {[7] = made.wrong, [8] = made.skipped})))
browser:type("#log", log)
tap.ok(browser:wait "document.querySelectorAll('tr.yours').length === 1", "a log that is chosen becomes a row")
tap.has(browser:text "#said", "mylib 1.0: 1 failed, 58 passed, 1 skipped.", "with its counts")
tap.is(browser:eval "document.querySelector('#results tbody tr').className", "yours", "the first one")
local text = json.encode(tap.read(log))
browser:eval(("(() => { const t = new DataTransfer(); t.items.add(new File([%s.replace('mylib', 'dropped')], 'x.jsonl')); "
  .. "dispatchEvent(Object.assign(new DragEvent('drop', { dataTransfer: t, cancelable: true }))); })()"):format(text))
tap.ok(browser:wait "document.querySelector('tr.yours')?.textContent.includes('dropped')", "so does one that is dropped")
browser:eval("(() => { const t = new DataTransfer(); t.items.add(new File(['{\"a\":1}\\n'], 'no.jsonl')); "
  .. "dispatchEvent(new DragEvent('drop', { dataTransfer: t, cancelable: true })); })()")
tap.ok(browser:wait "document.querySelector('#said').textContent.includes('no.jsonl: this is no conv2d-cts result log')", "another file is said")
tap.is(browser:complaints(), "", "without a complaint")
for _, width in ipairs {320, 360, 768, 1280} do
  browser:width(width)
  tap.ok(browser:eval "document.documentElement.scrollWidth <= innerWidth", ("nothing overflows at %d px"):format(width))
end

-- ---- a history

os.execute(("mkdir -p %s/runs && cp %s %s/runs/1.jsonl"):format(folder, log, folder))
tap.write(folder .. "/runs/2.jsonl", (made.log("mylib", made.cases(60)):gsub("2026%-01", "2026-02", 1)))
tap.run(("history --html %s/history.html %s/runs"):format(folder, folder))
browser:open(folder .. "/history.html")
tap.is(browser:complaints(), "", "a history without a complaint")
tap.has(browser:text "#overview", "no case fails", "its sentence")
for _, width in ipairs {320, 360, 768, 1280} do
  browser:width(width)
  tap.ok(browser:eval "document.documentElement.scrollWidth <= innerWidth", ("a history does not overflow at %d px"):format(width))
end
tap.done()
