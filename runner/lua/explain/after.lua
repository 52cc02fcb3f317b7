-- after.lua: what of earlier calls stands in an answer that is right alone and wrong after them.
-- Named only if all elements of the answer are within the bound of what the oracle makes of it.

local after = {}

-- What may be left over, the simplest first; all four are the whole answer of the earlier call.
local leftovers = {
  {"weight"}, {"bias"}, {"input"}, {"parameters"}, {"weight", "bias"}, {"weight", "parameters"}, {"input", "weight"},
  {"input", "weight", "bias", "parameters"}, {"input", "weight", "bias"},
}

local function same_shape(a, b)
  if #a.shape ~= #b.shape or a.dtype ~= b.dtype then return false end
  for i, n in ipairs(a.shape) do
    if b.shape[i] ~= n then return false end
  end
  return true
end

local function is_within(got, want, detail)
  if not same_shape(got, want) then return false end
  local bound = oracle.bound(got, detail)
  for i = 1, #got do
    local off = got[i] - detail.exact[i]
    if not (got[i] == want[i] or math.abs(off) <= bound[i]) then return false end
  end
  return true
end

-- The parameters and operands of a case, some of them those of an earlier one; nil where they cannot stand in for each
-- other. own, others: the tensors of both.
local function mixed(c, own, earlier, others, names)
  local params = c
  local t = {input = own.input, weight = own.weight, bias = own.bias}
  for _, name in ipairs(names) do
    if name == "parameters" then
      params = earlier
    elseif not (own[name] and others[name] and same_shape(own[name], others[name])) then
      return nil
    else
      t[name] = others[name]
    end
  end
  return params, t
end

local function predicts(got, params, t)
  if not params or not oracle.check(params, t.input, t.weight, t.bias) then return false end
  return is_within(got, oracle.forward(params, t.input, t.weight, t.bias))
end

--- Runs the earlier cases and then c. What the last result says, and if it is wrong after others:
--- from = the earlier case, names = what of it is used; both nil if nothing predicts the answer.
function after.search(tested, earlier, c)
  for _, e in ipairs(earlier) do tested:test(e) end
  local result = tested:test(c)
  local found = {kind = "after", result = result, case = c}
  local got = result.tensors.output
  if result.verdict ~= "wrong after others" or c.direction ~= "forward" or not got then return found end
  local own = c:tensors()
  for i = #earlier, 1, -1 do
    local others = earlier[i]:tensors()
    for _, names in ipairs(leftovers) do
      if predicts(got, mixed(c, own, earlier[i], others, names)) then
        found.from, found.names = earlier[i], names
        return found
      end
    end
  end
  return found
end

--- What was found, in sentences.
function after.say(found)
  if not found.from then
    return "Alone this case is right. Something that the earlier calls leave behind makes it wrong: a buffer, a cache, a handle."
  end
  if #found.names == 4 then
    return ("Your implementation gives the answer of the earlier call %s again."):format(found.from.reference)
  end
  return ("Your implementation computes with the %s of the earlier call %s: what is kept for calls that look alike "
    .. "must not be used for others."):format(table.concat(found.names, " and the "), found.from.reference)
end

return after
