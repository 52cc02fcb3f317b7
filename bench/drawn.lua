-- drawn.lua PAGE ...: how long pages take from the begin of loading until they are drawn, in headless Chromium; median of 3.

package.path = "tests/reports/browser/?.lua;" .. package.path
local driver = require "driver"
local browser <close> = driver.start()

-- A page without a program of its own is drawn when it is loaded.
local drawn = "(document.documentElement.dataset.drawn || document.scripts.length < 2"
  .. " && performance.timing.loadEventEnd - performance.timing.navigationStart)"

for _, page in ipairs(arg) do
  local took = {}
  for i = 1, 3 do
    browser:open(page)
    for _ = 1, 12 do -- a minute: the machine may be busy
      if browser:wait(drawn .. " > 0") then break end
    end
    took[i] = tonumber(browser:eval(drawn))
  end
  table.sort(took)
  print(("%-44s %8d ms until drawn"):format(page:match "[^/]*$", took[2]))
end
return 0
