-- property.lua: what property scripts share: a subject, layers, exact data, and TAP.
-- A property needs no oracle: it compares answers of the subject with each other, on small integers,
-- so that they must agree bit for bit.

local property = {}

--- The subject that the script's arguments name, a file or --impl-cmd COMMAND; it ends with `return tap.done ()`.
function property.open(arguments)
  local option, command = arguments[1], arguments[2]
  if not option or option == "--impl-cmd" and not command then
    cts.fail(2, ("usage: conv2d-cts lua %s SUBJECT.so | --impl-cmd COMMAND"):format(arguments[0]))
  end
  property.subject = subject.open(option == "--impl-cmd" and {command = command} or {path = option})
  return property.subject
end

--- A tensor of small integers, another for another seed.
function property.integers(shape, seed, dtype)
  local state = seed * 7919 + 17
  return tensor.new(shape, dtype or "float32", function()
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % 9 - 4
  end)
end

--- conv (input, weight, bias or nil, keys): the subject's output, or nil where it does not offer the call.
function property.conv(input, weight, bias, keys)
  local all = {input = input.shape, out_channels = weight.shape[1], kernel_size = {weight.shape[3], weight.shape[4]},
    bias = bias ~= nil, dtype = input.dtype}
  for key, value in pairs(keys or {}) do all[key] = value end
  local tensors, result = property.subject:call(case.new(all), {input = input, weight = weight, bias = bias})
  if tensors.output then return tensors.output end
  if result.class ~= "skipped" then property.words = result.words end
  return nil, result.class
end

--- The gradients of a call, likewise.
function property.gradients(input, weight, grad_output, keys)
  local all = {input = input.shape, out_channels = weight.shape[1], kernel_size = {weight.shape[3], weight.shape[4]},
    direction = "backward", dtype = input.dtype}
  for key, value in pairs(keys or {}) do all[key] = value end
  local tensors, result = property.subject:call(case.new(all), {input = input, weight = weight, grad_output = grad_output})
  if tensors.grad_input then return tensors end
  return nil, result.class
end

--- Layers of all kinds: {keys, input shape, weight shape}.
function property.layers()
  return {
    {{}, {2, 3, 6, 7}, {4, 3, 3, 2}},
    {{padding = {1, 2}}, {2, 2, 5, 6}, {3, 2, 3, 3}},
    {{stride = {2, 3}}, {1, 2, 8, 9}, {3, 2, 2, 3}},
    {{dilation = {2, 3}}, {1, 2, 8, 11}, {3, 2, 3, 3}},
    {{groups = 2, padding = 1}, {2, 4, 5, 6}, {6, 2, 3, 2}},
    {{groups = 3, stride = 2, padding = {2, 1}, dilation = {1, 2}}, {2, 3, 7, 8}, {6, 1, 3, 2}},
    {{padding = {2, 1}, padding_mode = "reflect"}, {1, 2, 6, 5}, {3, 2, 3, 3}},
    {{padding = {1, 2}, padding_mode = "circular", stride = {2, 1}}, {2, 2, 6, 5}, {3, 2, 3, 2}},
    {{padding = {3, 1}, padding_mode = "replicate"}, {1, 2, 4, 5}, {2, 2, 2, 3}},
    {{padding = "same", dilation = {1, 2}}, {1, 2, 5, 7}, {2, 2, 2, 4}},
  }
end

local function text(keys)
  local list = {}
  for key, value in pairs(keys) do
    list[#list + 1] = key .. "=" .. (type(value) == "table" and table.concat(value, "x") or tostring(value))
  end
  table.sort(list)
  return #list > 0 and table.concat(list, ",") or "plain"
end

--- Two tensors that must be equal; nil for one that the subject does not offer.
function property.equal(name, keys, got, want)
  local what = name .. ": " .. text(keys)
  if got and want then
    tap.ok(got:equal(want), what, tostring(got) .. " and " .. tostring(want) .. " differ")
  elseif property.words then
    tap.ok(false, what, property.words)
  else
    tap.skip(what, "the subject does not offer it")
  end
  property.words = nil
end

--- Two numbers likewise.
function property.same(name, keys, got, want)
  tap.ok(got == want, name .. ": " .. text(keys), ("%s and %s differ"):format(got, want))
end

return property
