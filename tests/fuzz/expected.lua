-- expected.lua: run by script.c: a list of expected failures, as a run reads it, and what it expects of a few cases.

local cases = {}
for _, id in ipairs {
  "conv2d:in=1x1x4x5,out=1,k=3,mode=circular", "conv2d:in=1x1x4x5,out=1,k=3", "conv2d:in=2x4x9x9,out=8,k=3x5,p=same,mode=reflect,g=2",
  "conv2d:in=3x5x5,out=6,k=1,bias=false", "conv2d:in=1x4x6x9,out=4,k=2,d=1x3,dir=backward", "conv2d:in=1x1x2x2,out=1,k=9",
} do cases[#cases + 1] = case.parse(id) end
for c in suite.load "cases/forward.yaml":cases() do cases[#cases + 1] = c end

return function(path) expect_failures(path, cases) end
