-- stride.lua: a stride is every s-th row and column of the output without it.

local property = require "scripting.property"
property.open(arg)

for _, s in ipairs {{2, 1}, {1, 3}, {3, 2}} do
  for _, more in ipairs {{}, {padding = {2, 1}}, {dilation = {1, 2}}, {padding = 1, padding_mode = "reflect"}} do
    local keys = {stride = s}
    for key, value in pairs(more) do keys[key] = value end
    local x, w = property.integers({2, 2, 9, 10}, 1), property.integers({3, 2, 3, 2}, 2)
    local full = property.conv(x, w, nil, more)
    local want = full
    for a = 1, full and 2 or 0 do
      want = want:slice(a + 2, 0, (want.shape[a + 2] - 1) // s[a] + 1, s[a])
    end
    property.equal("stride against every s-th output", keys, property.conv(x, w, nil, keys), want)
  end
end
return tap.done()
