-- cost.lua: what cases cost, in products, elements and bytes: the same on every machine.

local cost = {}

local bytes_of = {}
for _, d in ipairs(cts.dtypes()) do bytes_of[d.name] = d.bits // 8 end

--- The products of one output element.
function cost.window(c)
  return c.input[#c.input - 2] // c.groups * c.kernel_size[1] * c.kernel_size[2]
end

local function product(list)
  local n = 1
  for _, size in ipairs(list) do n = n * size end
  return n
end

-- How many results of a call of backward take as many products as its output.
local function gradients_of(c)
  if c.gradients == "all" then return 2 end
  return (c.gradients:find "input" and 1 or 0) + (c.gradients:find "weight" and 1 or 0)
end

--- Products, elements of results, and bytes of input, weight and output of a call of forward or backward; nil of others,
--- and of calls that are not valid.
function cost.of(c)
  local call = c:expect()
  local backward = c.direction == "backward"
  if call.status ~= "ok" or not backward and c.direction ~= "forward" then return nil end
  local outputs, inputs = product(call.output_shape), product(c.input)
  local weights = c.out_channels * cost.window(c)
  return {products = outputs * cost.window(c) * (backward and gradients_of(c) or 1),
          outputs = backward and inputs + weights or outputs,
          bytes = (inputs + weights + outputs) * bytes_of[c.dtype]}
end

--- The cost of all cases, and the largest numbers of one: {cases =, products =, outputs =, bytes =, most_products =,
--- most_bytes =}.
function cost.total(cases)
  local total = {cases = 0, products = 0, outputs = 0, bytes = 0, most_products = 0, most_bytes = 0}
  for c in cases:cases() do
    local one = cost.of(c) or {products = 0, outputs = 0, bytes = 0}
    total.cases = total.cases + 1
    for key, n in pairs(one) do total[key] = total[key] + n end
    total.most_products = math.max(total.most_products, one.products)
    total.most_bytes = math.max(total.most_bytes, one.bytes)
  end
  return total
end

return cost
