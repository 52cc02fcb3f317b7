#!/usr/bin/env lua5.4
-- logs.lua CASES NUMBER: writes a result log of that many cases to standard output, as a run of an exhaustive sweep would:
-- all ids differ, and one case in 19 fails for one of two reasons. Several such logs have subjects of different NUMBERs.

local cases, number = math.tointeger(tonumber(arg[1])), math.tointeger(tonumber(arg[2] or 1))

local axes = {
  {"mode", {"zeros", "reflect", "replicate", "circular"}},
  {"dtype", {"float32", "float64", "float16", "bfloat16", "int8"}},
  {"dir", {"forward", "backward"}},
  {"k", {"3", "1", "2", "1x3", "3x2", "5", "4", "6x4"}},
  {"s", {"1", "2", "3", "1x2", "2x4", "4x3", "5", "4"}},
  {"p", {"0", "1", "2", "1x2", "same", "valid", "3", "4x9", "2x8", "6"}},
  {"d", {"1", "2", "3", "2x1"}},
  {"g", {"1", "2", "3"}},
  {"layout", {"nchw", "nhwc", "gaps", "slice"}},
}
local DEFAULT = {mode = "zeros", dtype = "float32", dir = "forward", s = "1", p = "0", d = "1", g = "1", layout = "nchw"}
local ORDER = {"k", "s", "p", "d", "g", "mode", "dtype", "layout", "dir"}

-- Case i: what a mixed-radix counter says, steps of a large prime apart, so that every stretch has all kinds.
local function values_of(i)
  local at, values = i * 7919, {}
  for _, axis in ipairs(axes) do
    values[axis[1]] = axis[2][at % #axis[2] + 1]
    at = at // #axis[2]
  end
  return values
end

local function id_of(i, values)
  local parts = {("conv2d:in=%dx6x%dx%d,out=6"):format(1 + i // 961 % 4, 4 + i // 31 % 31, 4 + i % 31)}
  for _, key in ipairs(ORDER) do
    if values[key] ~= DEFAULT[key] then parts[#parts + 1] = key .. "=" .. values[key] end
  end
  parts[#parts + 1] = ("data=uniform/%d"):format(i)
  return table.concat(parts, ",")
end

local CLAUSES = {zeros = "PAD-1", reflect = "PAD-10", replicate = "PAD-11", circular = "PAD-12"}
local WRONG = '"verdict":"wrong value","clause":"%s","words":"2 of 8 elements are wrong","outputs":8,"max_error":3.5,'
  .. '"mismatches":2,"tensor":"output","first":[0,0,0,1],"got":1.0,"want":2.0,"wrong":[[1,1.0,2.0],[3,1.5,2.0]],'
  .. '"map":{"shape":[1,1,2,4],"plane":["0900","0009"],"channels":"3"}'

local function result_of(i, values, clause)
  local fails = values.mode == "circular" and values.s == "2" or values.layout == "slice" and values.k == "5"
  if fails and (i + number) % 5 > 0 then return WRONG:format(clause), true end
  return ('"verdict":"pass","outputs":64,"max_error":%.3f'):format((i + number) % 900 / 1000)
end

io.stdout:setvbuf("full", 1 << 16)
io.write(('{"format":"conv2d-cts result log","version":1,"suite":"0.1.0","subject":"made-%d","subject_version":"1.0",'
  .. '"description":"","url":"","invocation":"--impl ./made.so","date":"2026-01-02T03:04:05Z"}\n'):format(number))
local failed = 0
for i = 1, cases do
  local values = values_of(i)
  local id, clause = id_of(i, values), CLAUSES[values.mode]
  local result, fails = result_of(i, values, clause)
  failed = failed + (fails and 1 or 0)
  io.write(('{"case":"%s","file":"sweeps/made.yaml","line":5,"clauses":["%s","SHAPE-1"],%s,"nanoseconds":%d}\n'):format(
    id, clause, result, 1000 + i % 997))
end
io.write(('{"end":true,"cases":%d,"passed":%d,"skipped":0,"failed":%d,"broken":0,"expected":0,'
  .. '"interrupted":false,"seconds":1.0}\n'):format(cases, cases - failed, failed))
