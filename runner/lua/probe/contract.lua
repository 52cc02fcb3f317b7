-- contract.lua: the numeric contract that a subject keeps, measured; in the words of specs/numerics.md.
-- Each call has one product, or three terms whose exact sum every order gives that is wide enough.

local ask = require "probe.ask"

local contract = {}

local types = {
  float32 = {bits = 24, sum = 24, top = 2.0 ^ 30, lowest = -126, largest = (2 - 2.0 ^ -23) * 2.0 ^ 127},
  float16 = {bits = 11, sum = 24, top = 2.0 ^ 15, lowest = -14, largest = 65504.0},
  bfloat16 = {bits = 8, sum = 24, top = 2.0 ^ 30, lowest = -126, largest = (2 - 2.0 ^ -7) * 2.0 ^ 127},
}

--- The dtypes whose contract can be measured, in order.
contract.dtypes = {"float32", "float16", "bfloat16"}

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
local function factors(tested, dtype, sum, words)
  local t = types[dtype]
  local bits, why = kept_bits(tested, dtype)
  if not bits then return nil, why end
  if bits == t.bits then
    local a = sum >= t.bits and first_dropped(tested, dtype)
    if a then words[#words + 1] = ("operands=%d"):format(a) words[#words + 1] = "splits=2" end
    return true
  end
  if bits >= sum then return true end
  words[#words + 1] = ("operands=%d"):format(bits)
  local above = 1 + 1.5 * 2.0 ^ -bits
  if product(tested, dtype, above, 1) == 1 then words[#words + 1] = "operands-cut" end
  return true
end

-- ---- sums

local accumulators = {[8] = "bfloat16", [11] = "float16"}
local orders = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}
local places = {{0, 1, 2}, {0, 16, 32}, {3, 21, 60}}

-- The results of top + v - top, in every order and at several distances: a set of numbers, or nil and why.
local function sums_of(tested, dtype, v)
  local c, seen, terms = ask.dot(64, dtype), {}, {types[dtype].top, v, -types[dtype].top}
  for _, order in ipairs(orders) do
    for _, at in ipairs(places) do
      local values = {}
      for i = 1, 3 do values[at[order[i]]] = terms[i] end
      local got, why = ask.sum(tested, c, values, 0)
      if not got then return nil, why end
      seen[got == got and got or "nan"] = true
    end
  end
  return seen
end

-- Bits that sums keep: the least b for which some order loses the 2^-b of 1 + 2^-b. Nil and why if there is no answer.
local function sum_bits(tested, dtype)
  local t = types[dtype]
  for b = 4, t.sum do
    local v = t.top * 2.0 ^ -b
    local seen, why = sums_of(tested, dtype, v)
    if not seen then return nil, why end
    for got in pairs(seen) do if got ~= v then return b end end
  end
  return t.sum + 1
end

-- Whether the 1.5 of 2^b + 1.5 never becomes 2, where 2 is the step of the sums.
local function cuts_sums(tested, dtype, bits)
  local half = types[dtype].top * 2.0 ^ -bits
  local seen = sums_of(tested, dtype, 1.5 * half)
  return seen and not seen[2 * half] and seen[0.0]
end

-- What is said of sums that keep so many bits. Whether they are cut.
local function sums(tested, dtype, bits, words)
  local t = types[dtype]
  if bits > t.sum then return false end -- wider than the nominal accumulator
  local cut = cuts_sums(tested, dtype, bits)
  if bits < t.sum and accumulators[bits] and not cut then
    words[#words + 1] = "accumulator=" .. accumulators[bits]
  elseif bits < t.sum or cut then
    words[#words + 1] = ("align=%d"):format(bits)
  end
  if cut then words[#words + 1] = "accumulator-cut" end
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
  local big = dtype == "float16" and 2.0 ^ 15 or 2.0 ^ 127
  return ask.sum(tested, ask.dot(4, dtype), {}, big) == t.largest
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

-- The preset of a dtype that states these words, or the words.
local function named(dtype, words)
  local text = table.concat(words, ",")
  for _, p in ipairs(cts.presets()) do
    if p.means == text and (" " .. p.dtypes .. " "):find(" " .. dtype .. " ", 1, true) then return p.name end
  end
  return text
end

--- The contract of a dtype: "" if it computes as specs/judge.md takes for granted; nil and why where nothing is known.
function contract.of(tested, dtype)
  local words = {}
  local plain, why = answers_plainly(tested, dtype)
  if not plain then return nil, why end
  local bits
  bits, why = sum_bits(tested, dtype)
  if not bits then return nil, why end
  if bits < 8 then return nil, ("sums keep %d bits only, which is no arithmetic that a contract can name"):format(bits) end
  local known
  known, why = factors(tested, dtype, bits, words)
  if not known then return nil, why end
  local cut = sums(tested, dtype, bits, words)
  if not cut and bits > types[dtype].bits and rounds_results_toward_zero(tested, dtype) then words[#words + 1] = "result-cut" end
  if saturates(tested, dtype) then words[#words + 1] = "saturate" end
  if dtype ~= "bfloat16" and flushes(tested, dtype) then words[#words + 1] = "flush" end
  return named(dtype, words)
end

-- ---- what is stated against what is measured

-- The words of a contract of one dtype as fields, presets written out.
local function fields(text)
  local f = {}
  for word in text:gmatch "[^,%s]+" do
    local name, value = word:match "^([%w-]+)=(.+)$"
    for _, p in ipairs(cts.presets()) do
      if p.name == word then
        for k, v in pairs(fields(p.means)) do f[k] = v end
        word = nil
        break
      end
    end
    if name then f[name] = tonumber(value) or value elseif word then f[word] = true end
  end
  return f
end

-- The part of --numerics that is about a dtype, without the dtype: "tf32"; "" if there is none.
local function part_about(stated, dtype)
  local found = ""
  for part in stated:gmatch "[^;]+" do
    local of, words = part:match "^%s*([%w]+)%s*:%s*(.-)%s*$"
    if not of then
      words = part:match "^%s*(.-)%s*$"
      for _, p in ipairs(cts.presets()) do
        if p.name == words:match "^[^,%s]+" then of = (" " .. p.dtypes .. " "):find(" " .. dtype .. " ", 1, true) and dtype or "another" end
      end
    end
    if not of or of == dtype then found = words end
  end
  return found
end

local sum_bits_of = {float16 = 11, bfloat16 = 8, float32 = 24, float64 = 53}

-- How much a contract loses, field by field: larger is worse.
local function losses(text, dtype)
  local f, t = fields(text), types[dtype]
  local kept = (f.operands or t.bits) * (f.splits or 1) - (f["operands-cut"] and 1 or 0)
  local sum = math.min(f.align or 99, sum_bits_of[f.accumulator] or t.sum, f.store and sum_bits_of[f.store] or 99)
  return {factors = math.max(0, t.bits - kept), sums = math.max(0, t.sum - sum) + (f["accumulator-cut"] and 1 or 0),
    result = f["result-cut"] and 1 or 0, subnormals = f.flush and 1 or 0, overflow = f.saturate and 1 or 0}
end

--- Whether a subject that states `stated` computes worse or better: {dtype =, stated =, measured =, worse = words that name
--- what is lost besides}, and likewise `better`, for each dtype that is measured.
function contract.compare(tested, stated)
  local list, unknown = {}, {}
  for _, dtype in ipairs(contract.dtypes) do
    local measured, why = contract.of(tested, dtype)
    if not measured then
      unknown[#unknown + 1] = dtype .. ": not known: " .. why
    else
      local says = part_about(stated, dtype)
      local a, b = losses(says, dtype), losses(measured, dtype)
      local worse, better = {}, {}
      for _, what in ipairs {"factors", "sums", "result", "subnormals", "overflow"} do
        if b[what] > a[what] then worse[#worse + 1] = what elseif b[what] < a[what] then better[#better + 1] = what end
      end
      list[#list + 1] = {dtype = dtype, stated = says, measured = measured,
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
