-- precision.lua: to what operands, products and sums are rounded, and what becomes of subnormals.
-- Each call has an exact answer, which every order and every precision that is wide enough gives.

local ask = require "probe.ask"

local precision = {}

-- ---- operands

-- The largest b for which 1 + 2^-b survives as input or weight.
local function bits_kept(tested, role, dtype)
  local c, kept = ask.dot(1, dtype), 0
  for b = 1, 52 do
    local v = 1 + 2.0 ^ -b
    local out = ask.output(tested, c, {input = role == "input" and {v} or {1}, weight = role == "weight" and {v} or {1}})
    if out and out[1] == v then kept = b else break end
  end
  return kept
end

local significands = {[7] = "bfloat16", [10] = "TF32", [23] = "float32", [52] = "float64"}

--- What operands are rounded to before they are multiplied.
function precision.operands(tested, dtype)
  local x, w = bits_kept(tested, "input", dtype), bits_kept(tested, "weight", dtype)
  if x + w == 0 then return ask.unknown "no answer to 1x1 kernels" end
  local function name(bits) return significands[bits] or bits .. " bits" end
  return {is = x == w and name(x) or name(x) .. " x " .. name(w),
    evidence = {("1 + 2^-b times 1 is exact up to b = %d as input, %d as weight"):format(x, w)}}
end

-- ---- sums

local accumulators = {[8] = "bfloat16", [24] = "float32", [53] = "float64", [64] = "extended"}

-- 11 bits: float16 overflows where TF32 does not.
local function name_accumulator(tested, c, bits, dtype)
  if bits ~= 11 then return accumulators[bits] or bits .. " bits" end
  if dtype == "float16" then return "float16 or TF32" end
  return ask.sum(tested, c, {[0] = 2.0 ^ 20}, 0) == 2.0 ^ 20 and "TF32" or "float16"
end

--- How wide sums are kept: the least k for which some order of 2^k + 1 - 2^k loses the 1.
function precision.accumulator(tested, dtype)
  local c = ask.dot(64, dtype)
  local most = dtype == "float16" and 15 or 100
  for k = 4, most do
    local seen, why = ask.cancelling(tested, c, 2.0 ^ k, 1)
    if not seen then return ask.unknown(why) end
    if not ask.is_only(seen, 1) then
      return {is = name_accumulator(tested, c, k, dtype), bits = k,
        evidence = {("2^%d + 1 - 2^%d loses the 1 in some order, 2^%d in none"):format(k, k, k - 1)}}
    end
  end
  return {is = dtype == "float16" and "float32 or wider" or "exact", bits = most,
    evidence = {("2^k + 1 - 2^k is 1 in every order up to k = %d"):format(most)}}
end

--- Whether products are rounded before they are added.
function precision.products(tested)
  local c = ask.dot(64)
  local v, answered = 1 + 2.0 ^ -12, false
  for _, at in ipairs {{0, 1}, {1, 0}, {0, 16}, {16, 0}, {3, 60}} do
    local out = ask.output(tested, c, {
      input = function(_, k) return k == at[1] and v or k == at[2] and -(1 + 2.0 ^ -11) or 0 end,
      weight = function(_, k) return k == at[1] and v or 1 end,
    })
    answered = answered or out ~= nil
    if out and out[1] == 2.0 ^ -24 then
      return {is = "not rounded", evidence = {"(1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 in some order: fused, or kept in a wider type"}}
    end
  end
  if not answered then return ask.unknown "no answer to 1x1 kernels" end
  return {is = "rounded", evidence = {"(1 + 2^-12)^2 - (1 + 2^-11) is not 2^-24 in any order: each product is rounded"}}
end

-- ---- subnormals

--- What becomes of subnormal inputs, weights, products and results of float32.
function precision.subnormals(tested)
  local c, lost, evidence, answered = ask.dot(1), {}, {}, false
  local function try(name, x, w)
    local out = ask.output(tested, c, {input = {x}, weight = {w}})
    local got = out and out[1]
    answered = answered or got ~= nil
    if got == 0 then lost[#lost + 1] = name end
    evidence[#evidence + 1] = ("%s: %a * %a = %s"):format(name, x, w, got and ("%a"):format(got) or "no answer")
  end
  try("inputs", 2.0 ^ -130, 2.0 ^ 100)
  try("weights", 2.0 ^ 100, 2.0 ^ -130)
  try("results", 2.0 ^ -70, 2.0 ^ -70)
  if not answered then return {is = "unknown", evidence = evidence} end
  return {is = #lost > 0 and "flushed: " .. table.concat(lost, ", ") or "kept", evidence = evidence}
end

return precision
