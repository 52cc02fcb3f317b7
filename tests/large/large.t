#!/usr/bin/env lua5.4
-- The tier large: it needs memory, says so where that is missing, and finds an index of 32 bits, which no
-- smaller case shows. With CONV2D_LARGE=1 (`make check-large`) on tensors of 2 GiB; else what needs none.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function run(subject, more)
  return tap.run(("run --jobs 1 --impl build/large/%s.so %s"):format(subject, more))
end

local function run_case(subject, name, more)
  return run(subject, ("--tier large %s --filter 'name == \"%s\"' cases/large.yaml"):format(more or "", name))
end

-- KiB that can be had without swapping
local function available()
  return tonumber(tap.read("/proc/meminfo"):match "MemAvailable:%s*(%d+)")
end

-- what no memory is needed for
local status, out = tap.run("list --tier large --ids")
tap.ok(status == 0 and out:find "in=1x2056x1024x1024", "the tier can be listed")
local _, whole = tap.run("list --tier full --ids cases/large.yaml")
tap.is(whole, "", "no other tier has its cases")
for _, name in ipairs {"narrow64", "narrow32", "narrow32-bytes"} do
  status, out = run(name, "cases/forward.yaml cases/groups.yaml cases/integers.yaml")
  tap.ok(status == 0 and out:find "conforms: %d%d+ passed", name .. " is right on small tensors")
end

if available() < 60 << 20 then
  local log = os.tmpname()
  status = run_case("narrow64", "int8-output", "--log " .. log)
  local text = tap.read(log)
  os.remove(log)
  tap.is(status, 4, "without the memory for the only case: the status")
  tap.has(text, '"too large"', "... its verdict")
  tap.has(text, "GiB of memory beside the subject's, and", "... how much it takes, and how much is free")
else
  tap.skip("without the memory for a case", "this machine has it")
end

-- what needs 7 GiB
local function judge(subject, name, wanted)
  status, out = run_case(subject, name)
  if out:find "too large" then return tap.skip(subject .. " on " .. name, "no 7 GiB of memory are free") end
  tap.is(status, wanted, ("%s on %s: the status"):format(subject, name))
  if wanted == 1 then tap.has(out, "wrong value", "... its verdict") end
end

if os.getenv "CONV2D_LARGE" then
  for subject, wanted in pairs {narrow64 = {0, 0}, narrow32 = {1, 0}, ["narrow32-bytes"] = {1, 1}} do
    judge(subject, "int8-channels", wanted[1])
    judge(subject, "float32-input", wanted[2])
  end
else
  tap.skip("an index of 32 bits on tensors of 2 GiB", "a minute and 7 GiB of memory are needed: make check-large")
end
tap.done()
