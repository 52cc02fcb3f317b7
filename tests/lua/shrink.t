#!/usr/bin/env lua5.4
-- shrink.t: failures of large cases become tiny ones, which still fail: as an id, as YAML, as C.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local function shrink(mutant, id, among)
  local impl, c, yaml = ("build/%s/%s.so"):format(among or "mutants", mutant), folder .. "/r.c", folder .. "/r.yaml"
  os.remove(c)
  local status, out = tap.run(("shrink --impl %s '%s' --c %s --yaml %s"):format(impl, id, c, yaml))
  tap.is(status, 0, mutant .. " shrinks")
  local _, _, seconds = out:find("cases tried in ([%d.]+) s")
  tap.ok(tonumber(seconds) < 10, mutant .. " in " .. seconds .. " s")
  return out, impl, c, yaml
end

local function elements(out)
  local n = 1
  for extent in out:match("conv2d:in=([%dx]+)"):gmatch("%d+") do n = n * extent end
  return n
end

local function compiles_and_tells(name, impl, c, says)
  local built = tap.shell(("cc $CFLAGS -std=c17 -Wall -Wextra -Werror -Iinclude %s -o %s/r -ldl -lm"):format(c, folder))
  tap.is(built, 0, name .. ": the C program compiles without a warning")
  local status, out = tap.shell(folder .. "/r " .. impl)
  tap.is(status, 1, name .. ": and fails on the subject")
  tap.ok(#out > 0, name .. ": saying what is wrong")
  if says then tap.has(out, says, name .. ": " .. says) end
  tap.is(tap.shell(folder .. "/r build/adapters/naive.so"), 0, name .. ": but not on a right one")
end

local function file_tells(name, impl, yaml)
  tap.is(tap.run("run --impl " .. impl .. " " .. yaml), 1, name .. ": the case file fails on the subject")
  tap.is(tap.run("run --impl build/adapters/naive.so " .. yaml), 0, name .. ": but not on a right one")
end

for _, t in ipairs {
  {"kernel-flipped", "conv2d:in=2x64x14x14,out=64,k=3,p=1,data=uniform", 4},
  {"reflect-repeats-edge", "conv2d:in=2x64x14x14,out=32,k=3,p=1,mode=reflect,data=uniform", 4},
  {"shape-ceiling", "conv2d:in=2x64x15x14,out=64,k=3,s=2,p=1,data=uniform", 4},
  {"grad-weight-flipped", "conv2d:in=2x64x7x6,out=8,k=3,p=1,data=uniform,dir=backward", 4},
  {"input-in-bfloat16", "conv2d:in=2x64x10x10,out=16,k=3,p=1,data=uniform", 4},
  {"input-in-float16", "conv2d:in=2x8x10x10,out=16,k=3,p=1,dtype=f64,data=uniform", 4},
  {"bfloat16-unbiased", "conv2d:in=2x8x7x6,out=8,k=3,p=1,dtype=bf16", 4},
  {"int32-in-16-bits", "conv2d:in=1x8x4x4,out=4,k=3,dtype=i32,data=uniform", 16},
  {"channels-last-undilated", "conv2d:in=2x64x9x14,out=8,k=3,p=1,data=uniform,layout=nhwc,d=2", 6},
  {"channel-tail-skipped", "conv2d:in=2x65x7x7,out=8,k=3,p=1,data=uniform", 5},
} do
  local name, id, most = table.unpack(t)
  local out, impl, c, yaml = shrink(name, id)
  tap.ok(elements(out) <= most, ("%s: to %d input elements"):format(name, elements(out)))
  compiles_and_tells(name, impl, c)
  file_tells(name, impl, yaml)
end

-- The program has guards of its own: what reaches outside a tensor fails in it as it does in a run.
for name, says in pairs {
  ["read-after-input"] = "SIGSEGV 0 bytes past the end of input",
  ["read-before-weight"] = "SIGSEGV 4 bytes before the start of weight",
  ["write-after-output"] = "SIGSEGV 0 bytes past the end of output",
  ["write-before-output"] = "output: 4 bytes around it were written",
} do
  local _, impl, c, yaml = shrink(name, "conv2d:in=2x2x4x5,out=3,k=3,p=3x2,d=2x3", "hostile")
  compiles_and_tells(name, impl, c, says)
  file_tells(name, impl, yaml)
end

local status, out = tap.run("shrink --impl build/adapters/naive.so conv2d:in=1x1x3x3,out=1,k=2")
tap.is(status, 1, "what passes is not shrunk")
tap.has(out, "there is nothing to shrink", "and is said")
tap.done()
