#!/usr/bin/env lua5.4
-- show.t: the page of a case. The sums that its picture shows equal the oracle's values, in every padding mode.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local script = folder .. "/sums.lua"

-- Forms each output of the first channel from the geometry of the picture; prints what disagrees.
tap.write(script, [[
local lesson = require "case_page.lesson"
local cases, sums, wrong = 0, 0, 0
for _, mode in ipairs {"zeros", "reflect", "replicate", "circular"} do
  for _, rest in ipairs {"k=3,p=2", "k=3x2,s=2x1,p=1x2,d=2x3,g=2", "k=4x3,p=same,d=2", "k=2,s=3,p=valid", "k=3,p=3x1,s=2"} do
    local c = case.parse(("conv2d:in=2x2x7x9,out=4,%s,mode=%s"):format(rest, mode))
    local g, tensors = lesson.geometry(c, c:expect()), c:tensors()
    cases = cases + 1
    for i = 0, g.rows.outputs - 1 do
      for j = 0, g.columns.outputs - 1 do
        local sum = lesson.sum(c, g, tensors, i, j)
        sums = sums + 1
        if lesson.total(sum) ~= sum.want then wrong = wrong + 1 end
      end
    end
  end
end
print(cases, sums, wrong)
]])
local status, out, err = tap.run("lua " .. script)
tap.is(status, 0, "the pictures' sums are formed")
local cases, sums, wrong = out:match("(%d+)%s+(%d+)%s+(%d+)")
tap.ok(tonumber(cases) == 20 and tonumber(sums) > 500, ("%s sums of %s cases"):format(sums, cases))
tap.is(wrong, "0", "each is the oracle's value")
if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end

local page = folder .. "/page.html"
local id = "conv2d:in=1x1x4x5,out=1,k=3,p=1,mode=reflect"
status, out = tap.run(("show --html %s --markdown - '%s'"):format(page, id))
tap.is(status, 0, "a page of an id")
tap.has(out, "torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", "the call as PyTorch has it")
tap.has(out, "+ + + . . . .\n+ # # o o o .", "the window as text")
local html = tap.read(page)
tap.has(html, 'class="geometry"', "the window as a picture")
tap.ok(not html:find("{{", 1, true), "nothing is left to fill in")
tap.ok(not html:find('src="', 1, true) and not html:find("<link", 1, true), "nothing is loaded from elsewhere")

status, out = tap.run("show --markdown - 'reflect.yaml#one'")
tap.is(status, 0, "a page of a named case")
tap.has(out, "### PAD-6: reflect mirrors at the edge", "with the text of its clause")

for id, words in pairs {
  ["conv2d:in=1x1x4x5,out=1,k=3,dir=backward"] = "the gradients of input, weight and bias",
  ["conv2d:in=1x1x4x5,out=1,k=3,bias=false,dir=backward"] = "the gradients of input and weight",
  ["conv2d:in=1x1x4x5,out=1,k=3,dir=backward,grads=input"] = "the gradients of input:",
  ["conv2d:in=1x4x4x5,out=4,k=3,g=2,dir=init"] = "1 / sqrt(18) = 0.235702",
  ["conv2d:in=1x1x4x5,out=1,k=3,dir=shape"] = "Only the shape of the output is asked for: of an input of [1, 1, 4, 5] it is [1, 1, 2, 3].",
  ["conv2d:in=1x1x2x2,out=1,k=3,p=2,mode=reflect"] = "It breaks PAD-7: reflect pads less than the input's extent",
  ["conv2d:in=1x1x4x5,out=1,k=3,p=-1"] = "Called on an input of [1, 1, 4, 5] it must be rejected.",
} do
  _, out = tap.run(("show --markdown - '%s'"):format(id))
  tap.has(out, words, "says what is asked: " .. id)
end

-- Cases that have nothing to draw.
for _, bare in ipairs {"conv2d:in=0x4x6x7,out=6,k=3", "conv2d:in=1x1x4x5,out=1,k=9", "conv2d:in=4x5,out=1,k=3",
  "conv2d:in=1x1x5x6,out=1,k=3,p=same,d=2305843009213693952", "conv2d:in=1x1x4x5,out=1,k=3,dir=init"} do
  status, out, err = tap.run(("show --html %s --markdown - '%s'"):format(page, bare))
  tap.is(status, 0, "a page of " .. bare)
  tap.is(err, "", "without a word")
end
tap.is((tap.run("show --html /nonexistent/x '" .. id .. "'")), 2, "a page that can't be written")
tap.done()
