#!/usr/bin/env lua5.4
-- device.lua: judged cases a second of one kernel in the host's memory, on the pretend device of the tests, and on an
-- OpenCL device where OpenCL is there. The kernel itself is cheap. Only passing cases count, not those that are skipped.
-- The rows take turns; rates are medians.

local suite, rounds = "cases/sweeps/geometry.yaml", 5
local filter = [[--filter 'dtype == "float32" and direction == "forward"']]
local host, opencl = "build/bench/direct.so", "build/adapters/opencl.so"

local rows = {
  {"host", host},
  {"pretend, addresses", "build/pretend/guarded.so"},
  {"pretend, handles", "build/pretend/handles.so"},
  {"OpenCL", opencl},
}
if not io.open(opencl) then
  table.remove(rows)
  print("OpenCL is missing: its rows are left out")
end

local function rate(path, lanes)
  local pipe = assert(io.popen(("CONV2D_PRETEND=%s build/conv2d-cts run --memory-limit 0 --time-limit 60 %s --impl %s %s %s 2>&1")
    :format(host, filter, path, lanes, suite)))
  local text = pipe:read("a")
  pipe:close()
  local passed, seconds = text:match("conforms: ([%d,]+) passed.- in ([%d.]+) s")
  assert(passed, text)
  return (passed:gsub(",", "")) / math.max(tonumber(seconds), 0.05)
end

local one, all = {}, {}
for _ = 1, rounds do
  for i, row in ipairs(rows) do
    one[i], all[i] = one[i] or {}, all[i] or {}
    table.insert(one[i], rate(row[2], "--jobs 1"))
    table.insert(all[i], rate(row[2], ""))
  end
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

print(("%-20s %16s %16s   judged cases a second (%s, float32 forward, median of %d)"):format("", "one lane", "all lanes", suite, rounds))
for i, row in ipairs(rows) do
  print(("%-20s %16.0f %16.0f"):format(row[1], median(one[i]), median(all[i])))
end
