-- plants.lua: a subject with a fault planted, on the scenes of tests/sandbox/hostile/cases.yaml: the
-- case `plain` gets the verdict and the words that are expected, and every other passes or is skipped.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

local plants = {}

--- The result of `plain`, the number of other cases that did not pass, and the exit status. Case by case, as a subject
--- may offer less than the scenes ask for.
function plants.verdict_of(path, options, prefix)
  os.remove(stage.log)
  local text, status = stage.shell(("%s %s run --impl %s --log %s --time-limit 60 %s tests/sandbox/hostile/cases.yaml")
    :format(prefix or "", tap.program, path, stage.log, options or ""))
  local others = 0
  local results = stage.read_log()
  for name, result in pairs(results) do
    local skipped = result.verdict == "not declared" or result.verdict == "unchecked"
    if name ~= "plain" and result.verdict ~= "pass" and not skipped then others = others + 1 end
  end
  return results.plain or {verdict = "nothing", words = text}, others, status
end

--- path, verdict, words, options of `run`, what stands before the command
function plants.check(path, verdict, words, options, prefix)
  local plain, others, status = plants.verdict_of(path, options, prefix)
  local right = plain.verdict == verdict and plain.words:find(words, 1, true) and others == 0
    and status == (verdict == "pass" and 0 or 1)
  local title = ("%s %s%s: %s"):format(path, options or "", prefix and " " .. prefix or "", verdict)
  if not tap.ok(right, title) then
    print(("# %s: %s; %d other cases; exit status %s"):format(plain.verdict, plain.words, others, status))
  end
end

return plants
