#!/usr/bin/env lua5.4
-- probe.t: probe finds out about each real library what is known of how it computes.
-- A library that is not built, or lacks an algorithm on this processor, is skipped and named.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local KEYS = "algorithm,algorithm_gradient,products,accumulator_float32,order,subnormals,growth"

-- Subject, what must succeed for it to run, findings: text, or a list where the processor decides.
local winograd = {"Winograd F(2x2,3x3), Winograd F(4x4,3x3)", "Winograd F(2x2,3x3)", "Winograd F(4x4,3x3)"}
local subjects = {
  {"onednn-direct", findings = {algorithm = "direct", algorithm_gradient = "direct", accumulator_float32 = "float32"}},
  {"onednn-winograd", findings = {algorithm = winograd, algorithm_gradient = winograd}},
  {"onednn", findings = {algorithm = "direct", algorithm_gradient = "direct, Winograd F(4x4,3x3)", accumulator_float32 = "float32"}},
  {"libtorch", findings = {algorithm = "direct", algorithm_gradient = "direct", accumulator_float32 = "float32",
    subnormals = "kept"}},
  {"xnnpack", findings = {algorithm = "direct", algorithm_gradient = "unknown", accumulator_float32 = "float32",
    subnormals = "flushed: inputs, weights, results"}},
  {"/usr/bin/python3 adapters/scipy_fft.py", process = "/usr/bin/python3 -c 'import scipy'",
    findings = {algorithm = "FFT", algorithm_gradient = "unknown", accumulator_float32 = "float32"}},
}

local function is_there(s)
  if s.process then return tap.shell(s.process) == 0 end
  local f = io.open("build/adapters/" .. s[1] .. ".so")
  return f and f:close()
end

-- Findings by key, as the command prints them for machines.
local function probe(s)
  local impl = s.process and ("--impl-cmd '%s'"):format(s[1]) or ("--impl build/adapters/%s.so"):format(s[1])
  local status, out, err = tap.run(("probe --json --only %s %s"):format(KEYS, impl))
  tap.is(status, 0, s[1] .. " is probed")
  local found = {}
  for key, is in out:gmatch '"([%a_%d]+)":{[^{}]-"is":"([^"]*)"' do found[key] = is end
  if not next(found) then print("# " .. err) end
  return found
end

local function is_one_of(got, wanted)
  for _, want in ipairs(type(wanted) == "table" and wanted or {wanted}) do
    if got == want then return true end
  end
end

local prints, order = {}, {}
for _, s in ipairs(subjects) do
  if not is_there(s) then
    tap.skip(s[1], "not built: make adapters")
  else
    local found = probe(s)
    if s[1] == "onednn-winograd" and found.algorithm == "unknown" then
      tap.skip(s[1], "oneDNN has no Winograd for this processor")
    elseif s[1] == "onednn" and found.algorithm_gradient == "direct" then
      tap.skip(s[1], "oneDNN's auto chooses direct for all shapes on this processor")
    else
      for key, want in pairs(s.findings) do
        tap.ok(is_one_of(found[key], want), ("%s: %s is %s"):format(s[1], key, found[key]))
      end
      local parts = {}
      for key in KEYS:gmatch "[^,]+" do parts[#parts + 1] = found[key] end
      prints[s[1]] = table.concat(parts, "; ")
      order[#order + 1] = s[1]
    end
  end
end

-- PyTorch computes with oneDNN, and may choose the same kernels: with AVX2 it does.
local function is_one_library(a, b) return a:find "^onednn" and b == "libtorch" end

for i, a in ipairs(order) do
  for k = i + 1, #order do
    if is_one_library(a, order[k]) then goto continue end
    tap.ok(prints[a] ~= prints[order[k]], ("%s and %s have different fingerprints"):format(a, order[k]))
    ::continue::
  end
end
tap.done()
