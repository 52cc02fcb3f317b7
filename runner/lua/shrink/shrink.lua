-- shrink.lua: the smallest case that still fails in the same way.
-- The search is greedy: it keeps every change that keeps the verdict, and tries the largest changes first. Parameters
-- shrink before data, because fewer elements make each further step cheaper.

local allowance = require "time.allowance"

local shrink = {}

local function volume(shape)
  local v = 1
  for _, n in ipairs(shape) do v = v * n end
  return v
end

-- The numbers to try instead of a number: the least, half of it, the power of two below it, somewhat less, one less.
local function below(v, least)
  local list, seen, power = {}, {[v] = true}, 1
  while power * 2 < v do power = power * 2 end
  for _, n in ipairs {least, least + 1, (v + least) // 2, power, v - v // 8, v - v // 32, v - 1} do
    if n >= least and n < v and not seen[n] then
      seen[n] = true
      list[#list + 1] = n
    end
  end
  return list
end

-- ---- candidates: changed keys, the boldest first

local function words(c, try)
  if c.layout ~= "nchw" then try {layout = "nchw"} end
  if c.dtype ~= "float32" then try {dtype = "float32"} end
  if c.data ~= "integers" then
    try {data = "integers", seed = 0}
    try {data = "integers", seed = 1}
  end
  if c.seed ~= 0 then try {seed = 0} end
  if c.padding_mode ~= "zeros" then try {padding_mode = "zeros"} end
  if type(c.padding) == "string" then try {padding = 0} end
  if c.bias then try {bias = false} end
end

local function channels(c, try)
  local shape, groups = c.input, c.groups
  local axis = #shape - 2
  local inside, outside = c.in_channels // groups, c.out_channels // groups
  local function with(g, i, o)
    local input = {table.unpack(shape)}
    input[axis] = g * i
    try {input = input, in_channels = g * i, out_channels = g * o, groups = g}
  end
  for _, g in ipairs(below(groups, 1)) do
    with(g, inside, outside)
    with(g, 1, 1)
  end
  if inside > 1 and outside > 1 then with(groups, 1, 1) end
  for _, i in ipairs(below(inside, 1)) do with(groups, i, outside) end
  for _, o in ipairs(below(outside, 1)) do with(groups, inside, o) end
end

local function pairs_of_numbers(c, try)
  for _, key in ipairs {"kernel_size", "dilation", "stride", "padding"} do
    local v, least = c[key], key == "padding" and 0 or 1
    for axis = 1, type(v) == "table" and 2 or 0 do
      for _, n in ipairs(below(v[axis], least)) do
        try {[key] = {axis == 1 and n or v[1], axis == 2 and n or v[2]}}
      end
    end
  end
end

local function extents(c, try)
  local shape = c.input
  local first = #shape == 4 and 1 or 2
  for axis = first, #shape do
    if axis ~= #shape - 2 then
      for _, n in ipairs(below(shape[axis], 1)) do
        local input = {table.unpack(shape)}
        input[axis] = n
        try {input = input}
      end
    end
  end
  if #shape == 4 and shape[1] == 1 then try {input = {table.unpack(shape, 2)}} end
end

-- ---- the search

-- Runs the case; whether it fails as the one to be shrunk does.
local function fails(s, c)
  s.tests = s.tests + 1
  local result = s.tested:test(c)
  if result.verdict ~= s.verdict or result.class == "expected" then return false end
  s.result = result
  return true
end

local function late(s) return s.expired() or s.enough and s.enough(s.case) end

-- Takes the first candidate of a kind that still fails; whether there was one.
local function step(s, kind)
  local found
  kind(s.case, function(keys)
    if found or late(s) then return end
    local good, c = pcall(s.case.with, s.case, keys)
    if not good or c.id == s.case.id then return end
    local status = c:expect().status
    if status == s.status and fails(s, c) then found = c end
  end)
  s.case = found or s.case
  return found ~= nil
end

local function shrink_parameters(s)
  local changed
  repeat
    changed = false
    for _, kind in ipairs {channels, extents, pairs_of_numbers, words} do
      while step(s, kind) do changed = true end
    end
  until not changed or late(s)
end

-- ---- data: literal values, as few as possible not zero

local roles = {"input", "weight", "bias", "grad_output"}

local function literal_case(s, values)
  return s.case:with {values = values, data = "integers", seed = 0}
end

-- Sets the elements first to last of a list of positions to zero, where that keeps the failure.
local function try_zeros(s, role, positions, first, last)
  local values, kept = s.values[role], {}
  for i = first, last do
    kept[i] = values[positions[i]]
    values[positions[i]] = 0
  end
  if not late(s) and fails(s, literal_case(s, s.values)) then return true end
  for i = first, last do values[positions[i]] = kept[i] end
  return false
end

local function zero_most(s, role)
  local positions = {}
  for i = 1, #s.values[role] do
    if s.values[role][i] ~= 0 then positions[#positions + 1] = i end
  end
  local size = #positions
  while size >= 1 do
    local rest, i = {}, 1
    while i <= #positions do
      local last = math.min(i + size - 1, #positions)
      if not try_zeros(s, role, positions, i, last) then table.move(positions, i, last, #rest + 1, rest) end
      i = last + 1
    end
    positions, size = rest, size // 2
  end
  return positions
end

-- Replaces the remaining values by small numbers: by ones, or else by numbers that all differ, so that a permutation
-- still shows.
local function simplify(s, role, positions)
  for n, at in ipairs(positions) do
    for _, v in ipairs {1, n} do
      local old = s.values[role][at]
      if old == v then break end
      s.values[role][at] = v
      if not late(s) and fails(s, literal_case(s, s.values)) then break end
      s.values[role][at] = old
    end
  end
end

local function shrink_data(s)
  local tensors = s.case:tensors()
  s.values = {}
  for _, role in ipairs(roles) do
    if tensors[role] then s.values[role] = tensors[role]:totable() end
  end
  if not tensors.input or volume(s.case.input) > 4096 or not fails(s, literal_case(s, s.values)) then return end
  for _, role in ipairs(roles) do
    if s.values[role] then simplify(s, role, zero_most(s, role)) end
  end
  s.literal = literal_case(s, s.values)
end

--- A smaller case that fails with the same verdict: as small as `enough (case)` asks for, if it gets there within so many seconds; a busy
--- machine gets more, but not more than `longest`.
function shrink.reduce(tested, c, verdict, enough, seconds, longest)
  local s = {tested = tested, case = c, verdict = verdict, tests = 0, status = c:expect().status,
    enough = enough, expired = allowance(seconds, longest)}
  shrink_parameters(s)
  return s.case
end

--- Shrinks a failing case. Returns {case =, literal = case or nil, result =, tests =, seconds =}, or nil if the
--- case does not fail. seconds: how long to try (default 9); a busy machine gets more.
function shrink.search(tested, c, seconds)
  local start = cts.now()
  local result = tested:test(c)
  if result.class ~= "failed" then return nil, result end
  local s = {tested = tested, case = c:with {}, verdict = result.verdict, result = result, tests = 1,
    status = c:expect().status, expired = allowance(seconds or 9)}
  if c.values then s.case = c end
  shrink_parameters(s)
  if s.status == "ok" and c.direction ~= "shape" and c.direction ~= "init" then shrink_data(s) end
  local final = s.literal or s.case
  return {case = s.case, literal = s.literal, result = tested:test(final), tests = s.tests, seconds = cts.now() - start}
end

return shrink
