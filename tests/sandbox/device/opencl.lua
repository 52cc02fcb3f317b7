-- opencl.lua: the plain OpenCL subject on the first device, and the same with planted faults: each is
-- told exactly, and every other case passes or is skipped. `make check-opencl` runs it.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

-- case by case, as the subject offers less than the scenes ask for
local function verdict_of(subject)
  os.remove(stage.log)
  local _, status = stage.shell(("%s run --impl build/%s.so --log %s --time-limit 60 tests/sandbox/hostile/cases.yaml")
    :format(tap.program, subject, stage.log))
  local others = 0
  local results = stage.read_log()
  for name, result in pairs(results) do
    local skipped = result.verdict == "not declared" or result.verdict == "unchecked"
    if name ~= "plain" and result.verdict ~= "pass" and not skipped then others = others + 1 end
  end
  local plain = results.plain or {verdict = "nothing", words = ""}
  return plain.verdict, plain.words, others, status
end

for _, row in ipairs {
  {"adapters/opencl", "pass", "", 0},
  {"opencl/past", "write outside", "4 bytes are written just past the end of output", 1},
  {"opencl/before", "read outside", "", 1},
  {"opencl/unwritten", "unwritten", "1 of 120 elements of output are not written, first output[0,0,0,2]", 1},
  {"opencl/late", "kept pointer", "", 1},
} do
  local verdict, words, others, status = verdict_of(row[1])
  local right = verdict == row[2] and words:find(row[3], 1, true) and others == 0 and status == row[4]
  if not tap.ok(right, ("%s: %s"):format(row[1], row[2])) then
    print(("# %s: %s; %d other cases; exit status %s"):format(verdict, words, others, status))
  end
end
stage.finish()
