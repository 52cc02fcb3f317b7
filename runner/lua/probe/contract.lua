-- contract.lua: the numeric contract that a subject keeps, measured; in the words of specs/numerics.md.
-- Each call has one product, or three terms whose exact sum every order gives that is wide enough.

local ask = require "probe.ask"

local contract = {}

local NOMINAL = 24 -- bits of the sums that specs/judge.md takes for granted, for each of these dtypes

--- The dtypes whose contract can be measured, in order.
contract.dtypes = {"float32", "float16", "bfloat16"}

-- By the name of a floating-point dtype: the bits of its significand, the greatest power of two and the exponent of the
-- smallest normal number, the largest number, and a power of two that leaves room for NOMINAL bits below it.
local types = {}
for _, d in ipairs(cts.dtypes()) do
  if d.exponent > 0 then
    local most = (1 << d.exponent - 1) - 1
    types[d.name] = {bits = d.fraction + 1, power = 2.0 ^ most, lowest = 1 - most, largest = (2 - 2.0 ^ -d.fraction) * 2.0 ^ most,
      top = 2.0 ^ math.min(30, most)}
  end
end

local function product(tested, dtype, x, w)
  local out, why = ask.output(tested, ask.dot(1, dtype), {input = {x}, weight = {w}})
  return out and out[1], why
end

-- The result of 1 + v, with zeros between or not.
local function one_and(tested, dtype, v)
  return (ask.sum(tested, ask.dot(2, dtype), {[0] = 1, [1] = v}, 0))
end

-- ---- factors

-- Bits that are kept of a factor; nil and why if there is no answer.
local function kept_bits(tested, dtype)
  local t = types[dtype]
  for b = 1, t.bits - 1 do
    local v = 1 + 2.0 ^ -b
    local a, why = product(tested, dtype, v, 1)
    if not a then return nil, why end
    if a ~= v or product(tested, dtype, 1, v) ~= v then return b end
  end
  return t.bits
end

-- The least a for which the product of 1 + 2^-a with itself lacks its last bit; nil if it is there as long as the type has it.
local function first_dropped(tested, dtype)
  for a = 1, (types[dtype].bits - 1) // 2 do
    local v = 1 + 2.0 ^ -a
    if product(tested, dtype, v, v) ~= v * v then return a end
  end
end

-- What is said of factors. A sum of two numbers has both halves of every factor, but not the product of the second halves.
-- Where sums keep no more bits than factors seem to, nothing is known of factors.
local function measure_factors(tested, dtype, sum, stated)
  local t = types[dtype]
  local bits, why = kept_bits(tested, dtype)
  if not bits then return nil, why end
  if bits == t.bits then
    local a = sum >= t.bits and first_dropped(tested, dtype)
    if a then stated.operands, stated.splits = a, 2 end
    return true
  end
  if bits >= sum then return true end
  stated.operands = bits
  stated.operands_cut = product(tested, dtype, 1 + 1.5 * 2.0 ^ -bits, 1) == 1 or nil
  return true
end

-- ---- sums

local accumulators = {[8] = "bfloat16", [11] = "float16"}
-- The results of top + v - top, as ask.cancelling gives them.
local function sums_of(tested, dtype, v)
  return ask.cancelling(tested, ask.dot(64, dtype), types[dtype].top, v)
end

-- Bits that sums keep: the least b for which some order loses the 2^-b of 1 + 2^-b. Nil and why if there is no answer.
local function sum_bits(tested, dtype)
  local t = types[dtype]
  for b = 4, NOMINAL do
    local v = t.top * 2.0 ^ -b
    local seen, why = sums_of(tested, dtype, v)
    if not seen then return nil, why end
    if not ask.is_only(seen, v) then return b end
  end
  return NOMINAL + 1
end

-- Whether the 1.5 of 2^b + 1.5 never becomes 2, where 2 is the step of the sums.
local function cuts_sums(tested, dtype, bits)
  local half = types[dtype].top * 2.0 ^ -bits
  local seen = sums_of(tested, dtype, 1.5 * half)
  return seen and not seen[2 * half] and seen[0.0]
end

-- What is said of sums that keep so many bits. Whether they are cut.
local function measure_sums(tested, dtype, bits, stated)
  if bits > NOMINAL then return false end -- wider than the nominal accumulator
  local cut = cuts_sums(tested, dtype, bits)
  if bits < NOMINAL and accumulators[bits] and not cut then
    stated.accumulator = accumulators[bits]
  elseif bits < NOMINAL or cut then
    stated.align = bits
  end
  stated.accumulator_cut = cut or nil
  return cut
end

-- ---- results

local function rounds_results_toward_zero(tested, dtype)
  local t = types[dtype]
  if t.bits == 24 then return false end
  local step = 2.0 ^ (1 - t.bits)
  return one_and(tested, dtype, 0.75 * step) == 1
end

local function saturates(tested, dtype)
  local t = types[dtype]
  return ask.sum(tested, ask.dot(4, dtype), {}, t.power) == t.largest
end

local function flushes(tested, dtype)
  return product(tested, dtype, 2.0 ^ (types[dtype].lowest - 1), 1) == 0
end

-- ---- all of it

-- Whether it multiplies and adds at all; nil and why if not. A wrong layer computes no contract.
local function answers_plainly(tested, dtype)
  for _, pair in ipairs {{1, 1, 1}, {1.5, 2, 3}, {-1, 1.5, -1.5}} do
    local got, why = product(tested, dtype, pair[1], pair[2])
    if got ~= pair[3] then return nil, why or "it does not multiply 1.5 by 2" end
  end
  if one_and(tested, dtype, 2) ~= 3 then return nil, "it does not add 1 and 2" end
  return true
end

-- What is measured, as cts.numerics gives what is stated; nil and why where nothing is known.
local function measure(tested, dtype)
  local stated = {}
  local plain, why = answers_plainly(tested, dtype)
  if not plain then return nil, why end
  local bits
  bits, why = sum_bits(tested, dtype)
  if not bits then return nil, why end
  if bits < 8 then return nil, ("sums keep %d bits only, which is no arithmetic that a contract can name"):format(bits) end
  local known
  known, why = measure_factors(tested, dtype, bits, stated)
  if not known then return nil, why end
  local cut = measure_sums(tested, dtype, bits, stated)
  stated.result_cut = not cut and bits > types[dtype].bits and rounds_results_toward_zero(tested, dtype) or nil
  stated.saturate = saturates(tested, dtype) or nil
  stated.flush = dtype ~= "bfloat16" and flushes(tested, dtype) or nil
  return stated
end

-- ---- in words

local fields = {"operands", "splits", "operands_cut", "accumulator", "align", "accumulator_cut", "store", "store_every",
  "result_cut", "saturate", "flush"}

-- What is stated of a dtype, as --numerics takes it: the name of a preset where there is one.
local function words_of(stated, dtype)
  local words = {}
  for _, field in ipairs(fields) do
    local value, word = stated[field], field:gsub("_", "-")
    if value then words[#words + 1] = value == true and word or ("%s=%s"):format(word, value) end
  end
  local text = table.concat(words, ",")
  for _, p in ipairs(cts.presets()) do
    if p.means == text and (" " .. p.dtypes .. " "):find(" " .. dtype .. " ", 1, true) then return p.name end
  end
  return text
end

--- The contract of a dtype: "" if it computes as specs/judge.md takes for granted; nil and why where nothing is known.
function contract.of(tested, dtype)
  local stated, why = measure(tested, dtype)
  if not stated then return nil, why end
  return words_of(stated, dtype)
end

-- ---- what is stated against what is measured

local function bits_of(dtype) return dtype and types[dtype].bits or 99 end

-- How much a contract of a dtype loses, field by field: larger is worse.
local function losses(f, dtype)
  local bits = types[dtype].bits
  local kept = (f.operands or bits) * (f.splits or 1) - (f.operands_cut and 1 or 0)
  local sum = math.min(f.align or 99, f.accumulator and bits_of(f.accumulator) or NOMINAL, bits_of(f.store))
  return {factors = math.max(0, bits - kept), sums = math.max(0, NOMINAL - sum) + (f.accumulator_cut and 1 or 0),
    result = f.result_cut and 1 or 0, subnormals = f.flush and 1 or 0, overflow = f.saturate and 1 or 0}
end

--- The dtypes of which a contract states something, in order.
function contract.stated_dtypes(stated)
  local list, says = {}, cts.numerics(stated)
  for _, dtype in ipairs(contract.dtypes) do
    if says[dtype] and next(says[dtype]) then list[#list + 1] = dtype end
  end
  return list
end

--- Whether a subject that states `stated` computes worse or better: {dtype =, stated =, measured =, worse = words that name
--- what is lost besides}, and likewise `better`, for each of the dtypes, by default all that can be measured.
function contract.compare(tested, stated, dtypes)
  local list, unknown, says = {}, {}, cts.numerics(stated)
  for _, dtype in ipairs(dtypes or contract.dtypes) do
    local measured, why = measure(tested, dtype)
    if not measured then
      unknown[#unknown + 1] = dtype .. ": not known: " .. why
    else
      local said = says[dtype] or {}
      local a, b = losses(said, dtype), losses(measured, dtype)
      local worse, better = {}, {}
      for _, what in ipairs {"factors", "sums", "result", "subnormals", "overflow"} do
        if b[what] > a[what] then worse[#worse + 1] = what elseif b[what] < a[what] then better[#better + 1] = what end
      end
      list[#list + 1] = {dtype = dtype, stated = words_of(said, dtype), measured = words_of(measured, dtype),
        worse = table.concat(worse, ", "), better = table.concat(better, ", ")}
    end
  end
  return list, unknown
end

--- The contracts of all dtypes, as --numerics takes them: "float32: tf32; float16: ...", or "".
function contract.option(tested)
  local list = {}
  for _, dtype in ipairs(contract.dtypes) do
    local text = contract.of(tested, dtype)
    if text and text ~= "" then list[#list + 1] = dtype .. ": " .. text end
  end
  return table.concat(list, "; ")
end

--- The finding of `probe`: what it computes as, and how that compares with what it states.
function contract.finding(tested)
  local found, evidence, overstated = {}, {}, false
  local list, unknown = contract.compare(tested, tested.numerics)
  for _, c in ipairs(list) do
    if c.measured ~= "" then found[#found + 1] = c.dtype .. ": " .. c.measured end
    if c.measured == "" then evidence[#evidence + 1] = c.dtype .. ": factors are whole, sums keep 24 bits or more, to nearest" end
    if c.stated ~= "" or c.worse ~= "" then
      local says = c.stated ~= "" and ("it states %s"):format(c.stated) or "it states nothing"
      if c.worse ~= "" then
        overstated = overstated or c.stated ~= ""
        evidence[#evidence + 1] = ("%s: %s, and loses more (%s)"):format(c.dtype, says, c.worse)
      elseif c.better ~= "" then
        evidence[#evidence + 1] = ("%s: %s, and loses less (%s)"):format(c.dtype, says, c.better)
      end
    end
  end
  local option = table.concat(found, "; ")
  if option ~= "" then table.insert(evidence, 1, ("--numerics '%s'"):format(option)) end
  table.move(unknown, 1, #unknown, #evidence + 1, evidence)
  if #list == 0 then return {is = "unknown", evidence = evidence} end
  return {is = option == "" and "as specs/judge.md takes for granted" or option, evidence = evidence, overstated = overstated}
end

return contract
