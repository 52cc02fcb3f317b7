-- padding.lua: padding is the same as an input that was padded before, in every mode and under 'same'.

local property = require "scripting.property"
property.open(arg)

-- The row (or column) of an axis of n that stands at q; nil: a zero.
local function source(mode, q, n)
  if q >= 0 and q < n then return q end
  if mode == "reflect" then return q < 0 and -q or 2 * (n - 1) - q end
  if mode == "replicate" then return q < 0 and 0 or n - 1 end
  if mode == "circular" then return q % n end
end

local function pad(x, axis, before, after, mode)
  if mode == "zeros" then return x:pad(axis, before, after) end
  local parts = {}
  for q = -before, x.shape[axis] + after - 1 do
    parts[#parts + 1] = x:slice(axis, source(mode, q, x.shape[axis]), 1)
  end
  return tensor.cat(axis, parts)
end

for _, mode in ipairs {"zeros", "reflect", "replicate", "circular"} do
  for _, p in ipairs {{1, 0}, {0, 2}, {3, 2}} do
    local keys = {padding = p, padding_mode = mode}
    local x, w = property.integers({2, 2, 5, 6}, 1), property.integers({3, 2, 3, 2}, 2)
    local b = property.integers({3}, 3)
    local padded = pad(pad(x, 3, p[1], p[1], mode), 4, p[2], p[2], mode)
    property.equal("padding against a padded input", keys, property.conv(x, w, b, keys), property.conv(padded, w, b))
  end
  for _, kernel in ipairs {{2, 4}, {3, 2}} do
    for _, d in ipairs {1, 2} do
      local keys = {padding = "same", padding_mode = mode, dilation = d}
      local x, w = property.integers({1, 2, 7, 8}, 1), property.integers({2, 2, kernel[1], kernel[2]}, 2)
      local y, z = d * (kernel[1] - 1), d * (kernel[2] - 1)
      local padded = pad(pad(x, 3, y // 2, y - y // 2, mode), 4, z // 2, z - z // 2, mode)
      property.equal("'same' against a padded input", keys, property.conv(x, w, nil, keys),
        property.conv(padded, w, nil, {dilation = d}))
    end
  end
end
return tap.done()
