-- picture.lua FILE.png: the top of the HTML report of a mutant, as README shows it: `make report-picture`.

package.path = "tests/?.lua;tests/reports/browser/?.lua;" .. package.path
local tap = require "tap"
local driver = require "driver"

local WIDTH, HEIGHT = 960, 935 -- to the repro line

local folder = tap.folder()
tap.run "run --impl build/mutants/circular-as-reflect.so --log build/run.jsonl"
tap.run(("report --html %s/report.html build/run.jsonl"):format(folder))

local browser <close> = driver.start()
browser:width(WIDTH)
browser:cdp("Emulation.setScrollbarsHidden", {hidden = true})
browser:open(folder .. "/report.html")
browser:wait "document.documentElement.dataset.drawn > 0"
local shot = browser:cdp("Page.captureScreenshot", {
  format = "png", captureBeyondViewport = true, clip = {x = 0, y = 0, width = WIDTH, height = HEIGHT, scale = 1},
})
local pipe = assert(io.popen(("base64 -d >'%s'"):format(arg[1]), "w"))
pipe:write(shot.data)
pipe:close()
