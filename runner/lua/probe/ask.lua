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

-- The orders in which three terms are laid over channels, and the channels that they are laid on.
local orders = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}
local places = {{0, 1, 2}, {0, 16, 32}, {3, 21, 60}}

--- The subject's sums of big, v and -big among zeros, c being of 64 channels, in every order and at several distances:
--- {[sum] = true}, "nan" for a NaN; nil and why where one has no answer. Exact sums are all v.
function ask.cancelling(tested, c, big, v)
  local seen, terms = {}, {big, v, -big}
  for _, order in ipairs(orders) do
    for _, at in ipairs(places) do
      local values = {}
      for i = 1, 3 do values[at[order[i]]] = terms[i] end
      local got, why = ask.sum(tested, c, values, 0)
      if not got then return nil, why end
      seen[got == got and got or "nan"] = true
    end
  end
  return seen
end

--- Whether v is the only sum that is seen.
function ask.is_only(seen, v)
  return seen[v] == true and next(seen, next(seen)) == nil
end

--- The finding of a probe that got no answer.
function ask.unknown(why)
  return {is = "unknown", evidence = {why}}
end

return ask
