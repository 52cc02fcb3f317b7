-- ask.lua: what all probes share: small calls on values of the probe's own, and sums of products. Such a sum is a
-- 1x1 convolution of one pixel.

local ask = {}

--- The output of a call on values by role (backward: grad_input); nil and why where there is none.
function ask.output(tested, c, values)
  local tensors, result = tested:call(c, values)
  local output = tensors.output or tensors.grad_input
  if not output then return nil, result.words ~= "" and result.words or result.verdict end
  return output
end

function ask.ones() return 1 end

--- A dot product of n channels.
function ask.dot(n, dtype)
  return case.new {input = {1, n, 1, 1}, out_channels = 1, kernel_size = 1, bias = false, dtype = dtype or "float32"}
end

--- The subject's sum of `values` ({[channel from 0] = value}, others `rest`), times ones.
function ask.sum(tested, c, values, rest)
  local out, why = ask.output(tested, c, {input = function(_, k) return values[k] or rest end, weight = ask.ones})
  return out and out[1], why
end

--- The finding of a probe that got no answer.
function ask.unknown(why)
  return {is = "unknown", evidence = {why}}
end

return ask
