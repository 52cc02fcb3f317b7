#!/usr/bin/env lua5.4
-- import.t: lines and records of other programs become cases. Those that can't are listed with place and reason.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local input, output = folder .. "/input", folder .. "/cases.yaml"

-- The ids of the cases that a text becomes, a line each, and what import printed.
local function import(text, options)
  tap.write(input, text)
  os.remove(output)
  local status, out, err = tap.run(("import %s -o %s %s"):format(input, output, options or ""))
  local _, ids = tap.run("list --ids --tier full " .. output)
  return ids, out:gsub(input, "INPUT"), status, err:gsub(input, "INPUT")
end

local function becomes(name, text, ids, options)
  local got, out = import(text, options)
  tap.is(got, ids, name)
  tap.ok(not out:find("left out:", 1, true), name .. ": nothing is left out")
end

local function is_left_out(name, text, reason)
  local _, out, status = import("mb1ic1ih1oc1kh1n\"good\"\n" .. text)
  tap.ok(status == 0 and out:find("left out: INPUT:2: " .. reason, 1, true), name .. " is left out: " .. reason)
  if not out:find(reason, 1, true) then print("# " .. out:gsub("\n", "\n# ")) end
end

tap.write(input, "ic8ih10oc4kh3")
local refused, _, why = tap.run(("import %s -o %s"):format(input, input))
tap.is(refused, 2, "what is read is not overwritten")
tap.has(why, "would be overwritten, which is to be read", "and that is said")
tap.is(tap.read(input), "ic8ih10oc4kh3", "it is as it was")

-- ---- benchdnn

becomes("a problem", 'mb1ic3ih224oc64oh112kh7sh2ph3n"resnet:conv1"', "conv2d:in=1x3x224x224,out=64,k=7,s=2,p=3\n")
becomes("what is not given follows", "ic8ih10oc4kh3", "conv2d:in=2x8x10x10,out=4,k=3\n")
becomes("padding follows from the output", "mb1ic8ih10oc4oh10kh3", "conv2d:in=1x8x10x10,out=4,k=3,p=1\n")
becomes("height and width, groups, dilation from 0", "g4mb3_ic8ih9iw10_oc4kh3kw2_sh1sw2_ph1pw0_dh1dw0",
  "conv2d:in=3x8x9x10,out=4,k=3x2,s=1x2,p=1x0,d=2x1,g=4\n")
becomes("padding of one side is input", "mb1ic3ih224oc64oh112kh7sh2ph2", "conv2d:in=1x3x225x225,out=64,k=7,s=2,p=2\n")
tap.has(tap.read(output), '/input:1; height padded by 2 before and 3 after, width padded by 2 before and 3 after: the difference is input"',
  "which its `about` says")
becomes("what follows of an odd padding", "mb1ic8ih10oc4oh5kh3sh2_iw9ow5kw3sw2", "conv2d:in=1x8x11x9,out=4,k=3,s=2,p=0x1\n")
tap.has(select(2, import("mb1ic8ih10oc4oh5kh3sh2\nmb1ic1ih1oc1kh1")), "\n1 padded one side more, which nn.Conv2d can't: ", "and so does the summary")
becomes("options hold for the lines after them", "--dir=BWD_WB --dt=bf16 --stag=axb\nmb1ic2ih4oc2kh1\n--reset\nmb1ic2ih4oc2kh1\n",
  "conv2d:in=1x2x4x4,out=2,k=1,dtype=bfloat16,layout=nhwc,dir=backward,grads=weight-bias\nconv2d:in=1x2x4x4,out=2,k=1\n")
becomes("a driver's line", "--conv --dir=FWD_D --cfg=f16 mb1ic2ih4oc2kh1", "conv2d:in=1x2x4x4,out=2,k=1,bias=false,dtype=float16\n")
becomes("equal calls are one case", 'mb1ic2ih4oc2kh1n"a"\nmb1ic2ih4oc2kh1n"b"\n', "conv2d:in=1x2x4x4,out=2,k=1\n")
is_left_out("three dimensions", "ic3id8ih8oc4kd3kh3", "three-dimensional")
is_left_out("one dimension", "ic3iw8oc4kw3", "one-dimensional")
is_left_out("a cut input", "ic3ih224oc64oh100kh1", "padding of 0 before and -124 after: a call can't cut its input")
is_left_out("an unknown field", "ic3ih8oc4kx3", "column 10 of the problem: 'kx3' is no field of one")
is_left_out("a huge number", "ic99999999999999999999ih8oc4kh3", "ic99999999999999999999: too large a number")
is_left_out("a huge tensor", "mb1ic99999999ih99999oc4kh3", "input and weight have 1e+18 elements, more than can be held")
is_left_out("a kernel past the input", "mb1ic1ih2oc1kh3ph0", "torch.nn.Conv2d rejects it: SHAPE-")
is_left_out("no channels", "ic0ih8oc4kh3", "ic and oc must be given")
is_left_out("a stride of 0", "ic1ih8oc4kh3sh0", "sh is 0")
is_left_out("quantised types", "--dt=u8:s8:u8 ic1ih8oc4kh3", "tensors of different types: u8, s8, u8")
is_left_out("a transposed convolution", "--deconv ic1ih8oc4kh3", "a transposed convolution")

-- ---- ONEDNN_VERBOSE

local v1 = "onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx2,%s,src:%s::blocked:%s::f0 wei:%s:a:blocked:Acdb8a::f0 "
  .. "bia:%s::blocked:a::f0 dst:%s::blocked:acdb::f0,attr-scratchpad:user,alg:convolution_direct,%s,0.12"
local problem = "mb1_ic3oc64_ih224oh112kh7sh2dh0ph3_iw224ow112kw7sw2dw0pw3"
becomes("a line of a log", v1:format("forward_training", "f32", "acdb", "f32", "f32", "f32", problem),
  "conv2d:in=1x3x224x224,out=64,k=7,s=2,p=3,layout=nhwc\n")
becomes("without bias, backward", v1:format("backward_data", "bf16", "abcd", "bf16", "undef", "bf16", "g2mb1_ic4oc6_ih5oh3kh3sh1dh0ph0_iw5ow3kw3sw1dw0pw0"),
  "conv2d:in=1x4x5x5,out=6,k=3,g=2,bias=false,dtype=bfloat16,dir=backward,grads=input\n")
becomes("the older form", "dnnl_verbose,exec,cpu,convolution,jit:avx512_core,backward_weights,src_f32::blocked:abcd:f0 wei_f32::blocked:Abcd8a:f0 "
  .. "bia_f32::blocked:a:f0 dst_f32::blocked:abcd:f0,,alg:convolution_direct,mb1_ic4oc6_ih5oh3kh3sh1dh0ph0_iw5ow3kw3sw1dw0pw0,0.1",
  "conv2d:in=1x4x5x5,out=6,k=3,dir=backward,grads=weight-bias\n")
becomes("other primitives and other lines are passed over", "onednn_verbose,info,cpu,runtime:OpenMP\nhello\n"
  .. "onednn_verbose,v1,primitive,exec,cpu,reorder,jit:uni,undef,src_f32 dst_f32,,,64x3x7x7,0.01\nmb1ic1ih1oc1kh1", "conv2d:in=1x1x1x1,out=1,k=1\n")
becomes("padding of one side in a log", v1:format("forward_training", "f32", "abcd", "f32", "f32", "f32",
  "mb1_ic3oc8_ih8oh4kh3sh2dh0ph0_iw8ow4kw3sw2dw0pw0"), "conv2d:in=1x3x9x9,out=8,k=3,s=2\n")
is_left_out("types that differ", v1:format("forward_inference", "u8", "acdb", "s8", "f32", "f32", problem), "tensors of different types: u8, s8, f32")
is_left_out("a cut line", "onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx2", "the line has no problem")
is_left_out("deconvolution", "onednn_verbose,v1,primitive,exec,cpu,deconvolution,ref,forward,,," .. problem, "a transposed convolution")

-- ---- MIOpenDriver

becomes("a command line", "./bin/MIOpenDriver conv -n 1 -c 64 -H 56 -W 57 -k 32 -y 3 -x 1 -p 1 -q 0 -u 2 -v 1 -l 1 -j 1 -m conv -g 2 -F 1 -t 1",
  "conv2d:in=1x64x56x57,out=32,k=3x1,s=2x1,p=1x0,g=2,bias=false\n")
becomes("the defaults, in a log, all directions", "MIOpen(HIP): Command [LogCmdConvolution] ./bin/MIOpenDriver convfp16 -n 1 -H 8 -W 8 -I NHWC",
  "conv2d:in=1x3x8x8,out=32,k=3,bias=false,dtype=float16,layout=nhwc\n"
  .. "conv2d:in=1x3x8x8,out=32,k=3,bias=false,dtype=float16,layout=nhwc,dir=backward,grads=input\n"
  .. "conv2d:in=1x3x8x8,out=32,k=3,bias=false,dtype=float16,layout=nhwc,dir=backward,grads=weight\n")
becomes("long names", "conv --batchsize 1 --in_channels 4 --in_h 8 --in_w 8 --out_channels 2 --pad_mode same --forw 4 --bias 1",
  "conv2d:in=1x4x8x8,out=2,k=3,p=same,dir=backward,grads=weight\n")
is_left_out("transposed", "MIOpenDriver conv -n 1 -m trans", "-m trans: a transposed convolution")
is_left_out("three dimensions", "MIOpenDriver conv -n 1 -_ 3", "3-dimensional")
is_left_out("int8", "MIOpenDriver convint8 -n 1", "convint8: of a type that no case has")
is_left_out("a word for a number", "MIOpenDriver conv -n x", "-n x: an integer of at most 15 digits is expected")
local same = "MIOpenDriver conv -n 1 -c 2 -k 3 -H 8 -W 9 -F 1 -u 2 -v 2 -z same "
becomes("`same` with a stride, as TensorFlow's", same, "conv2d:in=1x2x9x9,out=3,k=3,s=2,p=0x1,bias=false\n")
becomes("`same` with a dilation, which MIOpen does not heed", same .. "-l 2 -p 1 -q 1", "conv2d:in=1x2x8x9,out=3,k=3,s=2,p=1,d=2x1,bias=false\n")
is_left_out("a stride of 0", "MIOpenDriver conv -n 1 -u 0 -z same", "-u 0 -v 1: strides below 1")

-- ---- records of PyTorch

local record = '{"name": "layer1.0", "in_channels": 4, "out_channels": 6, "kernel_size": [3, 3], "stride": [2, 2], "padding": %s, '
  .. '"dilation": [1, 1], "groups": 2, "padding_mode": "%s", "bias": false, "input": [1, 4, 9, 9], "dtype": "torch.float16"}'
becomes("a record", "[" .. record:format("[1, 1]", "reflect") .. "]",
  "conv2d:in=1x4x9x9,out=6,k=3,s=2,p=1,g=2,bias=false,mode=reflect,dtype=float16\n")
becomes("what may be absent", '[{"input": [4, 9, 9], "out_channels": 6, "kernel_size": 3, "padding": "same"}]', "conv2d:in=4x9x9,out=6,k=3,p=same\n")
tap.has(tap.read(output), "name: input-record-1,", "a record without a name gets one of its place")
local _, out = import("[" .. record:format('"reflect"', "zeros") .. ", 3, {}, " .. record:format("1", "odd") .. ", "
  .. record:format("1", "zeros"):gsub('"groups": 2', '"groups": 3') .. ", " .. record:format("1", "zeros") .. "]")
for _, line in ipairs {"record 1: padding: of another kind than nn.Conv2d has", "record 2: an object is expected", "record 3: input: must be given",
  "record 4: padding_mode: 'odd'", "record 5: torch.nn.Conv2d rejects it: "} do
  tap.has(out, "left out: INPUT, " .. line, "left out: " .. line)
end
tap.has(out, "6 convolutions, 1 cases, 5 left out", "and counted")
local _, _, status, err = import("[\n{\"input\": [1,\n}]")
tap.ok(status == 2 and err:find("INPUT:3: column", 1, true), "malformed JSON has its line")
_, _, status, err = import('[{"input": [1, 2, 3, 99999999999999999999], "out_channels": 1, "kernel_size": 1}]')
tap.ok(status == 2 and err:find("INPUT:1: ", 1, true), "an integer that JSON can't hold is an error")

-- ---- options and statuses

becomes("--direction both", "mb1ic2ih4oc2kh1", "conv2d:in=1x2x4x4,out=2,k=1\nconv2d:in=1x2x4x4,out=2,k=1,dir=backward\n", "--direction both")
becomes("--data", "mb1ic2ih4oc2kh1", "conv2d:in=1x2x4x4,out=2,k=1,data=normal\n", "--data normal")
becomes("--format", "mb1ic2ih4oc2kh1\nMIOpenDriver conv -n 1\n", "conv2d:in=1x2x4x4,out=2,k=1\n", "--format benchdnn")
for _, wrong in ipairs {"--format tflite", "--direction up", "--set batch", "--set =1"} do
  tap.is(select(3, import("mb1ic2ih4oc2kh1\0", wrong)), 2, wrong .. " is bad usage")
end
tap.is(select(3, import("nothing here\n")), 4, "nothing to import is status 4")
tap.is((tap.run("import")), 2, "no file is bad usage")
tap.is((tap.run("import " .. folder .. "/absent")), 2, "an absent file is an error")
tap.is((tap.run("import " .. folder)), 2, "a folder is an error")
tap.write(input, "mb1ic1ih1oc1kh1n\"a*b\"")
local _, yaml = tap.run("import " .. input)
tap.has(yaml, "- {name: a-b, input: [1, 1, 1, 1], out_channels: 1, kernel_size: 1, about:", "without -o it goes to standard output")

-- ---- nothing makes it fall over

local pieces = {"mb", "ic", "ih", "oc", "kh", "1", "0", "-", "999999999999", "_", "n\"", "g", "--dir=", "MIOpenDriver conv -n ", "onednn_verbose,", ",convolution,",
  "\n", "\255", " ", "src:", ":", "[", "{\"input\":", "null"}
math.randomseed(7)
local fell = 0
for _ = 1, 150 do
  local parts = {}
  for i = 1, math.random(1, 40) do parts[i] = pieces[math.random(#pieces)] end
  local _, _, how, words = import(table.concat(parts))
  if (how ~= 0 and how ~= 2 and how ~= 4) or words:find("traceback") then
    fell = fell + 1
    print("# " .. table.concat(parts):gsub("\n", "\\n") .. ": " .. words)
  end
end
tap.is(fell, 0, "150 texts of pieces end in status 0, 2 or 4, without a traceback")

-- ---- benchdnn: lists of values are products, --mb is the batch, other drivers' problems are no convolutions

do
  local file = tap.folder() .. "/problems"
  tap.write(file, '--conv --dir=FWD_B,bwd_d --dt=f32,bf16 mb1ic3ih8oc4oh8kh3ph1n"both"\n--reset --mb=16 --dt=f32 mb1ic3ih9oc4oh9kh3ph1n"more"\n'
    .. '--ip mb2ic64ih7kh7oc10n"ip"\n--batch=/x/y\n')
  local status, out, err = tap.run("import " .. file)
  tap.is(status, 0, "benchdnn: status")
  local _, both = out:gsub("name: both", "")
  tap.is(both, 4, "two directions in two dtypes are four cases")
  tap.has(out, "name: more, input: [16, 3, 9, 9]", "--mb is the batch")
  tap.has(err, ":3: a problem of --ip, no convolution", "another driver's problem is left out")
  tap.has(err, ":4: --batch=/x/y", "and so is another file")
end

-- ---- nothing is lost, and nothing is left out in silence

do
  local file = tap.folder() .. "/list.json"
  tap.write(file, '[{"input":[1,1,4,4],"out_channels":1,"kernel_size":3},null,{"input":[1,1,5,5],"out_channels":2,"kernel_size":3}]')
  local text = tap.read(file)
  local status, out, err = tap.run("import " .. file)
  tap.ok(status == 0 and out:find("record%-3") and err:find("record 2: an object is expected", 1, true), "a null in a list", out .. err)
  tap.is(tap.run(("import %s -o %s/../%s"):format(file, file:match "^(.*)/", file:match "([^/]*/[^/]*)$")), 2, "the output is the input")
  tap.ok(tap.read(file) == text, "... which is as it was")
  tap.is(tap.run(("import %s -o /dev/full"):format(file)), 3, "a full disk")
end

tap.done()
