#!/usr/bin/env lua5.4
-- words.t: the words of an axis become the numbers that specs/case-format.md says, at the limit itself.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

tap.write(folder .. "/words.yaml", [[
about: x
clauses: [FWD-1]
base: {input: [1, 1, 1, 1], out_channels: 1, kernel_size: 1}
sweep:
  axes:
    size: [1, 2, 4, [5, 6], 7, 12]
    kernel_size: [past-input]
    padding: [0, 1, [0, 2], 3]
    dilation: [1, 2, 3, [1, 4], 5]
  strength: all
]])

-- The call is rejected, and is none of these if the kernel is one smaller on both axes.
tap.write(folder .. "/words.lua", ([[
local n, near = 0, 0
local function valid_call(c) return c:expect().status == "ok" end
for c in suite.load("%s/words.yaml", {tier = "full"}):cases() do
  n = n + 1
  local valid = valid_call(c)
  local k = {c.kernel_size[1] - 1, c.kernel_size[2] - 1}
  local smaller = k[1] > 0 and k[2] > 0 and valid_call(c:with {kernel_size = k})
  if not valid and smaller then near = near + 1 else print(c.id) end
end
print(n, near)
return 0]]):format(folder))
local status, out, err = tap.run("lua " .. folder .. "/words.lua")
tap.is(status, 0, "cases of a kernel beyond the input" .. err)
tap.is(out, "120\t120\n", "the kernel is the smallest that does not fit")

local _, said = tap.run("run --impl build/mutants/size-depthwise-256-taps.so --max-failures 0 cases/regressions/torch-values.yaml")
tap.is(select(2, said:gsub("FAIL ", "")), 1, "one case of a kernel of 256 rows on groups")
tap.has(said, "FAIL regressions/torch-values/grouped-batch-above-1", "is the one that is named for it")

tap.done()
