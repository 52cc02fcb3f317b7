-- compare.lua: two implementations on the same cases: where do their bits differ?
--   conv2d-cts lua runner/lua/examples/compare.lua A.so B.so
-- Both may be right: floating-point sums depend on their order.

local a = subject.open {path = assert(arg[1], "usage: compare.lua A.so B.so")}
local b = subject.open {path = assert(arg[2], "usage: compare.lua A.so B.so")}
local same, other, skipped = 0, 0, 0

local base = case.new {input = {1, 8, 12, 13}, out_channels = 8, kernel_size = 3, data = "uniform"}
for _, channels in ipairs {1, 8, 32} do
  for stride = 1, 2 do
    for _, padding in ipairs {0, 1, "same"} do
      if not (padding == "same" and stride > 1) then
        local c = base:with {input = {1, channels, 12, 13}, in_channels = channels, stride = stride, padding = padding}
        local x, y = a:test(c).tensors.output, b:test(c).tensors.output
        if not (x and y) then
          skipped = skipped + 1
        elseif x:equal(y) then
          same = same + 1
        else
          other = other + 1
          print(("%s: differ by at most %g"):format(c, (x - y):max_abs()))
        end
      end
    end
  end
end
print(("%s and %s: %d cases alike, %d not, %d skipped"):format(a.name, b.name, same, other, skipped))
