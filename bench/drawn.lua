-- drawn.lua PAGE ...: how long pages take from the begin of loading until they are drawn, in headless Chromium; median of 3.

package.path = "tests/reports/browser/?.lua;" .. package.path
local driver = require "driver"
local browser <close> = driver.start()

for _, page in ipairs(arg) do
  local took = {}
  for i = 1, 3 do
    browser:open(page)
    browser:wait "document.documentElement.dataset.drawn > 0"
    took[i] = tonumber(browser:eval "document.documentElement.dataset.drawn")
  end
  table.sort(took)
  print(("%-44s %8d ms until drawn"):format(page:match "[^/]*$", took[2]))
end
return 0
