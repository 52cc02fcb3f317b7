-- shift.lua: if the input begins a stride later, the output begins one row or column later. If the input ends earlier,
-- so does the output. Rows are longer than the vectors of a processor.

local property = require "scripting.property"
property.open(arg)

for _, stride in ipairs {1, 2, 3} do
  for axis = 3, 4 do
    local keys = {stride = stride}
    local w = property.integers({2, 2, 3, 2}, 3)
    local x = property.integers({1, 2, 21, 41}, 1)
    local whole, rest = property.conv(x, w, nil, keys), x.shape[axis] - stride
    for _, first in ipairs {stride, 0} do
      local part = property.conv(x:slice(axis, first, rest), w, nil, keys)
      property.equal(("%s along axis %d"):format(first > 0 and "later" or "shorter", axis), keys, part,
        whole and part and whole:slice(axis, first // stride, part.shape[axis]))
    end
  end
end
return tap.done()
