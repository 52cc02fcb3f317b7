-- explain.lua: run by explain.t. explain-score.lua does the same on all mutants.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local mistakes = require "mistakes"
local taps = require "taps"
local telling = require "telling"

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

-- ---- the command, on mutants

local function explain(mutant, id, options)
  local status, out = tap.run(("explain --impl build/mutants/%s.so '%s' %s"):format(mutant, id, options or ""))
  return out, status
end

local function finds(mutant, id, text)
  local out = explain(mutant, id)
  tap.has(out, text, mutant)
end

local plain = "conv2d:in=2x4x7x9,out=6,k=3x2,s=2x1,p=1x2,d=1x2,g=2"
finds("stride-swapped", plain, "stride = {stride[2], stride[1]}:")
finds("kernel-flipped", plain, "the kernel were flipped: a true convolution")
finds("bias-without-groups", plain, "there were no bias, where there are groups:")
finds("group-inputs-interleaved", plain, "groups took input channels in turn")
finds("same-larger-half-first", "conv2d:in=1x1x5x6,out=1,k=2,p=same", "'same' put the odd element above and left")
finds("reflect-repeats-edge", "conv2d:in=1x1x5x6,out=1,k=3,p=1,mode=reflect", "reflect repeated the edge")
finds("shape-ceiling", "conv2d:in=1x1x6x6,out=1,k=3,s=2", "the output's size were rounded up")
finds("channels-last-undilated", "conv2d:in=2x4x7x9,out=6,k=3,d=2,layout=nhwc", "where the layout is nhwc")

-- The gradients by themselves, where the forward pass is right.
local backward = "conv2d:in=2x4x7x9,out=6,k=3x2,s=2x3,p=1x2,d=1x2,g=2,dir=backward"
finds("grad-weight-flipped", backward, "computes grad_weight as if the kernel were flipped")
finds("grad-input-kernel-flipped", backward, "computes grad_input as if the kernel were flipped")
finds("grad-padding-swapped", backward, "as if padding = {padding[2], padding[1]}:")
finds("grad-bias-zero", backward, "the gradients are not. Where they are wrong:\n  grad_bias: 6 of 6 elements are wrong")

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
out = explain("accepts-everything", plain)
tap.has(out, "there is nothing to explain", "nor is what this case does not ask")
out = explain("refuses-remainder", "conv2d:in=1x1x6x6,out=1,k=3,s=2")
tap.has(out, "There is no answer to explain", "a refusal is no answer")

local found = json.decode((explain("stride-swapped", plain, "--json")))
tap.is(found.mistakes[1], "stride-swapped", "--json names the mistake")
tap.ok(found.agree >= 14 and found.agree == found.telling, "and how many telling cases agree")

local folder = tap.folder()
explain("into-next-row", "conv2d:in=1x1x4x5,out=1,k=1x3", "--svg " .. folder .. "/map.svg")
local svg = tap.read(folder .. "/map.svg")
tap.is(select(2, svg:gsub("<rect", "")), 12, "--svg draws each element")
tap.is(select(2, svg:gsub('fill="#eef2ee"', "")), 8, "the right ones in one colour")

tap.done()
