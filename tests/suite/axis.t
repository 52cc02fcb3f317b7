#!/usr/bin/env lua5.4
-- axis.t: the values of an axis: what each word stands for once the rest of the case is known, maps that set several keys,
-- and what `where` (where.c) leaves of a product. Every id is written out here; none is asked of the program.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local path = tap.folder() .. "/axis.yaml"

-- The ids of the full product, without the prefix, a line each; or what the program says of the file.
local function ids(base, axes, where)
  tap.write(path, ("about: x\nclauses: [FWD-1]\nbase: {%s}\nsweep:\n  axes:\n%s\n%s  strength: all\n"):format(
    base, axes, where and "  where: " .. where .. "\n" or ""))
  local status, out, err = tap.run("list --ids --tier exhaustive " .. path)
  return status == 0 and out:gsub("conv2d:", "") or err:gsub("^.-axis.yaml:", "")
end

local BASE = "input: [2, 4, 5, 7], out_channels: 6, kernel_size: [3, 2]"
local function padding(words, mode) return ids(BASE .. ", padding_mode: " .. mode, "    padding: [" .. words .. "]") end
local IN = "in=2x4x5x7,out=6,k=3x2"

-- ---- words

tap.is(padding("kernel", "zeros"), IN .. ",p=3x2\n", "padding as large as the kernel")
tap.is(padding("input", "zeros"), IN .. ",p=5x7\n", "padding as large as the input")
tap.is(padding("limit, past", "reflect"), IN .. ",p=4x6,mode=reflect\n" .. IN .. ",p=5x7,mode=reflect\n",
  "reflect takes less than the input")
tap.is(padding("limit, past", "circular"), IN .. ",p=5x7,mode=circular\n" .. IN .. ",p=6x8,mode=circular\n",
  "circular takes as much as the input")
tap.is(padding("same, valid", "zeros"), IN .. ",p=same\n" .. IN .. ",p=valid\n", "the words of nn.Conv2d itself")
tap.is(ids(BASE, "    stride: [past-kernel, past-input]"), IN .. ",s=4x3\n" .. IN .. ",s=6x8\n", "one more than the kernel, than the input")
tap.is(ids("input: [2, 4, 5, 7], out_channels: 6", "    kernel_size: [past-input]"), "in=2x4x5x7,out=6,k=6x8\n", "a kernel that is one too large")
tap.is(ids("input: [2, 4, 5, 7], out_channels: 6, padding: 1", "    kernel_size: [past-input]"), "in=2x4x5x7,out=6,k=8x10,p=1\n",
  "in the padded input")
tap.is(ids("input: [2, 4, 5, 7], out_channels: 6, padding: 1, dilation: 2", "    kernel_size: [past-input]"),
  "in=2x4x5x7,out=6,k=5x6,p=1,d=2\n", "and dilated")

-- ---- axes that together make the input, and maps

local GRID = "    batch: [unbatched, 3]\n    size: [4, [5, 6]]\n    in_channels: [2]"
tap.is(ids("input: [1, 1, 1, 1], out_channels: 1, kernel_size: 1", GRID),
  "in=2x4x4,out=1,k=1\nin=2x5x6,out=1,k=1\nin=3x2x4x4,out=1,k=1\nin=3x2x5x6,out=1,k=1\n", "batch, size and channels make the input")
tap.is(ids("input: [1, 1, 4, 4], out_channels: 1, kernel_size: 1",
  "    channels:\n      - {name: dense, in_channels: 2, out_channels: 3}\n      - {name: depthwise, in_channels: 4, out_channels: 4, groups: 4}"),
  "in=1x2x4x4,out=3,k=1\nin=1x4x4x4,out=4,k=1,g=4\n", "a map sets several keys")

-- ---- where

local ONE = "input: [1, 1, 4, 4], out_channels: 1, kernel_size: 1"
local TWO = "    stride: [1, 2]\n    dilation: [1, 3]"
local HEAD = "in=1x1x4x4,out=1,k=1"
tap.is(ids(ONE, TWO), HEAD .. "\n" .. HEAD .. ",d=3\n" .. HEAD .. ",s=2\n" .. HEAD .. ",s=2,d=3\n", "a product, its last axis fastest")
tap.is(ids(ONE, TWO, '"stride ~= 2 or dilation == 3"'), HEAD .. "\n" .. HEAD .. ",d=3\n" .. HEAD .. ",s=2,d=3\n", "an expression leaves one out")
tap.is(ids(ONE, TWO, '["stride == 1", "dilation == 1"]'), HEAD .. "\n", "a list: all of them")
tap.is(ids(ONE, TWO, '"false"'):match "no case" or "", "no case", "nothing may be left")
tap.has(ids(ONE, TWO, '"strid == 1"'), "strid", "a name that is no axis")
tap.has(ids(ONE, TWO, '"stride ="'), "where", "no expression")
tap.has(ids(ONE, TWO, '"os.exit(7)"'), "where", "nothing but the axes can be reached")

-- ---- mistakes

tap.has(ids(ONE, "    stride: []"), "6:13:", "an axis without values")
tap.has(ids(ONE, "    strides: [1]"), "strides", "an axis that is no key")
tap.has(ids(ONE, "    stride: [1, two]"), "6:17:", "a value that is none has its place")
tap.is(ids(ONE, "    stride: [1, 1]"), HEAD .. "\n" .. HEAD .. "\n", "a value twice gives its cases twice")
tap.has(ids(ONE, "    channels:\n      - {in_channels: 2}"), "name", "a map without a name")
tap.done()
