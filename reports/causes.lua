-- causes.lua: what failing cases have in common that passing ones have not.
-- Conditions on single keys are bits of a mask. A cause is the conjunction of up to three of them
-- that separates failures from passes best. It is a guess, so it is reported with its counts.

local params = require "reports.params"

local causes = {}

local MOST_CAUSES, MOST_CONDITIONS, BEAM = 6, 3, 6
local LEAST_SHARE = 0.25 -- how many of the cases that fit a cause must fail

-- ---- conditions: {key, words, test of the key's text and its numbers}

local conditions = {}

local function condition(key, words, test)
  conditions[#conditions + 1] = {key = key, words = words, test = test}
end

local function one_of(key, name, words)
  for _, word in ipairs(words) do
    condition(key, ("%s is %s"):format(name, word), function(text) return text == word end)
  end
end

local function above_one(_, n) return math.max(n[1] or 1, n[2] or 1) > 1 end
local function differs(_, n) return n[2] and n[1] ~= n[2] end

condition("s", "stride above 1", above_one)
condition("s", "stride of rows and columns differs", differs)
condition("d", "dilation above 1", above_one)
condition("d", "dilation of rows and columns differs", differs)
condition("p", "padding is 'same'", function(text) return text == "same" end)
condition("p", "padding is not 0", function(text) return text ~= "0" and text ~= "valid" end)
condition("p", "padding of rows and columns differs", differs)
condition("k", "kernel_size is 1", function(text) return text == "1" end)
condition("k", "kernel_size above 1", above_one)
condition("k", "kernel of an even extent", function(_, n)
  return n[1] and (n[1] % 2 == 0 or (n[2] or n[1]) % 2 == 0)
end)
condition("k", "kernel_size of rows and columns differs", differs)
condition("g", "groups above 1", above_one)
condition("bias", "no bias", function(text) return text == "false" end)
condition("bias", "a bias", function(text) return text == "true" end)
condition("in", "more than one image", function(_, n) return #n == 4 and n[1] > 1 end)
condition("in", "an input without a batch", function(_, n) return #n == 3 end)
condition("in", "more than one input channel", function(_, n) return (n[#n - 2] or 1) > 1 end)
condition("in", "an empty input", function(_, n)
  for _, extent in ipairs(n) do if extent == 0 then return true end end
end)
condition("out", "more than one output channel", above_one)

-- Sizes that no key has: what loops run over, whose tails are forgotten. Fewer than a block often go another way.
local function extent(name, key)
  for _, block in ipairs {4, 8, 16} do
    condition(key, ("%s above %d and not a multiple of it"):format(name, block), function(_, n)
      return n[1] and n[1] > block and n[1] % block ~= 0
    end)
    condition(key, ("%s not a multiple of %d"):format(name, block), function(_, n) return n[1] and n[1] > 0 and n[1] % block ~= 0 end)
  end
end
extent("output columns", "output columns")
extent("output channels", "out")
extent("input channels of a group", "group channels")

for _, k in ipairs(case.keys()) do
  if k.brief and #k.words > 0 then one_of(k.brief, k.name, k.words) end
end
local dtypes = {}
for i, dtype in ipairs(cts.dtypes()) do dtypes[i] = dtype.name end
one_of("dtype", "dtype", dtypes)
for _, recipe in ipairs(cts.recipes()) do
  local word = recipe.name
  condition("data", "data of " .. word, function(text)
    for name in text:gsub("/.*", ""):gmatch("[^+]+") do if name == word then return true end end
  end)
end

-- ---- masks

local by_key, words = {}, {}
for i, c in ipairs(conditions) do
  by_key[c.key] = by_key[c.key] or {}
  table.insert(by_key[c.key], {bit = i, test = c.test})
  words[i] = c.words
end

-- A function that keeps what f gives for a text, for a few thousand texts: those of `data` and `in` have no end.
local MOST_KEPT = 5000
local function kept(f)
  local cache, n = {}, 0
  return function(text)
    local known = cache[text]
    if known ~= nil then return known end
    if n >= MOST_KEPT then cache, n = {}, 0 end
    known, n = f(text), n + 1
    cache[text] = known
    return known
  end
end

-- By key: the numbers of the conditions that a text of the key fulfils, each with a space after it.
local keys, bits_of = {}, {}
for key, list in pairs(by_key) do
  keys[#keys + 1] = key
  bits_of[key] = kept(function(text)
    local bits, n = "", params.numbers(text)
    for _, c in ipairs(list) do
      if c.test(text, n) then bits = bits .. c.bit .. " " end
    end
    return bits
  end)
end
table.sort(keys)

local columns_of = kept(function(text)
  local n = params.numbers(text)
  return n[2] or n[1] or false
end)

-- The number of columns, of a key for both axes.
local function of_columns(values, brief)
  return columns_of(params.text(values, brief) or "")
end

-- The texts of the sizes that no key has; nil where the values have none.
local derived = {}

derived["output columns"] = function(values)
  local columns, padding = tonumber(values["in"] and values["in"]:match("(%d+)$")), params.text(values, "p")
  local k, s, d = of_columns(values, "k"), of_columns(values, "s"), of_columns(values, "d")
  if not (columns and k and s and d and padding and s > 0) then return nil end
  local reach = d * (k - 1)
  local both = padding == "same" and reach or padding == "valid" and 0 or 2 * (of_columns(values, "p") or 0)
  return ("%.0f"):format((columns + both - reach - 1) // s + 1)
end

derived["group channels"] = function(values)
  local channels, groups = tonumber(params.text(values, "c") or ""), tonumber(params.text(values, "g") or "")
  return channels and groups and groups > 0 and ("%.0f"):format(channels // groups) or nil
end

--- The conditions that the values of an id fulfil, as a list of numbers in words: a profile, equal
--- for cases that look alike to the search.
--- without: keys whose conditions are left out, as of causes.coarser.
function causes.profile(values, without)
  local parts = {}
  for _, key in ipairs(keys) do
    local text
    if not (without and without[key]) then
      local of = derived[key]
      text = of and of(values) or not of and params.text(values, key)
    end
    if text then parts[#parts + 1] = bits_of[key](text) end
  end
  return table.concat(parts)
end

-- ---- fewer profiles

--- The most profiles that are distinguished. The time of the search grows with them.
causes.most_profiles = 20000

-- How well each key separates failures from passes, by the best of its conditions.
local function telling_keys(counts)
  local by_bit, all = {}, {failed = 0, passed = 0}
  for bit = 1, #conditions do by_bit[bit] = {failed = 0, passed = 0} end
  for profile, n in pairs(counts) do
    all.failed, all.passed = all.failed + n.failed, all.passed + n.passed
    for bit in profile:gmatch("%d+") do
      local b = by_bit[tonumber(bit)]
      b.failed, b.passed = b.failed + n.failed, b.passed + n.passed
    end
  end
  local telling = {}
  for bit, c in ipairs(conditions) do
    local b = by_bit[bit]
    telling[c.key] = math.max(telling[c.key] or 0, math.abs(b.failed * all.passed - b.passed * all.failed))
  end
  return telling
end

-- A profile without the conditions of some keys.
local function narrow(profile, without)
  return (profile:gsub("(%d+) ", function(bit) return without[conditions[tonumber(bit)].key] and "" or nil end))
end

local function narrowed(counts, without)
  local fewer, n = {}, 0
  for profile, c in pairs(counts) do
    local short = narrow(profile, without)
    local sum = fewer[short]
    if not sum then
      sum, n = {failed = 0, passed = 0}, n + 1
      fewer[short] = sum
    end
    sum.failed, sum.passed = sum.failed + c.failed, sum.passed + c.passed
  end
  return fewer, n
end

--- Leaves out the keys that tell least until at most half of most_profiles are left; adds those to `without`. Returns the
--- counts of the profiles that remain, how many they are, and the function that makes such a profile of one before.
function causes.coarser(counts, without)
  local telling, left, n = telling_keys(counts), {}, math.huge
  for _, key in ipairs(keys) do if not without[key] then left[#left + 1] = key end end
  table.sort(left, function(a, b)
    if telling[a] ~= telling[b] then return telling[a] < telling[b] end
    return a < b
  end)
  for _, key in ipairs(left) do
    if n <= causes.most_profiles // 2 then break end
    without[key] = true
    counts, n = narrowed(counts, without)
  end
  return counts, n, function(profile) return narrow(profile, without) end
end

-- ---- the search
-- A row is a profile: {bits = {bit, ...}, failed =, passed =, open =}, `open` being the failures without a cause.

-- How many open failures, failures and passes have each bit: one pass over rows, whatever their number of bits.
local function count_bits(rows)
  local open, failed, passed = {}, {}, {}
  for bit = 1, #conditions do open[bit], failed[bit], passed[bit] = 0, 0, 0 end
  for _, row in ipairs(rows) do
    for _, bit in ipairs(row.bits) do passed[bit] = passed[bit] + row.passed end
    if row.failed > 0 then
      for _, bit in ipairs(row.bits) do
        open[bit], failed[bit] = open[bit] + row.open, failed[bit] + row.failed
      end
    end
  end
  return open, failed, passed
end

-- How well conditions name the failures: the harmonic mean of recall and precision; fewer are better.
local function score(hit, failed, passed, all, conditions_used)
  local recall, precision = hit / all, failed / (failed + passed)
  return 2 * recall * precision / (recall + precision) * 0.97 ^ (conditions_used - 1)
end

local function extend(set, bit)
  for _, b in ipairs(set) do if b == bit then return nil end end
  local longer = table.move(set, 1, #set, 1, {})
  longer[#longer + 1] = bit
  table.sort(longer)
  return longer
end

-- Adds to `found` all sets of b's conditions and one more. `seen` has the sets that are there already.
local function add_longer(found, seen, b, all)
  local open, failed, passed = count_bits(b.rows)
  for bit = 1, #conditions do
    local set = open[bit] > 0 and extend(b.set, bit)
    local name = set and table.concat(set, " ")
    if set and not seen[name] then
      seen[name] = true
      found[#found + 1] = {
        set = set, name = name, bit = bit, from = b.rows, hit = open[bit], failed = failed[bit], passed = passed[bit],
        score = score(open[bit], failed[bit], passed[bit], all, #set),
      }
    end
  end
end

local function holds(row, bit)
  for _, b in ipairs(row.bits) do if b == bit then return true end end
  return false
end

local function rows_with(rows, bit)
  local list = {}
  for _, row in ipairs(rows) do if holds(row, bit) then list[#list + 1] = row end end
  return list
end

-- The best conjunction, by a beam search from none.
local function best_set(rows, all)
  local best, beam = {score = 0}, {{set = {}, rows = rows}}
  for _ = 1, MOST_CONDITIONS do
    local found, seen = {}, {}
    for _, b in ipairs(beam) do add_longer(found, seen, b, all) end
    table.sort(found, function(a, b)
      if a.score ~= b.score then return a.score > b.score end
      return a.name < b.name
    end)
    beam = table.move(found, 1, math.min(BEAM, #found), 1, {})
    for _, b in ipairs(beam) do b.rows = rows_with(b.from, b.bit) end
    if beam[1] and beam[1].score > best.score then best = beam[1] end
  end
  return best
end

local function phrase(set)
  local list = {}
  for _, bit in ipairs(set) do list[#list + 1] = words[bit] end
  return table.concat(list, ", ")
end

local function count_all(counts)
  local failed, passed = 0, 0
  for _, n in pairs(counts) do failed, passed = failed + n.failed, passed + n.passed end
  return failed, passed
end

local function rows_of(counts)
  local rows = {}
  for profile, n in pairs(counts) do
    local row = {profile = profile, bits = {}, failed = n.failed, passed = n.passed, open = n.failed}
    for bit in profile:gmatch("%d+") do row.bits[#row.bits + 1] = tonumber(bit) end
    rows[#rows + 1] = row
  end
  return rows
end

-- Takes the failures that fit out of those that need a cause, and notes it for their profile.
local function explain_rows(rows, cause, index, of_profile)
  local settled = 0
  for _, row in ipairs(rows) do
    local fits = row.open > 0
    for _, bit in ipairs(cause.set) do fits = fits and holds(row, bit) end
    if fits then
      settled = settled + row.open
      row.open = 0
      of_profile[row.profile] = index
    end
  end
  return settled
end

--- counts: {[profile] = {failed =, passed =}}. Returns a list of causes {words =, failed =, run =},
--- likely ones first, and the index of the cause for each profile with failures that has one.
function causes.find(counts)
  local list, of_profile = {}, {}
  local all, passed = count_all(counts)
  if all == 0 then return list, of_profile end
  local rows, open = rows_of(counts), all
  local usual = all / (all + passed) -- cases that fit a cause must fail more often than this
  while open > 0 and #list < MOST_CAUSES do
    local best = best_set(rows, open)
    if not best.set or (best.hit < 2 and all > 1) then break end
    local share = best.failed / (best.failed + best.passed)
    if share < LEAST_SHARE or share <= usual then break end
    list[#list + 1] = {words = phrase(best.set), failed = best.failed, run = best.failed + best.passed}
    open = open - explain_rows(rows, best, #list, of_profile)
  end
  return list, of_profile
end

return causes
