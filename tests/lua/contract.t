#!/usr/bin/env lua5.4
-- contract.t: numeric contracts on subjects that compute as each preset says: probe names it, a run under it passes,
-- a run under a stricter one fails and names the right one.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()

-- What each engine is built with, the dtype that is tried, its contract, and a stricter one.
local engines = {
  {"tf32", "-DOPERANDS=11", "float32", "tf32", ""},
  {"3xtf32", "-DOPERANDS=11 -DSPLITS=2", "float32", "3xtf32", ""},
  {"bf16", "-DOPERANDS=8", "float32", "bf16", "tf32"},
  {"bf16x3", "-DOPERANDS=8 -DSPLITS=2", "float32", "bf16x3", "3xtf32"},
  {"f16-accumulate", "-DSUM_BITS=11 -DSUM_LOWEST=-24", "float16", "f16-accumulate", ""},
  {"bf16-accumulate", "-DSUM_BITS=8 -DSUM_LOWEST=-133", "bfloat16", "bf16-accumulate", ""},
  {"tensor-core", "-DALIGN=24 -DSUM_CUT=1", "float16", "tensor-core"}, -- in float16 the last rounding hides what is cut
  {"tf32-tensor-core", "-DALIGN=24 -DSUM_CUT=1 -DOPERANDS=11", "float32", "tf32-tensor-core", "3xtf32"},
}

local flags = "-std=c17 -O2 -ffp-contract=off -shared -fPIC -D_GNU_SOURCE -Iinclude"
local cases = {float32 = "cases/precision.yaml cases/order.yaml", float16 = "cases/dtypes.yaml cases/accuracy.yaml cases/precision.yaml",
  bfloat16 = "cases/dtypes.yaml cases/accuracy.yaml cases/precision.yaml"}

local function build(name, macros)
  local path = ("%s/%s.so"):format(folder, name)
  local status, _, err = tap.shell(("gcc %s %s tests/numerics/engine.c -o %s -lm"):format(flags, macros, path))
  if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end
  return path
end

local function run(path, dtype, numerics)
  return tap.run(("run --time-limit 100 --impl %s --numerics '%s' --filter 'dtype == \"%s\"' %s"):format(path, numerics, dtype, cases[dtype]))
end

for _, e in ipairs(engines) do
  local name, macros, dtype, states, stricter = table.unpack(e)
  local path = build(name, macros)
  local _, said = tap.run("probe --only numerics --impl " .. path)
  local measured = (said:match(dtype .. ": ([^;\n]+)") or ""):gsub("%s+$", "")
  tap.is(measured, states, name .. ": probe names it")
  local code, out = run(path, dtype, dtype .. ": " .. states)
  tap.is(code, 0, name .. ": passes under its contract")
  if code ~= 0 then print("# " .. out:gsub("\n", "\n# ")) end
  if stricter then
    code, out = run(path, dtype, stricter == "" and "" or dtype .. ": " .. stricter)
    tap.is(code, 1, ("%s: fails under '%s'"):format(name, stricter))
    tap.has(out, dtype .. ": " .. states, name .. ": and the run says which contract it keeps")
  end
end

local path = build("stated", "-DOPERANDS=8 -DNUMERICS='\"tf32\"'")
local code, out = tap.run("probe --only numerics --impl " .. path)
tap.is(code, 1, "a subject that states more than it keeps: probe exits 1")
tap.has(out, "it states tf32, and loses more (factors)", "and says what is lost")
code, out = tap.run("run --impl " .. path .. " --filter 'dtype == \"float32\"' " .. cases.float32)
tap.is(code, 1, "a run of it fails")
tap.has(out, "overstated", "with a verdict of its own")
tap.has(out, "the subject states 'tf32', but computes as if by 'bf16'", "which names what it computes")
tap.has(out, "--numerics 'float32: bf16", "and the run says the same as its measurement")
local better = build("better", "-DOPERANDS=11 -DSPLITS=2")
code, out = tap.run("probe --only numerics --numerics bf16x3 --impl " .. better)
tap.is(code, 0, "one that states less is right")
tap.has(out, "it states bf16x3, and loses less (factors)", "which probe notes")
code, out = tap.run("run --numerics bf16x3 --impl " .. better .. " --filter 'dtype == \"float32\"' " .. cases.float32)
tap.is(code, 0, "so a run passes")
local note = "note: of float32 the subject states bf16x3; in sums of single pixels it loses less (factors), and computes as 3xtf32"
tap.has(out, note, "and notes the same")
_, out = tap.run("run --numerics 3xtf32 --impl " .. better .. " --filter 'dtype == \"float32\"' " .. cases.float32)
tap.ok(not out:find("note: of float32", 1, true), "but not where the contract is the one that is measured")
-- One that chooses its arithmetic by the size, as libraries do: single pixels, which are measured, are exact.
path = build("by-size", "-DOPERANDS=8 -DLEAST_PIXELS=2")
_, out = tap.run("probe --only numerics --impl " .. path)
tap.has(out, "float32: factors are whole", "a subject that rounds in larger calls only: probe sees none of it")
code, out = tap.run("run --impl " .. path .. " --filter 'dtype == \"float32\"' " .. cases.float32)
tap.is(code, 1, "a run sees it")
tap.has(out, "In these it computes as if by\n  float32: bf16", "and names the preset by the values")
path = build("nonsense", "-DNUMERICS='\"tf33\"'")
local err
code, out, err = tap.run("probe --impl " .. path)
tap.is(code, 2, "a descriptor with words that nobody knows is refused")
tap.has(err, "numerics: 'tf33' is not known", "with the word")

tap.done()
