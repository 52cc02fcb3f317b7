-- adjoint.lua: backward is the adjoint of forward: <g, conv (x, w)> = <grad_input, x> = <grad_weight, w>.
-- On small integers all of these are exact.

local property = require "scripting.property"
property.open(arg)

for _, layer in ipairs(property.layers()) do
  local keys, shape, kernel = table.unpack(layer)
  local x, w = property.integers(shape, 1), property.integers(kernel, 2)
  local y = property.conv(x, w, nil, keys)
  local g = y and property.integers(y.shape, 3)
  local grads, why = nil, "skipped"
  if g then grads, why = property.gradients(x, w, g, keys) end
  if not grads then
    if why ~= "skipped" then property.words = "no gradients" end
    property.equal("adjoint", keys, nil, nil)
  else
    property.same("adjoint in the input", keys, grads.grad_input:dot(x), g:dot(y))
    property.same("adjoint in the weight", keys, grads.grad_weight:dot(w), g:dot(y))
    property.same("sum of the bias' gradient", keys, grads.grad_bias:sum(), g:sum())
  end
end
return tap.done()
