-- dilation.lua: a dilated kernel is a larger one with zeros between its taps.

local property = require "scripting.property"
property.open(arg)

for _, d in ipairs {{2, 1}, {1, 3}, {2, 3}} do
  for _, more in ipairs {{}, {stride = 2}, {padding = {2, 1}}} do
    local keys = {dilation = d, stride = more.stride, padding = more.padding}
    local x, w = property.integers({2, 2, 9, 11}, 1), property.integers({3, 2, 3, 3}, 2)
    property.equal("dilation against a kernel with zeros", keys, property.conv(x, w, nil, keys),
      property.conv(x, w:stretch(3, d[1]):stretch(4, d[2]), nil, more))
  end
end
return tap.done()
