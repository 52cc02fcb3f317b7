-- widths.lua: the report at every width from 320 to 1920 px, with 1 to 40 subjects, and its address: part of `make check-browser`.

package.path = "tests/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local driver = require "driver"

if not driver.present() then
  print "1..0 # SKIP chromium, chromedriver or curl is not installed"
  return 0
end

-- Texts with one letter a line: much higher than wide.
local THIN = "[...document.querySelectorAll('.label, .card p, .result > p, h2, h3, th')].filter((e) => e.offsetParent"
  .. " && e.textContent.length > 12 && e.offsetWidth < 60 && e.offsetHeight > 4 * e.offsetWidth).length"

local folder = tap.folder()
local logs = {}
for i, mutant in ipairs {"padding-swapped", "stride-swapped", "kernel-flipped", "bias-of-next"} do
  logs[i] = ("%s/%s.jsonl"):format(folder, mutant)
  tap.run(("run --impl build/mutants/%s.so --log %s cases/padding.yaml cases/stride.yaml cases/groups.yaml"):format(mutant, logs[i]))
end

local browser <close> = driver.start()
for _, count in ipairs {1, 2, 4, 12, 40} do
  local list, bad = {}, {}
  for i = 1, count do list[i] = logs[(i - 1) % #logs + 1] end
  local page = ("%s/%d.html"):format(folder, count)
  tap.run(("report --html %s %s"):format(page, table.concat(list, " ")))
  browser:open(page)
  browser:wait "document.documentElement.dataset.drawn > 0"
  tap.is(browser:complaints(), "", count .. " subjects: without a complaint")
  browser:eval "document.querySelectorAll('.box input').forEach((box) => { if (!box.checked) box.click(); })"
  for width = 320, 1920, 80 do
    browser:width(width)
    local wide = browser:eval "document.documentElement.scrollWidth - innerWidth"
    local thin = browser:eval(THIN)
    if wide > 0 or thin > 0 then bad[#bad + 1] = ("%d px: %d beyond, %d thin"):format(width, wide, thin) end
  end
  tap.is(table.concat(bad, "; "), "", ("%d subjects: nothing breaks from 320 to 1920 px"):format(count))
end

-- ---- the address

browser:width(1200)
browser:open(folder .. "/1.html")
browser:wait "document.documentElement.dataset.drawn > 0"
browser:eval "show_cases({ classes: ['passed'], text: 'stride' }), document.querySelector('#cases details.case > summary').click()"
tap.ok(browser:wait "location.hash.includes('case=')", "the address names the opened case")
local found, hash = browser:eval "document.querySelector('#found').textContent", browser:eval "location.hash"
tap.ok(hash:find("classes=passed", 1, true) and hash:find("text=stride", 1, true), "and the filter", hash)
browser:eval "location.reload()"
browser:wait "document.documentElement.dataset.drawn > 0"
tap.is(browser:eval "document.querySelector('#found').textContent", found, "which come back with it")
tap.ok(browser:eval "document.querySelector('#cases .body > details').open", "and the case is open")
tap.ok(browser:eval "csv_text().split('\\r\\n').length === matches.length + 2", "the matches can be had as CSV")
tap.is(browser:eval "csv_field('=1+1')", "'=1+1", "in which no text is a formula")
browser:eval "location.hash = '#cases?subject=99&where=nonsense&group=[\"x\"]&case=-5', location.reload()"
browser:wait "document.documentElement.dataset.drawn > 0"
tap.is(browser:complaints(), "", "an address that makes no sense does no harm")
browser:open(folder .. "/1.html")
browser:wait "document.documentElement.dataset.drawn > 0"
browser:press {"j"}
tap.ok(browser:eval "document.activeElement.matches('details.case > summary')", "j goes to a case")
browser:press {"?"}
tap.ok(browser:eval "document.querySelector('#keys').open", "? shows the keys")
browser:eval "document.querySelectorAll('.label').forEach((e) => { e.style.flex = 'none'; e.style.width = '10px'; }), 0"
tap.ok(browser:eval(THIN) > 0, "caught: one letter a line")
return tap.done()
