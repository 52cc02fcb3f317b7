-- batch.lua: an image's output depends neither on the other images nor on whether there is a batch.

local property = require "scripting.property"
property.open(arg)

for _, layer in ipairs(property.layers()) do
  local keys, shape, kernel = table.unpack(layer)
  local x = property.integers({3, shape[2], shape[3], shape[4]}, 1)
  local w, b = property.integers(kernel, 2), property.integers({kernel[1]}, 3)
  local whole = property.conv(x, w, b, keys)
  for n = 0, 2 do
    local image = x:slice(1, n, 1)
    local want = whole and whole:slice(1, n, 1)
    property.equal("image " .. n .. " alone", keys, property.conv(image, w, b, keys), want)
    property.equal("image " .. n .. " unbatched", keys, property.conv(image:reshape {shape[2], shape[3], shape[4]}, w, b, keys),
      want and want:reshape {table.unpack(want.shape, 2)})
  end
end
return tap.done()
