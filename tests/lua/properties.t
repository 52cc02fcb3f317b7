#!/usr/bin/env lua5.4
-- properties.t: each property holds for a right subject, and fails for mutants that break it.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local breaks = {
  linearity = {"bias-twice", "sign-lost", "rectified"}, shift = {"stride-forgotten", "later-by-one"},
  groups = {"group-weights-shared", "group-reversed", "bias-within-group"}, dilation = {"dilation-swapped", "dilation-one-less"},
  padding = {"reflect-repeats-edge", "same-larger-half-first", "circular-one-off", "padding-swapped"},
  stride = {"stride-swapped", "window-from-the-end"}, batch = {"image-next", "bias-batched-only", "batch-row-padding-forgotten"},
  adjoint = {"grad-weight-flipped", "grad-input-padding-dropped", "grad-same-larger-half-first"},
}

-- Mutants that one property finds and no other: none of these can be left out. (What depends on the place of a
-- window, as shift sees it, other properties see too.)
local alone = {
  linearity = "bias-twice", groups = "group-weights-shared", dilation = "dilation-one-less", padding = "reflect-repeats-edge",
  stride = "stride-swapped", batch = "image-next", adjoint = "grad-weight-flipped",
}

local names = {}
for name in pairs(breaks) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local script = "lua runner/lua/properties/" .. name .. ".lua "
  local status, out = tap.run(script .. "build/adapters/naive.so")
  tap.is(status, 0, name .. " holds for a right subject")
  tap.ok(not out:find("SKIP", 1, true) and select(2, out:gsub("\nok", "")) >= 2, name .. " is tried, nothing skipped")
  for _, mutant in ipairs(breaks[name]) do
    status, out = tap.run(script .. "build/mutants/" .. mutant .. ".so")
    tap.is(status, 1, name .. " fails for " .. mutant)
    tap.has(out, "not ok", name .. " says where " .. mutant .. " breaks it")
  end
end
-- Other right subjects, where they are built: what they do not offer is skipped, nothing fails.
local others = {"build/adapters/oracle.so"}
for _, built in ipairs {"libtorch", "onednn-direct", "xnnpack"} do
  local path = ("build/adapters/%s.so"):format(built)
  if io.open(path) then others[#others + 1] = path else print("# not tried: " .. path .. " is not built") end
end
others[#others + 1] = "--impl-cmd build/tests/pipe/server"
for _, impl in ipairs(others) do
  for _, name in ipairs(names) do
    tap.is(tap.run(("lua runner/lua/properties/%s.lua %s"):format(name, impl)), 0, name .. " holds for " .. impl)
  end
end

for _, name in ipairs(names) do
  for _, other in ipairs(names) do
    if alone[name] and other ~= name then
      local status = tap.run(("lua runner/lua/properties/%s.lua build/mutants/%s.so"):format(other, alone[name]))
      tap.is(status, 0, ("only %s finds %s, not %s"):format(name, alone[name], other))
    end
  end
end
tap.done()
