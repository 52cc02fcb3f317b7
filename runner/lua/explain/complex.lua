-- complex.lua: mistakes of complex layers: products of both parts that are put together wrongly.
-- The four real convolutions of the parts are the oracle's; a mistake is a sum of them that predicts, bit for bit, all
-- answers on small integers. Mistakes of indices are not looked for.

local patience = require "explain.patience"

local complex = {}

local SEEDS = 5 -- other data of the same call, which a mistake must predict as well

-- ---- parts

local function part(t, which)
  if not t then return nil end
  local shape = t.shape
  return t:parts():slice(#shape + 1, which, 1):reshape(shape)
end

local function parts(t) return {re = part(t, 0), im = part(t, 1)} end

local function real_case(c, bias)
  return c:with {dtype = c.dtype == "complex64" and "float32" or "float64", values = false, bias = bias}
end

-- The convolutions of parts: of the real part of the input and the imaginary part of the weight {"re", "im"}, with a bias.
local function forward_scene(c)
  local t = c:tensors()
  if not t.output then return nil end
  local x, w, b = parts(t.input), parts(t.weight), parts(t.bias)
  local scene = {want = parts(t.output.want), bias = t.bias ~= nil}
  function scene.of(a, k, bias)
    local of = real_case(c, bias ~= nil and t.bias ~= nil)
    return (oracle.forward(of, x[a], w[k], t.bias and bias))
  end
  scene.b = b
  return scene
end

-- Those of a gradient: of the parts of grad_output and of the other factor.
local function gradient_scene(c, name)
  local t = c:tensors()
  if not t[name] then return nil end
  local x, w, y = parts(t.input), parts(t.weight), parts(t.grad_output)
  local scene = {want = parts(t[name].want), other = name ~= "grad_bias"}
  function scene.of(a, k) return oracle.backward(real_case(c), x[k], w[k], y[a])[name] end
  return scene
end

-- ---- mistakes: what they make of both parts; nil where they make no difference

local forward, gradients = {}, {}

local function add(list, name, text, make) list[#list + 1] = {name = name, text = text, make = make} end

add(forward, "complex-square-added", "the product of the imaginary parts were added to the real part, not subtracted", function(s)
  return s.of("re", "re", s.b.re) + s.of("im", "im"), s.want.im
end)
add(forward, "complex-three-products-sign", "of three products, C - A - B, that of the imaginary parts were added", function(s)
  return s.want.re, s.want.im + s.of("im", "im") * 2
end)
add(forward, "complex-parts-exchanged", "the real and the imaginary part of the output were exchanged",
  function(s) return s.want.im, s.want.re end)
add(forward, "complex-output-conjugated", "the output were conjugated", function(s) return s.want.re, s.want.im * -1 end)
add(forward, "complex-bias-real", "the imaginary part of the bias were 0", function(s)
  return s.want.re, s.of("re", "im") + s.of("im", "re")
end)
add(forward, "complex-bias-sum", "the imaginary part of the bias were the sum of both its parts", function(s)
  if not s.bias then return nil end
  return s.want.re, s.of("re", "im", s.b.re + s.b.im) + s.of("im", "re")
end)
add(forward, "complex-weight-conjugated", "the weight were conjugated", function(s)
  return s.of("re", "re", s.b.re) + s.of("im", "im"), s.of("im", "re", s.b.im) - s.of("re", "im")
end)
add(forward, "complex-input-conjugated", "the input were conjugated", function(s)
  return s.of("re", "re", s.b.re) + s.of("im", "im"), s.of("re", "im", s.b.im) - s.of("im", "re")
end)
add(forward, "complex-input-real", "the imaginary part of the input were 0", function(s)
  return s.of("re", "re", s.b.re), s.of("re", "im", s.b.im)
end)
add(forward, "complex-weight-real", "the imaginary part of the weight were 0", function(s)
  return s.of("re", "re", s.b.re), s.of("im", "re", s.b.im)
end)
add(forward, "complex-imaginary-ignored", "the imaginary part of the output were 0", function(s)
  return s.want.re, s.want.im * 0
end)

add(gradients, "complex-unconjugated", "the other factor were not conjugated", function(s)
  if not s.other then return nil end
  return s.of("re", "re") - s.of("im", "im"), s.of("im", "re") + s.of("re", "im")
end)
add(gradients, "complex-gradient-conjugated", "grad_output were conjugated, not the other factor", function(s)
  if not s.other then return s.want.re, s.want.im * -1 end
  return s.want.re, s.want.im * -1
end)
add(gradients, "complex-parts-exchanged", "both parts were exchanged", function(s) return s.want.im, s.want.re end)
add(gradients, "complex-imaginary-ignored", "the imaginary part were 0", function(s) return s.want.re, s.want.im * 0 end)

-- ---- the search

local function same(got, re, im)
  return re ~= nil and got.re:equal(re) and got.im:equal(im)
end

-- The answers to the case and to SEEDS with other data: {got =, scene =}.
local function ask(tested, c, name, scene_of)
  local answers = {}
  for seed = 0, SEEDS do
    local asked = c:with {data = "integers", values = false, seed = seed}
    local got = patience.step(tested.test, tested, asked).tensors[name]
    local scene = got and scene_of(asked, name)
    if not scene then return nil end
    answers[#answers + 1] = {got = parts(got), scene = scene}
  end
  return answers
end

local function are_right(answers)
  for _, a in ipairs(answers) do
    if not same(a.got, a.scene.want.re, a.scene.want.im) then return false end
  end
  return true
end

-- The first mistake that predicts all answers.
local function predicts(answers, list)
  for _, m in ipairs(list) do
    local agree = 0
    for _, a in ipairs(answers) do
      if same(a.got, m.make(a.scene)) then agree = agree + 1 end
    end
    if agree == #answers then return {kind = "explained", mistakes = {m}, agree = agree, telling = agree, unmade = 0} end
  end
end

local function search_gradients(tested, c)
  local first, others, right = nil, {}, true
  for _, name in ipairs {"grad_input", "grad_weight", "grad_bias"} do
    local answers = ask(tested, c, name, gradient_scene)
    local wrong = answers and not are_right(answers)
    local found = wrong and predicts(answers, gradients)
    right = right and not wrong
    if found then
      found.gradients = {name}
      if first then others[#others + 1] = found else first = found end
    end
  end
  if first then first.others = others end
  return first or right and {kind = "numeric"} or nil
end

--- What predicts the answers to a complex case, or that they are right on integers; nil where nothing here does.
function complex.search(tested, c)
  local plain = c:with {direction = "forward"}
  local answers = ask(tested, plain, "output", forward_scene)
  if not answers then return nil end
  if are_right(answers) then
    if c.direction == "backward" then return search_gradients(tested, c) end
    return {kind = "numeric"}
  end
  return predicts(answers, forward)
end

return complex
