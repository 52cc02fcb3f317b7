-- made.lua: result logs written for tests: a line for each case, as the runner would write it.

local made = {}

local HEADER = '{"format":"conv2d-cts result log","version":1,"suite":"0.1.0","subject":"%s","subject_version":"1.0",'
  .. '"description":"made","url":"","invocation":"--impl ./%s.so","date":"2026-01-02T03:04:05Z","claims":1}'

--- A passing case number i of padding.yaml; more: JSON fields instead of the verdict pass.
function made.case(i, more)
  return ('{"case":"conv2d:in=1x1x4x%d,out=1,k=3,p=%d","file":"padding.yaml","line":%d,"name":"made-%d",'
    .. '"clauses":["PAD-1"],%s}'):format(4 + i, i % 3, i, i, more or '"verdict":"pass","outputs":8,"max_error":0.1')
end

made.wrong = '"verdict":"wrong value","clause":"PAD-1","words":"2 of 8 elements are wrong","outputs":8,"max_error":3.5,'
  .. '"mismatches":2,"tensor":"output","first":[0,0,0,1],"got":1.0,"want":2.0,"error":4.0,"allowed":1.0,'
  .. '"got_hex":"0x1p+0","want_hex":"0x1p+1","wrong":[[1,1.0,2.0],[3,"nan",2.0]],'
  .. '"map":{"shape":[1,1,2,4],"plane":["0900","0009"],"channels":"3"}'
made.skipped = '"verdict":"unsupported","words":"not offered"'

--- A whole log of lines; not all of them need be about cases.
function made.log(name, lines, cut)
  local cases = 0
  for _, line in ipairs(lines) do cases = cases + (line:find '^{"case"' and not line:find '"order"' and 1 or 0) end
  local text = HEADER:format(name, name) .. "\n" .. table.concat(lines, "\n") .. "\n"
  if cut then return text end
  return text .. ('{"end":true,"cases":%d,"interrupted":false,"seconds":0.5}\n'):format(cases)
end

--- n passing cases, but for those in `others`: {[i] = fields}.
function made.cases(n, others)
  local lines = {}
  for i = 1, n do lines[i] = made.case(i, others and others[i]) end
  return lines
end

return made
