-- linearity.lua: conv (2 x + y) = 2 conv (x) + conv (y), in the input and in the weight; the bias is added once.

local property = require "scripting.property"
property.open(arg)

for _, layer in ipairs(property.layers()) do
  local keys, shape, kernel = table.unpack(layer)
  local x, y = property.integers(shape, 1), property.integers(shape, 2)
  local w, v = property.integers(kernel, 3), property.integers(kernel, 4)
  local b = property.integers({kernel[1]}, 5)
  local of_x, of_y = property.conv(x, w, nil, keys), property.conv(y, w, nil, keys)
  local of_v, with_bias = property.conv(x, v, nil, keys), property.conv(x, w, b, keys)
  property.equal("linear in the input", keys, property.conv(x * 2 + y, w, nil, keys), of_x and of_y and of_x * 2 + of_y)
  property.equal("linear in the weight", keys, property.conv(x, w * 2 + v, nil, keys), of_x and of_v and of_x * 2 + of_v)
  local plane = of_x and of_x.shape[3] * of_x.shape[4]
  property.equal("the bias is added once", keys, with_bias,
    of_x and of_x:map(function(value, i) return value + b[(i - 1) // plane % kernel[1] + 1] end))
end
return tap.done()
