#!/usr/bin/env lua5.4
-- defects.t: a case that cannot be as its author says is reported with the facts: what it says, what is so, what to write.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local head = "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\n"
local made = 0

local function says(name, text, wanted)
  made = made + 1
  local path = ("%s/%d.yaml"):format(folder, made)
  tap.write(path, head .. text .. "\n")
  local status, out, err = tap.run("run --impl " .. tap.sample .. " " .. path)
  tap.is(status, 2, name .. ": is the suite's fault")
  tap.has(out .. err, wanted, name .. ": is reported")
end

local function case(keys) return "cases: [{name: a, " .. keys .. "}]" end

says("a rejection that is not meant", case "kernel_size: 9", "the call is rejected by SHAPE-7; if that is meant, write 'rejects: SHAPE-7'")
says("a rejection that is none", case "rejects: SHAPE-7", "the case says 'rejects: SHAPE-7', but the call is valid")
says("another rejection", case "stride: 0, rejects: SHAPE-7", "the case says 'rejects: SHAPE-7', but the call is rejected by VALID-")
says("too few numbers", case "values: {input: [1, 2, 3]}", "values: input has 20 elements, and 3 numbers are given")
says("too few weights", case "values: {weight: [1, 2]}", "values: weight has 9 elements, and 2 numbers are given")
says("too few outputs", case "values: {output: [1, 2, 3]}", "values: output is [1, 1, 2, 3], 6 elements, and 3 numbers are given")
says("another shape", case "output_shape: [1, 1, 2, 2]", "the case says 'output_shape: [1, 1, 2, 2]', but the output is [1, 1, 2, 3]")
says("a shape of another rank", case "output_shape: [1, 2, 3]", "the case says 'output_shape: [1, 2, 3]', but the output is [1, 1, 2, 3]")

local function sweep(where) return ("sweep: {axes: {stride: [1, [1, 2]], groups: [1, 2]}, where: \"%s\"}"):format(where) end
says("a name that is no axis", sweep "strid > 1", "where:1: there is no axis 'strid', there are stride, groups")
says("a list compared with a number", sweep "stride > 1", "where:1: attempt to compare number with table (where stride is 1x2)")
says("with the values of all its axes", sweep "groups == 1 or stride > 1", "attempt to compare number with table (where stride is 1x2, groups is 2)")

tap.done()
