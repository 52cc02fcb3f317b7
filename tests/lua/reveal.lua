-- reveal.lua: run by reveal.t: each planted order is reported, and predicts all elements; what is none is not called one.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local FORWARD = "conv2d:in=2x6x7x9,out=7,k=3"
local natural = "channels outermost, then rows, columns; one running sum; "
local plain = natural .. "products rounded, not fused; the bias last"

-- What is said of the class that has most elements.
local plants = {
  chain = plain,
  fused = natural .. "products fused; the bias last",
  reversed = "channels from the last outermost, then rows from the last, columns from the last; one running sum; products rounded, not fused; the bias last",
  taps_first = "rows outermost, then columns, channels; one running sum; products rounded, not fused; the bias last",
  bias_first = natural .. "products rounded, not fused; the bias first",
  blocks = "6 partial sums of 10 products each (4 in the last) that follow each other, added in order; products rounded, not fused; the bias last",
  pairwise = "11 partial sums of 5 products each (4 in the last) that follow each other, added pairwise; products rounded, not fused; the bias last",
  lanes = "8 partial sums of 6 to 7 products, of every 8th product, added pairwise; products rounded, not fused; the bias last",
  halves = "2 partial sums of 27 products each that follow each other (channels outermost, then rows, columns), added in order; products rounded, not fused; the bias last",
  double = natural .. "sums in float64, rounded once to float32; the bias last",
  kahan = natural .. "compensated after Kahan; the bias last",
  neumaier = "an exact sum, rounded once: no order can be seen",
  cut = natural .. "products rounded, not fused; sums cut toward zero; the bias last",
  at_once = "54 products in additions of up to 5 terms at once; terms added at once are aligned to the largest and cut to 2 bits more than float32 has; the bias last",
  short_operand = natural .. "operands rounded to 8 bits; the bias last",
  stored = "6 partial sums of 10 products each (4 in the last) that follow each other, added in order; products rounded, not fused; partial sums stored in bfloat16; the bias last",
  stored_once = "6 partial sums of 10 products each (4 in the last) that follow each other, added in order; products rounded, not fused; one partial sum, of 20 products, stored in bfloat16; the bias last",
  width_tail = natural .. "products fused; the bias last",
  channel_tail = natural .. "products fused; the bias last",
  mixed = natural .. "some products fused, some rounded; the bias last",
}

-- The findings of a plant, one for each result, and the exit status.
local function reveal(plant, id)
  local status, out = tap.run(("reveal --json --impl build/plants/%s.so '%s'"):format(plant, id))
  local found = {}
  for line in out:gmatch "[^\n]+" do found[#found + 1] = json.decode(line) end
  return found, status
end

local function largest(found)
  local best
  for _, class in ipairs(found.classes) do
    if not best or class.elements > best.elements then best = class end
  end
  return best or {words = "no class"}
end

-- All results of a case are predicted to the last bit, and what is said of the first is as wanted.
local function is_revealed(plant, id, words)
  local found, status = reveal("order_" .. plant, id)
  tap.is(status, 0, ("%s on %s: status"):format(plant, id))
  for _, f in ipairs(found) do tap.is(f.confirmed, f.elements, ("%s on %s: %s is predicted"):format(plant, id, f.result)) end
  if words then tap.is(largest(found[1] or {classes = {}}).words, words, plant .. ": in words") end
  return found
end

local names = {}
for name in pairs(plants) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do is_revealed(name, FORWARD, plants[name]) end

-- Vectors of four, and a tail of what is left: two classes, which say where they are.
local tails = is_revealed("width_tail", FORWARD)[1]
tap.is(#tails.classes, 2, "a tail of the width is a class of its own")
local status, text = tap.run(("reveal --impl build/plants/order_channel_tail.so '%s'"):format(FORWARD))
tap.is(status, 0, "a tail of channels: status")
tap.ok(text:find("channels 0 to 3: " .. plants.fused, 1, true) and text:find("channels 4 to 6: " .. plants.lanes, 1, true),
  "a tail of channels is reported as channels", text)

-- Other dtypes, with padding, groups, strides.
local rounded = natural .. "sums in float32, rounded once to %s; the bias last"
is_revealed("chain", FORWARD .. ",dtype=f16", rounded:format "float16")
is_revealed("chain", FORWARD .. ",dtype=bf16", rounded:format "bfloat16")
is_revealed("fused", FORWARD .. ",dtype=f64", plants.fused)
is_revealed("double", FORWARD .. ",dtype=bf16", natural .. "sums in float64, rounded once to bfloat16; the bias last")
is_revealed("narrow", FORWARD .. ",dtype=f16", plain)
is_revealed("narrow", FORWARD .. ",dtype=bf16", plain)
is_revealed("lanes", "conv2d:in=2x300x2x3,out=4,k=1,dtype=bf16")
is_revealed("halves", "conv2d:in=1x8x9x11,out=6,k=3x2,s=2x1,p=1,d=1x2,g=2")

is_revealed("short_operand", FORWARD .. ",dtype=f64", plants.short_operand)
is_revealed("cut", FORWARD .. ",dtype=bf16", natural .. "sums in float32, cut once to bfloat16; sums cut toward zero; the bias last")
local away = natural .. "sums in float32, rounded once to %s, ties away from zero; the bias last"
is_revealed("ties_away", FORWARD .. ",dtype=f16", away:format "float16")
is_revealed("ties_away", FORWARD .. ",dtype=bf16", away:format "bfloat16")
is_revealed("ties_away", "conv2d:in=1x2x3x3,out=2,k=2,dtype=f16,bias=false", (away:gsub("; the bias last", "")):format "float16")
is_revealed("ties_away", FORWARD .. ",dtype=bf16,dir=backward")
is_revealed("stored", "conv2d:in=1x9x9x8,out=6,k=1,p=1,dtype=f16,bias=false")
is_revealed("at_once", "conv2d:in=1x9x9x9,out=4,k=3,s=2,bias=false")
is_revealed("lanes", "conv2d:in=2x7x9x5,out=4,k=3,p=1,dtype=f16")

-- Gradients.
for _, name in ipairs {"chain", "fused", "reversed", "halves", "cut"} do
  local found = is_revealed(name, FORWARD .. ",dir=backward")
  tap.is(#found, 3, name .. ": three gradients")
end
local strided = is_revealed("chain", "conv2d:in=2x3x8x8,out=4,k=3,s=2,p=1,dir=backward")
tap.is(#strided[1].classes, 1, "windows that lie partly outside, or between strides, are parts of one order")

local columns = is_revealed("columns", "conv2d:in=2x2x2x2,out=3,k=7,p=9",
  "7 partial sums of 14 products each, one for each column (rows outermost, then channels), added in order; products rounded, not fused; the bias last")
tap.is(#columns[1].classes, 1, "and so are partial sums of which the window has some")

-- What is no order, or has another in every call, is not told as one.
local winograd = reveal("winograd2", "conv2d:in=1x4x8x8,out=4,k=3,p=1")[1]
tap.is(#winograd.classes == 0 and winograd.failures[1].kind, "transform", "Winograd is no tree of additions")
local _, changing = tap.run(("reveal --impl build/plants/order_changing.so '%s'"):format(FORWARD))
tap.ok(changing:find("unstable", 1, true) and not changing:find "running sum", "an unstable order is called unstable", changing)

-- The tree as text and as a picture; what cannot be asked.
local file = os.tmpname()
_, text = tap.run(("reveal --tree --svg %s --impl build/plants/order_halves.so '%s'"):format(file, FORWARD))
tap.ok(text:find("one after the other:\n      0 to 26\n      27 to 53\n      bias", 1, true), "the tree is printed", text)
local picture = tap.read(file)
tap.ok(picture:find("<svg", 1, true) and picture:find(">27 to 53<", 1, true), "the tree is drawn", picture)
os.remove(file)
tap.is(tap.run("reveal --impl build/plants/order_chain.so 'conv2d:in=1x1x3x3,out=1,k=1,dtype=i32'"), 4, "integers have no order: status")
tap.is(tap.run("reveal --impl build/plants/order_chain.so 'conv2d:in=1x2x4x5,out=3,k=3,p=1,layout=broadcast'"), 4, "nor operands that share memory")
_, text = tap.run "reveal --impl build/plants/order_chain.so conv2d:in=1x2x4x5,out=3,k=3,p=1,dir=backward,grads=input"
tap.ok(text:find("grad_input:", 1, true) and not text:find("grad_weight", 1, true), "gradients that a case asks for, and no others", text)
_, text = tap.run "reveal --impl build/plants/order_chain.so conv2d:in=1x1x1x1,out=2,k=1,s=2,p=1"
tap.ok(text:find("every element: the bias alone\n", 1, true), "one number is no sum", text)
_, text = tap.run "reveal --impl build/mutants/grad-bias-zero.so --result grad_bias conv2d:in=1x1x32x32,out=1,k=1,dir=backward"
tap.ok(text:find("its products are not counted", 1, true) and text:find("; [0-9] calls"), "an answer of zeros is seen at once", text)
tap.is(tap.run("reveal --impl build/plants/order_chain.so 'conv2d:in=1x1x3x3,out=1,k=1,dtype=float8_e4m3fn'"), 4, "nor has float8: status")
tap.is(tap.run("reveal --result grad_input --impl build/plants/order_chain.so " .. FORWARD), 2, "a result that the case has not: status")

tap.done()
