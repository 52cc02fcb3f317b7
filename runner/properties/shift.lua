-- shift.lua: an input that is moved by a stride moves the output by one; what comes in from outside is zero.

local property = require "property"
property.open(arg[1])

for _, stride in ipairs {1, 2, 3} do
  for axis = 3, 4 do
    local keys = {stride = stride}
    local w = property.integers({2, 2, 3, 2}, 3)
    local x = property.integers({1, 2, 11, 10}, 1)
    local moved = x:slice(axis, stride, x.shape[axis] - stride)
    local whole, part = property.conv(x, w, nil, keys), property.conv(moved, w, nil, keys)
    local n = part and part.shape[axis]
    property.equal("shift along axis " .. axis, keys, part, whole and n and whole:slice(axis, 1, n))
  end
end
return tap.done()
