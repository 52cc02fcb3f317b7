-- midway.lua: operands whose sums often lie midway between two numbers of a narrow dtype, where ways of rounding to nearest
-- differ. Random data meet that once in thousands of results; sums of whole numbers that are a few times larger than the
-- dtype's last exact one meet it once in a few.

local precision = {float16 = 11, bfloat16 = 8}

-- Whole numbers from -most to most.
local function whole_numbers(shape, dtype, most, seed)
  local state = seed
  return tensor.new(shape, dtype, function()
    state = state * 6364136223846793005 + 1442695040888963407
    return (state >> 33) % (2 * most + 1) - most
  end)
end

--- Operands for an asker's case, by name; nil where its dtype is not narrow.
return function(a, seed)
  local bits = precision[a.case.dtype]
  if not bits then return nil end
  -- numbers up to m have a deviation of m / sqrt(3), so a sum of n products has about m * m / 3 * sqrt(n)
  local most = math.sqrt(3 * 2 ^ (bits + 1) / math.sqrt(math.max(1, a.sums.leaves)))
  most = math.max(1, math.min(math.floor(most), (1 << bits) - 1))
  local values = {}
  for name, t in pairs(a.case:operands()) do
    values[name] = whole_numbers(t.shape, t.dtype, most, seed + #name)
  end
  return values
end
