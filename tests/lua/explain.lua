-- explain.lua: run by explain.t. explain-score.lua does the same on all mutants.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local mistakes = require "explain.mistakes"
local taps = require "explain.taps"
local telling = require "explain.telling"

-- ---- the model without a mistake is the oracle

local different, count = 0, 0
for c in suite.load(cts.root .. "/cases/sweeps/interactions.yaml", {tier = "quick"}):cases() do
  local scene = c.direction == "forward" and c:expect().status == "ok" and taps.scene(c:with {data = "integers"})
  if scene then
    count = count + 1
    different = different + (taps.output(taps.model(scene)):equal(scene.want) and 0 or 1)
  end
end
tap.ok(count > 300, "the model is tried on " .. count .. " cases")
tap.is(different, 0, "and is the oracle on each")

-- ---- texts speak of height and width: C and Python count from 0, Lua from 1

local counted = 0
for _, m in ipairs(mistakes) do counted = counted + (m.text:find "%[%d" and 1 or 0) end
tap.is(counted, 0, "no mistake is reported by the number of an axis")

-- ---- every mistake shows on some telling case, and no two are the same

local scenes = {}
for _, keys in ipairs {{}, {layout = "nhwc"}, {layout = "reversed"}} do
  for _, c in ipairs(telling.cases(keys)) do scenes[#scenes + 1] = taps.scene(c) end
end

local function answers(h)
  local hash = 0
  local shows = false
  for _, scene in ipairs(scenes) do
    local m = taps.model(scene)
    h.apply(m)
    local out = taps.output(m)
    shows = shows or not out:equal(scene.want)
    for i = 1, #out do hash = (hash * 31 + math.tointeger(out[i] * 16 // 1)) & 0xffffffffffff end
  end
  return hash, shows
end

local by_answers, hidden, equal = {}, {}, {}
for _, h in ipairs(mistakes) do
  local hash, shows = answers(h)
  if not shows then hidden[#hidden + 1] = h.name end
  if by_answers[hash] then equal[#equal + 1] = by_answers[hash] .. " = " .. h.name end
  by_answers[hash] = h.name
end
tap.is(table.concat(hidden, ", "), "", "each of " .. #mistakes .. " mistakes shows on a telling case")
tap.is(table.concat(equal, ", "), "", "and no two give the same answers")

-- ---- gradients: without a mistake they are the oracle's; every mistake of their own shows, no two alike

local gradient_mistakes = require "explain.mistakes.backward"
local names = {"grad_input", "grad_weight", "grad_bias"}

local gradient_scenes = {grad_input = {}, grad_weight = {}, grad_bias = {}}
for _, c in ipairs(telling.cases {direction = "backward"}) do
  for _, name in ipairs(names) do table.insert(gradient_scenes[name], taps.gradient_scene(c, name)) end
end

local function gradient_answers(name, h)
  local hash, shows = 0, false
  for _, scene in ipairs(gradient_scenes[name]) do
    local m = taps.model(scene)
    h.apply(m)
    local g = taps.gradient(m, scene)
    shows = shows or not g:equal(scene.want)
    for i = 1, #g do hash = (hash * 31 + math.tointeger(g[i] * 16 // 1)) & 0xffffffffffff end
  end
  return hash, shows
end

for _, name in ipairs(names) do
  local _, shows = gradient_answers(name, {apply = function() end})
  tap.is(shows, false, name .. " of the model is the oracle's")
  by_answers, hidden, equal = {}, {}, {}
  for _, h in ipairs(gradient_mistakes[name]) do
    if h.name:sub(1, 4) == "grad" then
      local hash, shown = gradient_answers(name, h)
      if not shown then hidden[#hidden + 1] = h.name end
      if by_answers[hash] then equal[#equal + 1] = by_answers[hash] .. " = " .. h.name end
      by_answers[hash] = h.name
    end
  end
  tap.is(table.concat(hidden, ", "), "", "each own mistake of " .. name .. " shows on a telling case")
  tap.is(table.concat(equal, ", "), "", "and no two give the same answers")
  local twice = {}
  for _, h in ipairs(gradient_mistakes[name]) do
    local good, hash, shown = pcall(gradient_answers, name, h)
    if good and shown and by_answers[hash] and by_answers[hash] ~= h.name then twice[#twice + 1] = by_answers[hash] .. " = " .. h.name end
  end
  tap.is(table.concat(twice, ", "), "", "nor the same as a forward mistake made in " .. name)
end

-- ---- two mistakes at once, made by subjects that are models themselves

local explanation = require "explain.explain"

local function named(name)
  for _, list in ipairs {mistakes, gradient_mistakes.grad_input, gradient_mistakes.grad_weight, gradient_mistakes.grad_bias} do
    for _, h in ipairs(list) do if h.name == name then return h end end
  end
end

-- A subject that makes these mistakes: in the forward pass, or in one gradient.
local function maker(gradient, list)
  local function answer(c)
    local scene
    if gradient then scene = taps.gradient_scene(c, gradient) else scene = taps.scene(c) end
    if not scene then return nil end
    local m = taps.model(scene)
    for _, name in ipairs(list) do named(name).apply(m) end
    return (gradient and taps.gradient or taps.output)(m, scene), scene.want
  end
  local function test(_, c)
    local tensors, right = {}, true
    for name, t in pairs(c:tensors()) do
      if type(t) == "table" then tensors[name] = t.want end
    end
    if (gradient ~= nil) == (c.direction == "backward") then
      local got, want = answer(c)
      tensors[gradient or "output"], right = got, not got or got:equal(want)
    end
    return {class = right and "passed" or "failed", verdict = right and "pass" or "wrong value", case = c, tensors = tensors}
  end
  return {test = test}
end

local SECONDS = 300 -- for a search, on a machine that others share

for _, try in ipairs {
  {nil, {"kernel-flipped", "bias-twice"}}, {nil, {"dilation-forgotten", "negated"}},
  {"grad_weight", {"grad-weight-negated", "padding-swapped"}}, {"grad_input", {"grad-input-halved", "grad-input-first-image"}},
  {"grad_bias", {"grad-bias-negated", "grad-bias-first-row"}},
} do
  local gradient, list = table.unpack(try)
  local c = case.new {input = {2, 4, 7, 9}, out_channels = 6, kernel_size = {3, 2}, stride = {2, 1}, padding = {1, 2}, dilation = {1, 2},
    groups = 2, direction = gradient and "backward" or "forward"}
  local found, texts = explanation.search(maker(gradient, list), c, SECONDS), {}
  for i, h in ipairs(found.mistakes or {}) do texts[i] = h.name end
  table.sort(texts)
  table.sort(list)
  if #texts == 0 then texts[1] = found.kind end
  tap.is(table.concat(texts, " + "), table.concat(list, " + "), "two at once: " .. table.concat(list, " and "))
end

-- ---- mistakes that are made at some sizes or with some options alone, by subjects that are models themselves

-- The answer of a mistake to a case, and the right one.
local function mistaken(c, gradient, h)
  local scene = gradient and taps.gradient_scene(c, gradient) or not gradient and taps.scene(c) or nil
  if not scene then return nil end
  local m = taps.model(scene)
  h.apply(m)
  return (gradient and taps.gradient or taps.output)(m, scene), scene.want
end

-- A subject that answers rightly, but where `when` (case) holds: there as answer (case, right output or gradient), or with another
-- verdict, or with another shape. only: the direction that it offers, nil for all.
local function planted(fault)
  local name = fault.gradient or "output"
  local function test(_, c)
    local result = {class = "passed", verdict = "pass", words = "", case = c, tensors = {}, output_shape = c:expect().output_shape}
    if fault.only and c.direction ~= fault.only then
      return {class = "skipped", verdict = "unsupported", words = "", case = c, tensors = {}}
    end
    for key, t in pairs(c:tensors()) do
      if type(t) == "table" then result.tensors[key] = t.want end
    end
    local want = result.tensors[name]
    if not want or not fault.when(c) then return result end
    if fault.verdict then return {class = "failed", verdict = fault.verdict, words = "", case = c, tensors = {}} end
    if fault.shape then
      result.output_shape = fault.shape(c, taps.scene(c).facts)
      for i, n in ipairs(result.output_shape) do
        if n ~= c:expect().output_shape[i] then
          return {class = "failed", verdict = "wrong shape", words = "", case = c, tensors = {}, output_shape = result.output_shape}
        end
      end
      return result
    end
    local got
    if fault.mistake then got = mistaken(c, fault.gradient, named(fault.mistake)) else got = fault.answer(c, want) end
    if got and not got:equal(want) then result.tensors[name], result.class, result.verdict = got, "failed", "wrong value" end
    return result
  end
  return {test = test}
end

local function width(c) return c:expect().output_shape[#c:expect().output_shape] end

local function explained(fault, keys, text, name)
  local found = explanation.search(planted(fault), case.new(keys), SECONDS)
  local behaves, where = "", ""
  if found.mistakes then behaves, where = explanation.words(found) end
  tap.is(found.mistakes and behaves .. where or found.kind, text, name)
  return found
end

local function padded(keys)
  for key, value in pairs {kernel_size = 3, padding = {1, 2}} do keys[key] = keys[key] or value end
  return keys
end

local flipped = "as if the kernel were flipped: a true convolution, not a cross-correlation"

explained({mistake = "padding-forgotten", when = function(c) return c.out_channels % 8 == 0 end},
  padded {input = {1, 3, 7, 9}, out_channels = 16},
  "as if the first window started in the input, where out_channels is a multiple of 8", "out_channels a multiple of 8")
explained({mistake = "bias-forgotten", when = function(c) return c.in_channels // c.groups >= 24 end},
  {input = {1, 30, 7, 9}, out_channels = 3, kernel_size = 3},
  "as if there were no bias, where in_channels / groups is at least 24", "in_channels at least 24")
explained({mistake = "kernel-flipped", when = function(c) return width(c) % 4 ~= 0 end},
  {input = {1, 2, 7, 9}, out_channels = 3, kernel_size = 3},
  flipped .. ", where the output's width is not a multiple of 4", "a tail of 4 columns")
explained({mistake = "kernel-flipped", when = function(c)
  local function is(list, n) return list[1] == n and list[2] == n end
  return is(c.kernel_size, 3) and is(c.stride, 1) and is(c.dilation, 1) and c.groups == 1
end}, {input = {1, 2, 7, 9}, out_channels = 3, kernel_size = 3},
  flipped .. ", where the kernel is 3x3, without stride, dilation and groups",
  "what Winograd computes")
explained({mistake = "bias-twice", when = function(c) return #c.input == 4 and c.input[1] >= 6 end},
  {input = {9, 2, 4, 5}, out_channels = 3, kernel_size = 2},
  "as if the bias were added twice, where the batch size is at least 6", "a batch of 6")
explained({mistake = "bias-subtracted", when = function(c)
  return c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2] >= 50
end},
  {input = {1, 8, 7, 9}, out_channels = 3, kernel_size = 3},
  "as if the bias were subtracted, where the number of products in an output is at least 50", "K at least 50")
explained({mistake = "padding-swapped", when = function(c) return c.groups > 1 and c.out_channels % 4 == 0 and c.dtype == "float16" end},
  padded {input = {1, 4, 7, 9}, out_channels = 8, groups = 2, dtype = "float16"},
  "as if height and width of padding were swapped, where there are groups, the dtype is float16 and out_channels is a multiple of 4",
  "combined with the conditions that were there")

-- ---- what wrong values are, and where they lie

-- Every element of an output as f (right value, n, k, i, j, all right values).
local function mapped(want, f)
  local shape = want.shape
  local rows, columns, channels = shape[#shape - 1], shape[#shape], shape[#shape - 2]
  return want:map(function(v, at)
    local e = at - 1
    return f(v, e // (channels * rows * columns), e // (rows * columns) % channels, e // columns % rows, e % columns, want)
  end)
end

local function from_six(c) return c.out_channels >= 6 end
local odd_channels = {input = {1, 3, 7, 9}, out_channels = 7, kernel_size = 3}

explained({when = from_six, answer = function(c, want)
  return mapped(want, function(v, _, k) return k >= c.out_channels // 4 * 4 and 0 or v end)
end}, odd_channels, "as if output channels beyond a multiple of 4 were left zero, where out_channels is at least 6", "zeros at the tail")
explained({when = from_six, answer = function(c, want)
  if not c.dtype:find "float" then return want end
  return mapped(want, function(v, _, _, i) return i == 0 and 0 / 0 or v end)
end}, odd_channels, "as if output rows: the first one were NaN, where out_channels is at least 6", "NaN in the first row")
explained({when = function(c) return c.kernel_size[2] == 5 end, answer = function(_, want) return want * 3 end},
  {input = {1, 3, 7, 9}, out_channels = 4, kernel_size = 5},
  "as if all elements were 3 times what they should be, where the kernel's width is 5", "a constant factor")
explained({when = function(c) return c.dilation[1] >= 2 and c.dilation[2] >= 2 and c.bias end, answer = function(c, want)
  local biases = c:tensors().bias
  return mapped(want, function(_, _, k) return biases[k + 1] end)
end}, {input = {1, 3, 9, 9}, out_channels = 4, kernel_size = 3, dilation = 2},
  "as if results were the bias alone, where rows are dilated, columns are dilated and there is a bias", "the bias alone")
explained({when = from_six, answer = function(_, want)
  local plane = want.shape[#want.shape] * want.shape[#want.shape - 1]
  return tensor.new(want.shape, want.dtype, function(at)
    local k = (at - 1) // plane % want.shape[#want.shape - 2]
    return want[k == 5 and at - plane or at]
  end)
end}, odd_channels, "as if output channels 5 alone had the right value of the channel before them",
  "another channel's right values")

-- No mistake is named of what is none: elements changed by chance, under a condition or without one. But it is said where they are wrong,
-- or what they are.
local function noise(c, want)
  local sum = 0
  for i = 1, #want do sum = sum + i * want[i] % 97 end
  local salt = math.tointeger(sum // 1)
  return want:map(function(v, at)
    if (at * 7919 + salt * 31 + c.out_channels) % 5 > 0 then return v end
    return v + 1 + (at * 31 + salt) % 3
  end)
end
for name, when in pairs {always = function() return true end, ["from six channels on"] = from_six,
                         ["with groups"] = function(c) return c.groups > 1 end} do
  local keys = {input = {2, 4, 6, 7}, out_channels = 8, kernel_size = {3, 2}, groups = name == "with groups" and 2 or 1}
  local found = explained({when = when, answer = noise}, keys, "unknown", "random elements, " .. name .. ": no mistake is named")
  if name == "from six channels on" then
    tap.is(found.shared and found.shared.text, "out_channels is at least 6", "but where it fails is told")
  end
end
local found_zero = explanation.search(planted {when = from_six, answer = function(c, want)
  return want:map(function(v, at) return (at * 7919 + #want + c.kernel_size[1]) % 5 == 0 and 0 or v end)
end}, case.new(odd_channels), SECONDS)
tap.is(found_zero.mistakes, nil, "zeros at random places are no mistake of the list")
tap.is(found_zero.contents and found_zero.contents.kind, "zero", "but that they are zeros is told")

-- ---- gradients, of a subject that offers nothing else

local away = {input = {2, 4, 7, 9}, out_channels = 6, kernel_size = {3, 2}, stride = {2, 1}, padding = {1, 2}, groups = 2,
  direction = "backward"}
explained({gradient = "grad_weight", only = "backward", mistake = "grad-weight-first-image", when = function() return true end}, away,
  "as if it were of the first image only, not summed over the batch", "a gradient where only backward is offered")
explained({gradient = "grad_input", only = "backward", mistake = "stride-swapped", when = function(c)
  return c.in_channels // c.groups >= 12
end},
  {input = {1, 16, 7, 9}, out_channels = 2, kernel_size = 3, stride = {2, 1}, direction = "backward"},
  "as if height and width of stride were swapped, where in_channels / groups is at least 12", "and under a condition on sizes")

-- ---- shapes

local function shape_of(f)
  return function(c, m)
    local rank = #c.input
    m.y.same, m.x.same = m.same, m.same
    local list = {m.outs, f(m.y, m.x), f(m.x, m.y)}
    if rank == 4 then table.insert(list, 1, c.input[1]) end
    return list
  end
end
local oblong = {input = {1, 2, 11, 13}, out_channels = 3, kernel_size = {3, 2}, stride = {2, 1}, padding = {1, 0}, dilation = {1, 2}}
local function always() return true end
explained({when = always, shape = shape_of(function(x, y)
  return (x.padded - x.dilated) // (x.index == 1 and x or y).stride + 1
end)}, oblong,
  "as if both axes had the height of stride, in the shape too", "a stride taken from the rows")
explained({when = always, shape = shape_of(function(x, y)
  if x.same then return x.out end
  return (x.size + 2 * (x.index == 2 and x or y).before - x.dilated) // x.stride + 1
end)}, oblong, "as if both axes had the width of padding, in the shape too", "a padding taken from the columns")
explained({when = function(c) return c.padding ~= "same" end, shape = shape_of(function(x)
  return (x.padded - x.dilation * x.kernel) // x.stride + 1
end)}, oblong, "as if a dilated kernel were d * k elements long, not d * (k - 1) + 1", "a dilated kernel counted d * k")

-- ---- what calls that crash share

local crashing = explained({verdict = "crash", when = function(c) return c.out_channels % 16 == 0 and c.stride[2] > 1 end},
  {input = {1, 3, 9, 9}, out_channels = 32, kernel_size = 3, stride = 2}, "silent", "a crash has no mistake")
tap.is(crashing.shared and crashing.shared.text, "columns have a stride and out_channels is a multiple of 16",
  "but what crashing calls share is told")

-- ---- the command, on mutants

local function explain(mutant, id, options)
  local status, out = tap.run(("explain --seconds %d --impl build/mutants/%s.so '%s' %s"):format(SECONDS, mutant, id, options or ""))
  return out, status
end

local function finds(mutant, id, text)
  local out = explain(mutant, id)
  tap.has(out, text, mutant)
end

-- Under `same` a kernel of 2 has padding below and at the right only, where this mutant is right.
finds("option-circular-deep", "conv2d:in=1x16x13x12,out=16,k=3,s=2,p=0x3,g=16,mode=circular,dtype=int8",
  "where there is padding above or at the left and in_channels is at least 16")

-- Conditions that all calls near the failing one foretell, and layers unlike it do not.
finds("option-depthwise-twice", "conv2d:in=1x24x9x1,out=48,k=3,s=2,p=2x1,g=24,mode=replicate,dtype=bfloat16",
  "where it is depthwise, in_channels is at least 17 and out_channels / groups is at least 2")
finds("option-patches-deep", "conv2d:in=32x7x7,out=32,k=16,s=16,p=6,g=32,mode=reflect,dtype=int8,layout=nhwc",
  "where the stride of columns is the kernel's width, in_channels is at least 8 and the kernel's width is at least 14")
finds("tracker-cube", "conv2d:in=16x8x8x8,out=8,k=2,g=8,dtype=int64,layout=nhwc-slice",
  "where in_channels, height and width are equal")
-- NaN, of which integers have none.
finds("option-window-of-588", "conv2d:in=1x14x12x12,out=3,k=7", "output rows: the first one were NaN, where the kernel is larger than 1x1")

local plain = "conv2d:in=2x4x7x9,out=6,k=3x2,s=2x1,p=1x2,d=1x2,g=2"
finds("stride-swapped", plain, "height and width of stride were swapped:")
finds("kernel-flipped", plain, "the kernel were flipped: a true convolution")
finds("bias-without-groups", plain, "there were no bias, where there are groups:")
finds("group-inputs-interleaved", plain, "groups took input channels in turn")
finds("same-larger-half-first", "conv2d:in=1x1x5x6,out=1,k=2,p=same", "'same' put the odd element above and left")
finds("reflect-repeats-edge", "conv2d:in=1x1x5x6,out=1,k=3,p=1,mode=reflect", "reflect repeated the edge")
finds("shape-ceiling", "conv2d:in=1x1x6x6,out=1,k=3,s=2", "the output's size were rounded up")
finds("channels-last-undilated", "conv2d:in=2x4x7x9,out=6,k=3,d=2,layout=nhwc", "where the input's layout is nhwc")

-- The gradients by themselves, where the forward pass is right.
local backward = "conv2d:in=2x4x7x9,out=6,k=3x2,s=2x3,p=1x2,d=1x2,g=2,dir=backward"
finds("grad-weight-flipped", backward, "computes grad_weight as if its rows and columns were in reverse order:")
finds("grad-input-kernel-flipped", backward, "computes grad_input as if grad_output were correlated with the kernel as it is")
finds("grad-padding-swapped", backward, "computes grad_weight and grad_input as if height and width of padding were swapped:")
finds("grad-bias-first-image", backward, "computes grad_bias as if it were of the first image only, not summed over the batch:")
finds("grad-weight-averaged", backward, "computes grad_weight as if it were divided by the number of images:")
finds("grad-input-overwritten", backward, "computes grad_input as if each product replaced the sum of those before it:")
local large = "conv2d:in=4x64x30x31,out=64,k=3,s=2,p=1,g=2,data=uniform,dir=backward"
tap.has(explain("grad-weight-flipped", large), "asked on conv2d:in=4x1x30x31,out=1", "a large layer is made smaller first")
finds("grad-input-padding-dropped", backward .. ",mode=circular", "dropped, not brought back")

-- Complex numbers.
finds("complex-square-added", plain .. ",dtype=complex64", "the imaginary parts were added to the real part")
finds("complex-three-products-sign", plain .. ",dtype=complex128", "of three products, C - A - B")
finds("complex-parts-exchanged", plain .. ",dtype=complex64", "the real and the imaginary part of the output were exchanged")
finds("complex-bias-real", plain .. ",dtype=complex64", "the imaginary part of the bias were 0")
finds("complex-grad-input-unconjugated", backward .. ",dtype=complex64", "grad_input as if the other factor were not conjugated")
finds("complex-grad-weight-unconjugated", backward .. ",dtype=complex128", "grad_weight as if the other factor were not conjugated")

local out, status = explain("into-next-row", "conv2d:in=1x1x4x5,out=1,k=1x3")
tap.has(out, "No mistake of the list", "a mistake that is not in the list is not named")
tap.has(out, "columns         the last only", "but where it shows")
tap.has(out, "..#", "with a map")
tap.is(status, 1, "and status 1")
out, status = explain("none", plain)
tap.has(out, "there is nothing to explain", "a right answer needs none")
tap.is(status, 0, "and status 0")
out = explain("input-in-bfloat16", plain .. ",data=uniform")
tap.has(out, "the arithmetic is off", "rounding is no index mistake")
out = explain("grad-weight-float64-in-float32", backward .. ",dtype=float64,data=uniform")
tap.has(out, "the arithmetic is off", "in gradients as well")
out = explain("accepts-everything", plain)
tap.has(out, "there is nothing to explain", "nor is what this case does not ask")
out = explain("init-kaiming", "conv2d:in=1x64x7x7,out=64,k=3,dir=init")
tap.has(out, "no mistake predicts their values", "fresh parameters are not predicted")
tap.has(out, "as if the bound were sqrt(6/fan_in)", "but the judge's words are reported")
out = explain("into-next-row", "conv2d:in=2x1x4x5,out=4,k=1x3")
tap.has(out, "[0,0] [0,1] [0,2] [0,3] [1,0] and 3 more alike\n    ..#\n", "planes that look alike are drawn once")
tap.has(out, "rows            all (of 4, each of 24 elements)", "and an axis that is wrong throughout is")
out = explain("last-slightly-off", "conv2d:in=1x2x7x9,out=3,k=3,data=uniform")
tap.has(out, "1 of 105 elements are wrong", "rounding within the bound is not on the map")
out = explain("refuses-remainder", "conv2d:in=1x1x6x6,out=1,k=3,s=2")
tap.has(out, "There is no answer to explain", "a refusal is no answer")

local found = json.decode((explain("stride-swapped", plain, "--json")))
tap.is(found.mistakes[1], "stride-swapped", "--json names the mistake")
tap.ok(found.agree >= 14 and found.agree == found.telling, "and how many telling cases agree")

local folder = tap.folder()
explain("into-next-row", "conv2d:in=1x1x4x5,out=1,k=1x3", "--svg " .. folder .. "/map.svg")
local svg = tap.read(folder .. "/map.svg")
tap.is(select(2, svg:gsub("<rect", "")), 1 + 4, "--svg draws each plane and each wrong element")
tap.is(select(2, svg:gsub('x="16"', "")), 4, "where it is")
tap.has(svg, ">[0,0]</text>", "with the name of its plane")
tap.is(tap.shell(("xmllint --noout %s/map.svg || ! command -v xmllint"):format(folder)), 0, "as XML")

-- ---- how long it takes: it looks at the clock also while it computes, and while it draws a map of many channels

for _, try in ipairs {{"limit-filters-16-bits", "conv2d:in=1x4x7x8,out=65537,k=3"}, {"limit-taps", "conv2d:in=2x16x200x200,out=8,k=182"}} do
  local began = cts.now()
  tap.run(("repro --impl build/mutants/%s.so '%s'"):format(try[1], try[2]))
  local once = cts.now() - began -- one call, which a search does not interrupt; on a busy machine it takes long
  began = cts.now()
  explain(try[1], try[2], "--seconds 4")
  local seconds = cts.now() - began
  tap.ok(seconds < 20 + 6 * once, ("%s ends soon after the time that it was given"):format(try[2]),
    ("%.0f s, and one call %.0f s"):format(seconds, once))
end

local began = cts.now()
local long = "build/conv2d-cts explain --impl build/mutants/limit-filters-16-bits.so"
tap.shell(("timeout --signal INT 3 %s --seconds 60 '%s' >%s/out 2>%s/err"):format(long, "conv2d:in=1x4x7x8,out=65537,k=3", folder, folder))
tap.ok(cts.now() - began < 20, "Ctrl-C ends it at once")
tap.has(tap.read(folder .. "/err"), "interrupted while", "and it says what it did")
tap.shell(("%s --progress json --seconds 6 '%s' >%s/out 2>%s/err"):format(long, "conv2d:in=1x4x7x8,out=65537,k=3", folder, folder))
tap.has(tap.read(folder .. "/err"), '{"progress":', "it says what it does")

-- ---- patterns of a map, on answers that are wrong where a function says

tap.write(folder .. "/map.lua", [[
local function show(keys, test)
  local c = case.new(keys)
  local want = c:tensors().output.want
  local got = tensor.new(want.shape, want.dtype, want:totable())
  for k = 0, 3 do for i = 0, 7 do for j = 0, 8 do if test(k, i, j) then got:put(1000, 0, k, i, j) end end end end
  require("explain.wrongmap").print(require("explain.wrongmap").of {case = c, tensors = {output = got}})
end
local keys = {input = {1, 4, 8, 9}, out_channels = 4, kernel_size = 1, bias = false, groups = 2}
show(keys, function(_, _, j) return j % 3 == 1 end)
show(keys, function(k, i) return k >= 2 and (i == 0 or i == 7) end)]])
status, out = tap.run("lua " .. folder .. "/map.lua")
tap.is(status, 0, "maps are drawn")
tap.has(out, "columns         one in 3, from 1 on (of 9", "a tile pattern is reported")
tap.has(out, "channels        2-3 (of 4, each of 72 elements), in group 1 only", "and one group")
tap.has(out, "rows            the border only", "and the border")
tap.done()
