-- gate.lua: a gate for one project: it tests what the project needs from a convolution, and no more.
--   conv2d-cts lua runner/lua/examples/gate.lua SUBJECT.so
-- Exit status 1 if a case that the project depends on fails; all else is left to a full run.

local impl = subject.open {path = assert(arg[1], "usage: gate.lua SUBJECT.so")}
local files = {}
for i, topic in ipairs {"forward", "stride", "groups"} do files[i] = cts.root .. "/cases/" .. topic .. ".yaml" end
local needed = suite.load(files, {
  filter = function(c) return c.dtype == "float32" and c.direction == "forward" and c.padding_mode == "zeros" end,
})

local result = impl:run(needed, {
  each = function(r) print(("%s: %s: %s"):format(r.case.label, r.verdict, r.words)) end, -- failures only
})
print(("%s: %d of %d needed cases pass"):format(impl.name, result.passed, result.cases))
return result.failed == 0 and result.passed > 0 and 0 or 1
