#!/usr/bin/env lua5.4
-- tables.t: cases/models/trace/table.py makes case files from what trace.py has traced. They have exactly these layers, and the
-- rows for the tier full are chosen. Tracing itself needs PyTorch and is not tested here.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

if not tap.has_program "python3" then
  tap.skip("the tables of networks", "python3 is not installed")
  tap.done()
end

local folder = tap.folder()

local function layer(input, out, kernel, more)
  local rest = {stride = "[1, 1]", padding = "[0, 0]", dilation = "[1, 1]", groups = "1", bias = "true", padding_mode = '"zeros"'}
  for key, value in pairs(more or {}) do rest[key] = value end
  return ('{"in": [%s], "out": %d, "kernel_size": [%s], "stride": %s, "padding": %s, "dilation": %s, "groups": %s, "bias": %s, "padding_mode": %s}')
    :format(input, out, kernel, rest.stride, rest.padding, rest.dilation, rest.groups, rest.bias, rest.padding_mode)
end
local function record(kind, name, ...)
  return ('{"kind": "%s", "network": "%s", "layers": [%s]}\n'):format(kind, name, table.concat({...}, ", "))
end

local first = layer("3, 32, 32", 8, "3, 3", {stride = "[2, 2]", padding = "[1, 1]", bias = "false"})
local depthwise = layer("8, 16, 16", 8, "3, 3", {padding = '"same"', groups = "8"})
local grouped = layer("8, 16, 16", 12, "1, 5", {padding = "[0, 2]", dilation = "[1, 2]", groups = "4", padding_mode = '"circular"'})
local huge = layer("4096, 512, 512", 4096, "3, 3")
tap.write(folder .. "/records.jsonl", record("mobile", "small", first, depthwise) .. record("audio", "heard", grouped, first)
  .. '{"kind": "audio", "network": "broken", "left_out": "TypeError: x"}\n' .. record("classification", "large", first, huge))
local status, out, err = tap.shell(("python3 -B cases/models/trace/table.py %s/records.jsonl %s"):format(folder, folder))
tap.is(status, 0, "table.py runs")
if status ~= 0 then print("# " .. err) end
tap.has(out, "3 networks, 4 shapes, 3 of them for full", "it counts networks, shapes, and those for full")

local _, listed = tap.run(("list --tier models --filter 'direction == \"forward\" and dtype == \"float32\" and layout == \"nchw\" and data == \"integers\"' "
  .. "%s/classification.yaml %s/mobile.yaml %s/audio.yaml"):format(folder, folder, folder))
tap.is(listed:gsub("[^\n]*%.yaml:%d+: ", ""), [[
conv2d:in=1x3x32x32,out=8,k=3,s=2,p=1,bias=false  of small, heard, large
conv2d:in=1x8x16x16,out=8,k=3,p=same,g=8  of small
conv2d:in=1x8x16x16,out=12,k=1x5,p=0x2,d=1x2,g=4,mode=circular  of heard
]], "a shape stands once, in the file of the first kind, with all its networks")
tap.has(tap.read(folder .. "/classification.yaml"), "# left out, 3.9e+13 products: {kernel_size: 3} [4096, 512, 512, 4096, 2]", "what is too large is left out, and said")
local _, again = tap.run("list --count --tier full " .. folder .. "/audio.yaml")
tap.ok(tonumber(again) >= 2, "the only grouped layer is chosen for full")

-- The tables of the suite.
local bytes, files = 0, 0
for _, kind in ipairs {"classification", "mobile", "transformers", "large-kernels", "detection", "segmentation", "dense", "restoration", "diffusion", "audio"} do
  local text = tap.read("cases/models/" .. kind .. ".yaml")
  bytes, files = bytes + #text, files + (text:find("full]", 1, true) and 1 or 0)
end
tap.ok(bytes < 1 << 20, ("the tables take less than a MiB: %d bytes"):format(bytes))
tap.is(files, 10, "each kind has rows for full")

tap.done()
