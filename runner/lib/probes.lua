-- probes.lua: how a subject computes, beyond right and wrong: small calls whose answers tell.
-- A probe returns {is = a word, evidence = lines}; it asks only what a direct sum, in any order and
-- any precision, would answer alike if it were exact.

local probes = {}

-- ---- asking

-- The output of a call on values by role; nil where the subject did not answer.
local function ask(tested, c, values)
  local tensors, result = tested:call(c, values)
  if not tensors.output then return nil, result.words ~= "" and result.words or result.verdict end
  return tensors.output
end

local function ones() return 1 end

-- A dot product of n channels, as a 1x1 convolution of one pixel.
local function dot_case(n, dtype)
  return case.new {input = {1, n, 1, 1}, out_channels = 1, kernel_size = 1, bias = false, dtype = dtype}
end

-- The subject's sum of `values` ({[channel from 0] = value}, others `rest`), times ones.
local function sum(tested, c, values, rest)
  local out, why = ask(tested, c, {input = function(_, k) return values[k] or rest end, weight = ones})
  return out and out[1], why
end

-- ---- algorithm: how far one NaN and one outlier reach

local SIDE = 26 -- of the input; 24 x 24 outputs, a multiple of all tiles

-- Columns of outputs that an odd input at (y, x) changes: the first and the last, and how many outputs in all.
local function footprint(out, changed)
  local first, last, count = nil, nil, 0
  for i = 0, SIDE - 3 do
    for j = 0, SIDE - 3 do
      if changed(out:at(0, 0, i, j), i, j) then
        count = count + 1
        first = math.min(first or j, j)
        last = math.max(last or j, j)
      end
    end
  end
  return {first = first, last = last, count = count}
end

local function footprints(tested, c, value, changed)
  local list = {}
  for x = 6, 13 do
    local y = x
    local out, why = ask(tested, c, {
      input = function(_, k, h, w) return k == 0 and h == y and w == x and value or 1 end, weight = ones})
    if not out then return nil, why end
    local f = footprint(out, function(v, i, j) return changed(v, i <= y and y <= i + 2 and j <= x and x <= j + 2) end)
    f.x = x
    list[#list + 1] = f
  end
  return list
end

local function each(list, test)
  for _, f in ipairs(list) do if not test(f) then return false end end
  return true
end

-- Whether a footprint holds a whole tile of m outputs and no more than two.
local function holds_tile(f, m)
  if not f.first then return false end
  local tile = (f.first + m - 1) // m * m
  return tile + m - 1 <= f.last and f.last - f.first < 2 * m
end

-- The width of the output tiles of a footprint that moves by tiles, not by elements; nil if it does not.
local function tile_of(list)
  for _, m in ipairs {6, 4, 2} do
    if each(list, function(f) return holds_tile(f, m) end) then return m end
  end
end

local function name_footprint(list)
  local plane = (SIDE - 2) ^ 2
  if each(list, function(f) return f.count == 9 and f.first == f.x - 2 and f.last == f.x end) then return "direct" end
  if each(list, function(f) return f.count >= 0.9 * plane end) then return "FFT" end
  local m = tile_of(list)
  if m then return ("Winograd F(%dx%d,3x3)"):format(m, m) end
  if each(list, function(f) return not f.first end) then return "no trace" end
  return "unknown transform"
end

local function counts(list)
  local texts = {}
  for i, f in ipairs(list) do texts[i] = tostring(f.count) end
  return table.concat(texts, ", ")
end

-- Whether an outlier under a zero tap leaves something in the sum, which a direct sum can't.
local function has_residue(tested, c, channels)
  local out = ask(tested, c, {
    input = function(_, k, h, w) return k == 0 and h == 9 and w == 9 and 2.0 ^ 40 or 1 end,
    weight = function(_, _, r, s) return r == 1 and s == 1 and 0 or 1 end})
  return out and math.abs(out:at(0, 0, 8, 8) - 8 * channels) > 0.01 * channels
end

--- Direct, Winograd or FFT, by what one NaN and one outlier of 2^40 reach, and what a zero tap leaves.
function probes.algorithm(tested, channels, images)
  local c = case.new {input = {images, channels, SIDE, SIDE}, out_channels = channels, kernel_size = 3, bias = false}
  local window = 9 * channels
  local by_nan, why = footprints(tested, c, 0 / 0, function(v) return v ~= v end)
  if not by_nan then return {is = "unknown", evidence = {why}} end
  local by_outlier = footprints(tested, c, 2.0 ^ 40, function(v, inside)
    local near = math.abs(v - window) < 0.01 * window
    return inside or not near
  end)
  if not by_outlier then return {is = "unknown", evidence = {"no answer to an outlier"}} end
  local first, second, residue = name_footprint(by_nan), name_footprint(by_outlier), has_residue(tested, c, channels)
  local is = (first == "direct" or first == "no trace") and second or first
  if is == "direct" and residue then is = "Winograd F(2x2,3x3)" end
  return {is = is, evidence = {
    ("one NaN reaches %s of %d outputs of a channel, over 8 positions (direct: 9): %s")
      :format(counts(by_nan), (SIDE - 2) ^ 2, first),
    ("an outlier of 2^40 changes %s: %s"):format(counts(by_outlier), second),
    residue and "an outlier under a zero tap leaves a residue: a transform" or "an outlier under a zero tap leaves nothing",
  }}
end

-- ---- precision of operands, products and sums

-- The largest b for which 1 + 2^-b survives as input or weight.
local function bits_kept(tested, role, dtype)
  local c, kept = dot_case(1, dtype), 0
  for b = 1, 52 do
    local v = 1 + 2.0 ^ -b
    local out = ask(tested, c, {input = role == "input" and {v} or {1}, weight = role == "weight" and {v} or {1}})
    if out and out[1] == v then kept = b else break end
  end
  return kept
end

local significands = {[7] = "bfloat16", [10] = "TF32", [23] = "float32", [52] = "float64"}

--- What operands are rounded to before they are multiplied.
function probes.operands(tested, dtype)
  local x, w = bits_kept(tested, "input", dtype), bits_kept(tested, "weight", dtype)
  if x + w == 0 then return {is = "unknown", evidence = {"no answer to 1x1 kernels"}} end
  local function name(bits) return significands[bits] or bits .. " bits" end
  local own = ({float32 = 23, float64 = 52, float16 = 10, bfloat16 = 7})[dtype]
  local is = x == own and w == own and dtype or x == w and name(x) or name(x) .. " x " .. name(w)
  return {is = is, evidence = {("1 + 2^-b times 1 is exact up to b = %d as input, %d as weight"):format(x, w)}}
end

local orders = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}

-- Whether a + 1 - a gives 1 in every order and at every distance, a = 2^k.
local function keeps_one(tested, c, k, places)
  local terms = {2.0 ^ k, 1, -2.0 ^ k}
  for _, order in ipairs(orders) do
    for _, at in ipairs(places) do
      local values = {}
      for i = 1, 3 do values[at[order[i]]] = terms[i] end
      local got, why = sum(tested, c, values, 0)
      if not got then return nil, why end
      if got ~= 1 then return false end
    end
  end
  return true
end

local accumulators = {
  [8] = "bfloat16", [11] = "float16 or TF32", [24] = "float32", [53] = "float64", [64] = "extended",
}

--- How wide sums are kept: the least k for which some order of 2^k + 1 - 2^k loses the 1.
function probes.accumulator(tested, dtype)
  local c = dot_case(64, dtype)
  local places = {{0, 1, 2}, {0, 16, 32}, {3, 21, 60}}
  local most = dtype == "float16" and 15 or 100
  for k = 4, most do
    local kept, why = keeps_one(tested, c, k, places)
    if kept == nil then return {is = "unknown", evidence = {why}} end
    if not kept then
      local is = accumulators[k] or k .. " bits"
      return {is = is, bits = k, evidence = {("2^%d + 1 - 2^%d loses the 1 in some order, 2^%d in none"):format(k, k, k - 1)}}
    end
  end
  local enough = dtype == "float16" and "float32 or wider" or "exact"
  return {is = enough, bits = most, evidence = {("2^k + 1 - 2^k is 1 in every order up to k = %d"):format(most)}}
end

--- Whether products are rounded before they are added.
function probes.products(tested)
  local c = dot_case(64, "float32")
  local v, answered = 1 + 2.0 ^ -12, false
  for _, at in ipairs {{0, 1}, {1, 0}, {0, 16}, {16, 0}, {3, 60}} do
    local out = ask(tested, c, {
      input = function(_, k) return k == at[1] and v or k == at[2] and -(1 + 2.0 ^ -11) or 0 end,
      weight = function(_, k) return k == at[1] and v or 1 end,
    })
    answered = answered or out ~= nil
    if out and out[1] == 2.0 ^ -24 then
      return {is = "not rounded", evidence = {"(1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 in some order: fused, or kept in a wider type"}}
    end
  end
  if not answered then return {is = "unknown", evidence = {"no answer to 1x1 kernels"}} end
  return {is = "rounded", evidence = {"(1 + 2^-12)^2 - (1 + 2^-11) is 0 in every order: each product is rounded"}}
end

-- ---- subnormals

--- What becomes of subnormal inputs, weights, products and results of float32.
function probes.subnormals(tested)
  local c, lost, evidence, answered = dot_case(1, "float32"), {}, {}, false
  local function try(name, x, w)
    local out = ask(tested, c, {input = {x}, weight = {w}})
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

-- ---- order of summation

-- How many of n ones are added before +M and -M meet, wherever these stand: the leaves below their
-- lowest common node in the tree of additions.
local function leaves(tested, c, n, i, j)
  local got, why = sum(tested, c, {[i] = 2.0 ^ 100, [j] = -2.0 ^ 100}, 1)
  return got and n - got, why
end

local function all_ones_below(l, n, expected)
  for j = 1, n - 1 do if l[j] ~= expected(j) then return false end end
  return true
end

local function power_above(j)
  local p = 1
  while p <= j do p = 2 * p end
  return p
end

local function name_order(l, n)
  if all_ones_below(l, n, function(j) return j + 1 end) then return "one after the other" end
  if all_ones_below(l, n, function() return n end) then return "one after the other, from the last" end
  if all_ones_below(l, n, power_above) then return "pairwise" end
  local least = 1
  for j = 2, n - 1 do if l[j] < l[least] then least = j end end
  if least > 1 then return ("%d lanes side by side"):format(least) end
  for b = n // 2, 2, -1 do
    local blocks = all_ones_below(l, n, function(j) return j < b and j + 1 or math.min((j // b + 1) * b, n) end)
    if blocks then return ("blocks of %d, one after the other"):format(b) end
  end
  for b = 2, n // 2 do
    local inner = true
    for j = 1, b - 1 do inner = inner and l[j] <= b end
    if inner and l[b] > b then return ("blocks of %d"):format(b) end
  end
  return "another order"
end

--- In which order 64 products are added, by where 2^100 and -2^100 swallow the ones.
function probes.order(tested)
  local n, l = 64, {}
  local c = dot_case(n, "float32")
  for j = 1, n - 1 do
    local v, why = leaves(tested, c, n, 0, j)
    if not v then return {is = "unknown", evidence = {why}} end
    l[j] = v == v and math.abs(v) < 1e6 and math.tointeger(v) or -1
  end
  local texts = {}
  for j = 1, n - 1 do texts[j] = tostring(l[j]) end
  return {is = name_order(l, n), evidence = {
    "terms added before the first meets the j-th, j = 1 to 63: " .. table.concat(texts, " ")}}
end

-- ---- growth of the error

-- The largest and the rms error of sums of k positive products, in units of u * S.
local function errors(tested, k)
  local c = case.new {input = {1, k, 4, 4}, out_channels = 8, kernel_size = 1, bias = false, data = "uniform"}
  local data = c:tensors()
  local x, w = data.input:map(math.abs), data.weight:map(math.abs)
  local out = ask(tested, c, {input = x, weight = w})
  if not out then return nil end
  local _, detail = oracle.forward(c, x, w)
  return oracle.judge(out, detail, 1)
end

-- The slope of log y against log x, by least squares.
local function slope(points)
  local n, sx, sy, sxx, sxy = #points, 0, 0, 0, 0
  for _, p in ipairs(points) do
    local x, y = math.log(p[1]), math.log(p[2])
    sx, sy, sxx, sxy = sx + x, sy + y, sxx + x * x, sxy + x * y
  end
  return (n * sxy - sx * sy) / (n * sxx - sx * sx)
end

--- How the error grows with the number of terms, which are all positive.
function probes.growth(tested)
  local points, texts = {}, {}
  for _, k in ipairs {16, 64, 256, 1024, 4096} do
    local e = errors(tested, k)
    points.answered = points.answered or e
    if e and e.rms_error > 0 then
      points[#points + 1] = {k, e.rms_error}
      texts[#texts + 1] = ("K = %d: max %.3g, rms %.3g"):format(k, e.max_error, e.rms_error)
    end
  end
  if #points < 3 then return {is = points.answered and #points == 0 and "no error" or "unknown", evidence = texts} end
  local s = slope(points)
  local is = s < 0.2 and "constant" or s < 0.75 and "like the square root of K" or "linear in K"
  texts[#texts + 1] = ("slope of log rms error against log K: %.2f"):format(s)
  return {is = is, slope = s, evidence = texts}
end

-- ---- determinism: which paths give other bits

local function uniform(keys)
  local all = {input = {4, 16, 12, 13}, out_channels = 16, kernel_size = 3, padding = 1, data = "uniform"}
  for key, value in pairs(keys or {}) do all[key] = value end
  return case.new(all)
end

local function same_bits(a, b) return a and b and a:equal(b) end

--- Which of repetition, batch, layout, alignment and threads change bits. reopen (threads) -> a subject.
function probes.determinism(tested, reopen)
  local c = uniform()
  local data = c:tensors()
  local values = {input = data.input, weight = data.weight, bias = data.bias}
  local first = ask(tested, c, values)
  if not first then return {is = "unknown", evidence = {"no answer"}} end
  local differ, evidence = {}, {}
  local function compare(name, got, want)
    local is = not got and "not offered" or same_bits(got, want) and "the same bits" or "other bits"
    if is == "other bits" then differ[#differ + 1] = name end
    evidence[#evidence + 1] = name .. ": " .. is
  end
  compare("repeated", ask(tested, c, values), first)
  local alone = uniform {input = {1, 16, 12, 13}}
  compare("an image alone", ask(tested, alone, {input = data.input:slice(1, 2, 1), weight = data.weight, bias = data.bias}),
    first:slice(1, 2, 1))
  for _, layout in ipairs {"nhwc", "odd", "gaps"} do
    compare("layout " .. layout, ask(tested, uniform {layout = layout}, values), first)
  end
  compare("4 threads", ask(reopen(4), c, values), first)
  return {is = #differ > 0 and "other bits: " .. table.concat(differ, ", ") or "bitwise the same", evidence = evidence}
end

return probes
