-- asker.lua: questions to a subject about the order of one element's additions. All products are a unit, except M and its
-- negative: a unit is lost if it is added to M or -M before these two meet. So the units that are lost, with M and -M
-- themselves, are the leaves below the lowest common node of both in the tree of additions.
--
-- A call asks about one pair of leaves in each output channel (of grad_input, in each channel): their operands are apart.

local asker = {NO_WHOLE_NUMBER = "no whole number of units is left", NO_TIME = "no time was left"}

-- M and the unit of each dtype, and how many units its results can count. In float16 the unit is the smallest number, so
-- that the accumulator may be float16 or float32.
local masks = {
  float32 = {2.0 ^ 100, 1, 2 ^ 24}, float64 = {2.0 ^ 500, 1, 2 ^ 53},
  float16 = {2.0 ^ 15, 2.0 ^ -24, 2 ^ 11}, bfloat16 = {2.0 ^ 100, 1, 2 ^ 8},
}

--- Whether units can be counted in results of a dtype. Those of float8 have too few bits.
function asker.follows(dtype) return masks[dtype] ~= nil end

--- Why no operand of a case can be asked about; nil if it can.
function asker.refusal(c)
  if c.layout == "broadcast" then return "its elements share memory, so that no operand can be asked about alone" end
  if not asker.follows(c.dtype) then return ("results of %s have too few bits to count terms in"):format(c.dtype) end
end

-- The axis of a result along which operands are apart: its channels.
local function channel_axis(result, rank)
  return (result == "grad_weight" or result == "grad_bias") and 1 or rank - 2
end

local function ones(shape, dtype, value)
  return tensor.new(shape, dtype) + value
end

-- The values of every tensor that a call reads: 1, and a unit for the operand that is varied.
local function template(c, s, unit)
  local values = {}
  for name, t in pairs(c:operands()) do values[name] = ones(t.shape, t.dtype, name == s.varied and unit or 1) end
  if values.bias then values.bias = ones(values.bias.shape, values.bias.dtype, unit) end
  return values
end

--- An asker about a result ("output", "grad_input" ...) of a case; nil and why where nothing can be asked.
function asker.new(tested, c, result)
  local s, why = sums.of(c, result)
  why = why or asker.refusal(c)
  if not s or why then return nil, why end
  local mask, unit, most = table.unpack(masks[c.dtype])
  local shape, step = s.shape, 1
  local axis = channel_axis(result, #shape)
  for a = axis + 1, #shape do step = step * shape[a] end
  local self = {tested = tested, case = c, result = result, sums = s, mask = mask, unit = unit, most = most, calls = 0,
    channels = shape[axis], step = step, values = template(c, s, unit)}
  self.has_bias = result == "output" and self.values.bias ~= nil
  setmetatable(self, {__index = asker})
  self:open_lanes(0, {})
  return self
end

--- The result of a call on these values; nil and why. Counts the call. There is none once asker.expired () is true.
function asker:call(values)
  if self.expired and self.expired() then return nil, asker.NO_TIME end
  self.calls = self.calls + 1
  local tensors, r = self.tested:ask(self.case, values)
  local got = tensors[self.result]
  self.unstable = self.unstable or r.verdict == "not deterministic"
  if not got then return nil, r.words ~= "" and r.words or r.class == "passed" and "no such result is given" or r.verdict end
  return got
end

--- Whether an element counts its products where all are units, roughly: formats with few bits may miss some. An answer that is
--- wrong everywhere, such as 0, does not. nil and why if there is no answer.
function asker:counts_products(e)
  local n = #self:leaves(e)
  if n > self.most then return true end
  if not self.counted then
    local all, why = self:call(self.values)
    if not all then return nil, why end
    self.counted = all
  end
  local got = self.counted[e + 1] / self.unit
  return got >= n / 2 and got <= 2 * n -- false for NaN
end

--- The leaves of an element; the bias has the number `sums.leaves`.
function asker:leaves(e)
  local list = self.sums:inside(e)
  if self.has_bias then list[#list + 1] = self.sums.leaves end
  return list
end

-- The element of the same place in lane k, and its channel in the result from 0.
function asker:in_lane(e, k)
  local own, channel = e // self.step % self.channels, self.open[k + 1]
  return e + (channel - own) * self.step, channel
end

--- Lets the calls about element e use its own channel and those in which the element at the same place is in the set.
function asker:open_lanes(e, set)
  local own = e // self.step % self.channels
  self.open = {own}
  for channel = 0, self.channels - 1 do
    if channel ~= own and set[e + (channel - own) * self.step] then self.open[#self.open + 1] = channel end
  end
  self.lanes = #self.open
end

-- Sets the operand of a leaf of an element.
function asker:put(e, channel, leaf, value)
  if leaf == self.sums.leaves then
    self.values.bias[channel + 1] = value
  else
    self.values[self.sums.varied][self.sums:at(e, leaf)] = value
  end
end

-- Puts into each lane the values of its pair, or the unit back.
function asker:put_pairs(e, pairs_of, from, to, high, low)
  for q = from, to do
    local at, channel = self:in_lane(e, q - from)
    self:put(at, channel, pairs_of[q][1], high)
    self:put(at, channel, pairs_of[q][2], low)
  end
end

-- Sets the operands of these leaves in all lanes.
function asker:set_leaves(e, list, first, last, value)
  for k = 0, self.lanes - 1 do
    local at, channel = self:in_lane(e, k)
    for i = first, last do self:put(at, channel, list[i], value) end
  end
end

-- One call for pairs from..to: how many units are left of each.
function asker:ask_some(e, list, from, to)
  self:put_pairs(e, list, from, to, self.mask, -self.mask)
  local got, why = self:call(self.values)
  self:put_pairs(e, list, from, to, self.unit, self.unit)
  if not got then return nil, why end
  local left = {}
  for q = from, to do left[q] = got[self:in_lane(e, q - from) + 1] / self.unit end
  return left
end

-- Adds to `total` how many units each pair leaves, by as many calls as there are lanefuls.
function asker:count(e, list, at_once, total)
  for from = 1, #list, at_once do
    local to = math.min(from + at_once - 1, #list)
    local left, why = self:ask_some(e, list, from, to)
    if not left then return nil, why end
    for q = from, to do total[q] = (total[q] or 0) + left[q] end
  end
  return total
end

-- Where a result can't count all units, those outside of a part of the leaves are 0 in each call. M and -M stand
-- beside them; a unit of their own is lost with them.
function asker:count_in_parts(e, leaves, list, at_once)
  local total = {}
  self:set_leaves(e, leaves, 1, #leaves, 0)
  for first = 1, #leaves, self.most do
    local last = math.min(first + self.most - 1, #leaves)
    self:set_leaves(e, leaves, first, last, self.unit)
    for from = 1, #list, at_once do
      local to = math.min(from + at_once - 1, #list)
      local left, why = self:ask_part(e, leaves, {first, last}, list, from, to)
      if not left then return nil, why end
      for q = from, to do total[q] = (total[q] or 0) + left[q] end
    end
    self:set_leaves(e, leaves, first, last, 0)
  end
  self:set_leaves(e, leaves, 1, #leaves, self.unit)
  return total
end

-- As ask_some; afterwards the pairs get back what the part gives them.
function asker:ask_part(e, leaves, part, list, from, to)
  local left, why = self:ask_some(e, list, from, to)
  local in_part = {}
  for i = part[1], part[2] do in_part[leaves[i]] = true end
  for q = from, to do
    local at, channel = self:in_lane(e, q - from)
    for i = 1, 2 do self:put(at, channel, list[q][i], in_part[list[q][i]] and self.unit or 0) end
  end
  return left, why
end

-- A leaf in the middle of the window whose fixed operand no other leaf of the element has; nil if there is none.
local function lonely_leaf(s, e)
  local users, rows, columns = {}, s.extent[2], s.extent[3]
  local inside = s:inside(e)
  for _, leaf in ipairs(inside) do
    local at = s:other(e, leaf)
    users[at] = (users[at] or 0) + 1
  end
  for _, leaf in ipairs(inside) do
    local is_middle = leaf // columns % rows == rows // 2 and leaf % columns == columns // 2
    if is_middle and users[s:other(e, leaf)] == 1 then return leaf end
  end
end

--- Whether terms that a sum of products has not leave a trace in the element, as in a transform (Winograd, FFT): M outside
--- of its windows, and M under a zero in the middle.
function asker:is_transform(e)
  local name = self.sums.fixed
  local middle = name and lonely_leaf(self.sums, e)
  if not middle then return false end
  local values, own = {}, e // self.step % self.channels
  for key, t in pairs(self.values) do values[key] = t end
  values[name] = ones(values[name].shape, values[name].dtype, self.mask)
  for _, leaf in ipairs(self.sums:inside(e)) do
    if leaf ~= middle then values[name][self.sums:other(e, leaf)] = 1 end
  end
  self:put(e, own, middle, 0)
  local got, want = self:call(values), (#self:leaves(e) - 1) * self.unit
  self:put(e, own, middle, self.unit)
  local is_near = got ~= nil and math.abs(got[e + 1] - want) <= want / 16 -- false for NaN
  return got ~= nil and not is_near
end

-- The whole number that an answer is up to a few last bits, which a faulty element may add; else nil.
function asker:whole(v)
  local near = v == v and math.abs(v) < 2 ^ 40 and math.floor(v + 0.5)
  local slack = math.min(8 / self.most * math.max(1, math.abs(v)), 0.25)
  return near and math.abs(v - near) <= slack and near or nil
end

--- For each pair {i, j} of leaves of element e, the number of leaves below their lowest common node. nil and why: there is
--- no answer, or it is no number of leaves.
function asker:ask(e, list)
  local leaves, at_once = self:leaves(e), self.lanes
  local total, why
  if #leaves <= self.most then
    total, why = self:count(e, list, at_once, {})
  else
    total, why = self:count_in_parts(e, leaves, list, at_once)
  end
  if not total then return nil, why end
  for q = 1, #list do
    local left = self:whole(total[q])
    if not left or left < 0 or left > #leaves - 2 then return nil, asker.NO_WHOLE_NUMBER end
    total[q] = #leaves - left
  end
  return total
end

return asker
