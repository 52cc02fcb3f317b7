-- logs.lua: run by script.c: a result log into every report, and compared with itself.

local collect, compare, log = require "reports.collect", require "reports.compare", require "reports.log"
local html, markdown, junit, signals = require "reports.html", require "reports.markdown", require "reports.junit", require "reports.signals"

io.output(assert(io.open("/dev/null", "w")))
function print(...) io.write(table.concat(table.pack(...), "\t"), "\n") end
io.stderr = io.output()
local count = 0

return function(path)
  local model = collect.read {path, path}
  local logs = {}
  for _, s in ipairs(model.subjects) do logs[#logs + 1] = s.log end
  log.check_complete(logs)
  -- the page is large, and takes longest
  count = count + 1
  if count % 16 == 0 then html.page(model) end
  markdown.document(model)
  json.decode(signals.badge(model))
  signals.github(model)
  junit.write({path}, "/dev/null")
  signals.tap {path}
  local result = compare.read(path, path, 2)
  for _, kind in ipairs(compare.kinds) do
    for _, c in ipairs(result.changes[kind.name]) do compare.label(c.case); compare.describe(c) end
  end
  if not compare.is_good(result) then error "a log is worse than itself" end
end
