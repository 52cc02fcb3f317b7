-- own-data.lua: one's own tensors through a subject, and the oracle's answer beside it.
--   conv2d-cts lua runner/lua/examples/own-data.lua SUBJECT.so [INPUT.npy WEIGHT.npy]
-- Without files: an edge detector on a picture made by a function.

local impl = subject.open {path = assert(arg[1], "usage: own-data.lua SUBJECT.so [INPUT.npy WEIGHT.npy]")}
local input, weight
if arg[2] then
  input, weight = tensor.load(arg[2]), tensor.load(arg[3])
else
  input = tensor.new({1, 1, 8, 8}, "float32", function(i) return (i - 1) % 8 < 4 and 1 or 0 end)
  weight = tensor.new({1, 1, 3, 3}, "float32", {-1, 0, 1, -2, 0, 2, -1, 0, 1})
end

local call = case.new {
  input = input.shape, out_channels = weight.shape[1], kernel_size = {weight.shape[3], weight.shape[4]},
  padding = 1, bias = false, dtype = input.dtype,
}
local tensors, result = impl:call(call, {input = input, weight = weight})
if not tensors.output then error(impl.name .. " did not answer: " .. result.words) end
local want, detail = oracle.forward(call, input, weight)
local found = oracle.judge(tensors.output, detail, 16) -- units of u * S
print(("output %s, %s; largest error %.3g units, %d beyond 16"):format(tensors.output,
  tensors.output:equal(want) and "bit for bit the oracle's" or "not the oracle's", found.max_error, found.mismatches))
return found.mismatches == 0 and 0 or 1
