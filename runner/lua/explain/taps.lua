-- taps.lua: a call by the definition, tap by tap, in which every decision can be changed.
-- A model says where each product finds its elements. A mistake is a function that changes the model.

local taps = {}

local source = {} -- of what stands in the padding, by mode
for _, mode in ipairs(cts.padding_modes()) do source[mode.name] = mode.source end

--- Which row or column lies at coordinate q of an axis (0: the input's first); -1: a zero.
function taps.at(x, mode, q)
  if q >= 0 and q < x.size then return q end
  return source[mode](q, x.size)
end

--- The coordinate of tap r of window i.
function taps.coordinate(x, i, r)
  return i * x.stride + r * x.dilation - x.before
end

local right = {}

function right.source(m, x, i, r) return taps.at(x, m.mode, taps.coordinate(x, i, r)) end
function right.image(_, n) return n end
function right.channel(m, k, c) return k // m.group_out * m.group_in + c end
function right.weight(m, k, c, r, s)
  return ((k * m.group_in + c) * m.y.kernel + r) * m.x.kernel + s
end
function right.bias(m, _, k) return m.has_bias and m.biases[k + 1] or 0 end
function right.counts() return 1 end

local function axis(c, input, output, i)
  local x = {
    index = i, size = input[#input - 2 + i], out = output[#output - 2 + i],
    kernel = c.kernel_size[i], stride = c.stride[i], dilation = c.dilation[i],
  }
  x.dilated = x.dilation * (x.kernel - 1) + 1
  x.before = type(c.padding) == "table" and c.padding[i] or 0
  x.after = x.before
  if c.padding == "same" then
    x.before = (x.dilated - 1) // 2
    x.after = x.dilated - 1 - x.before
  end
  x.padded = x.size + x.before + x.after
  return x
end

-- The facts about a case that all models need, read once.
local function facts(c, tensors)
  local input, output = tensors.input.shape, (tensors.grad_output or tensors.output.want).shape
  local batched = #input == 4
  return {
    case = c, batched = batched, images = batched and input[1] or 1, outs = c.out_channels,
    channels = c.in_channels, groups = c.groups, group_in = c.in_channels // c.groups,
    group_out = c.out_channels // c.groups, mode = c.padding_mode, same = c.padding == "same",
    has_bias = c.bias, dtype = c.dtype, layout = c.layout,
    y = axis(c, input, output, 1), x = axis(c, input, output, 2),
    input = batched and tensors.input or tensors.input:reshape {1, table.unpack(input)},
    weights = tensors.weight, biases = tensors.bias and tensors.bias:totable() or {},
  }
end

local function copy(t)
  local new = {}
  for key, value in pairs(t) do new[key] = value end
  return new
end

--- A scene holds a case, its data and the right answer; models are made from it. nil: nothing to compute.
function taps.scene(c)
  local tensors = c:tensors()
  if not (tensors.input and tensors.weight and tensors.output) then return nil end
  return {case = c, want = tensors.output.want, facts = facts(c, tensors)}
end

--- The scene of one gradient of a backward case: its `want` is that gradient.
function taps.gradient_scene(c, name)
  local tensors = c:tensors()
  if not (tensors.input and tensors.weight and tensors[name]) then return nil end
  return {case = c, want = tensors[name].want, facts = facts(c, tensors), gradient = name, grad_output = tensors.grad_output}
end

--- A model that does all of it right.
function taps.model(scene)
  local m = copy(scene.facts)
  m.y, m.x, m.finish, m.after = copy(m.y), copy(m.x), {}, {}
  for name, f in pairs(right) do m[name] = f end
  return m
end

local function all_of(count)
  local list = {}
  for i = 1, count do list[i] = i - 1 end
  return list
end

-- source[i * kernel + r] of an axis, of some positions.
local function axis_map(m, x, positions)
  local map = {}
  for _, i in ipairs(positions) do
    for r = 0, x.kernel - 1 do map[#map + 1] = m.source(m, x, i, r) end
  end
  return map
end

local function weight_map(m, outs)
  local map, count = {}, #m.weights
  for _, k in ipairs(outs) do
    for c = 0, m.group_in - 1 do
      for r = 0, m.y.kernel - 1 do
        for s = 0, m.x.kernel - 1 do
          local at = m.weight(m, k, c, r, s)
          map[#map + 1] = at < 0 and -1 or at % count
        end
      end
    end
  end
  return map
end

local function pair_map(f, m, firsts, seconds)
  local map = {}
  for _, a in ipairs(firsts) do
    for _, b in ipairs(seconds) do map[#map + 1] = f(m, a, b) end
  end
  return map
end

-- A model as oracle.taps takes it: of all output elements, or of some channels, rows and columns.
local function maps(m, some)
  some = some or {outs = all_of(m.outs), rows = all_of(m.y.out), columns = all_of(m.x.out)}
  local outs, rows, columns, images = some.outs, some.rows, some.columns, all_of(m.images)
  local image = {}
  for n = 0, m.images - 1 do image[n + 1] = m.image(m, n) end
  return {
    images = m.images, outs = #outs, rows = #rows, columns = #columns, channels = m.group_in,
    kernel_rows = m.y.kernel, kernel_columns = m.x.kernel, image = image,
    row = axis_map(m, m.y, rows), column = axis_map(m, m.x, columns), weight = weight_map(m, outs),
    channel = pair_map(m.channel, m, outs, all_of(m.group_in)), overwrites = m.overwrites,
    bias = pair_map(m.bias, m, images, outs),
  }
end

--- The sums of a model, float64 [N, C, H, W], before anything in `finish`.
function taps.sums(m) return oracle.taps(maps(m), m.input, m.weights) end

-- The bias' gradient: the sums of grad_output by channel; m.counts says how much each element counts.
local function bias_gradient(m, grad_output)
  local sums = tensor.new({m.outs}, "float64")
  local plane = m.y.out * m.x.out
  for e = 0, #grad_output - 1 do
    local k = e // plane % m.outs + 1
    sums[k] = sums[k] + grad_output[e + 1] * m.counts(m, e // (plane * m.outs), e % plane)
  end
  return sums
end

--- The gradient of a scene by a model, as the case's own has its shape and dtype.
function taps.gradient(m, scene)
  local gradients = {}
  if scene.gradient == "grad_bias" then
    gradients.grad_bias = bias_gradient(m, scene.grad_output)
  else
    gradients.grad_input, gradients.grad_weight = oracle.taps_backward(maps(m), m.input, m.weights, scene.grad_output)
  end
  local g = gradients[scene.gradient]
  for _, f in ipairs(m.after) do g = f(m, g) end
  return g:reshape(scene.want.shape):astype(m.dtype)
end

--- The outputs of a model at some channels, rows and columns, {outs =, rows =, columns = lists}, [N, outs, rows, columns]; nil where
--- only all elements together tell.
function taps.some(m, some)
  if #m.finish > 0 then return nil end
  return oracle.taps(maps(m, some), m.input, m.weights):astype(m.dtype)
end

--- The output of a model, as the case's own has its shape and dtype.
function taps.output(m)
  local out = taps.sums(m)
  for _, f in ipairs(m.finish) do out = f(m, out) end
  if not m.batched then out = out:reshape {m.outs, m.y.out, m.x.out} end
  return out:astype(m.dtype)
end

return taps
