-- groups.lua: a grouped convolution is the concatenation of separate ones, on blocks of channels.

local property = require "scripting.property"
property.open(arg)

for _, g in ipairs {{groups = 2}, {groups = 3, padding = {1, 2}}, {groups = 4, stride = {1, 2}, dilation = {2, 1}}} do
  local groups, inside, outside = g.groups, 2, 3
  local x = property.integers({2, groups * inside, 7, 8}, 1)
  local w = property.integers({groups * outside, inside, 3, 2}, 2)
  local b = property.integers({groups * outside}, 3)
  local whole, parts = property.conv(x, w, b, g), {}
  local alone = {stride = g.stride, padding = g.padding, dilation = g.dilation}
  for i = 0, groups - 1 do
    parts[#parts + 1] = property.conv(x:slice(2, i * inside, inside), w:slice(1, i * outside, outside),
      b:slice(1, i * outside, outside), alone)
  end
  property.equal("groups against separate convolutions", g, whole, #parts == groups and tensor.cat(2, parts) or nil)
end
return tap.done()
