-- program.lua: a tree with an arithmetic becomes a program for sums:evaluate.
--
-- An arithmetic: {format = of the sums, fused = true where products are not rounded (or a table: by leaf), last = true
-- where of two leaves that are added first the second comes first, rounding = of sums, result_rounding = of the result, if
-- not "to even"; operand_bits =, extra = (of terms added at once), store = a narrower format of partial sums, stored = "partial" or
-- "bias": which, or a table, {[list of the tree] = after how many of its items}; compensated = "kahan"}

local tree = require "reveal.tree"

local program = {}

local kinds, formats = sums.kinds(), sums.formats()

local function push(p, kind, argument)
  p.steps[#p.steps + 1] = kinds[kind]
  p.steps[#p.steps + 1] = argument or 0
end

local compile

-- The first two items, so that what a leaf can be fused into comes first: a partial sum or the bias before a leaf.
local function first_two(p, a, b)
  if type(a) == "table" then return a, b end
  if type(b) == "table" then return b, a end
  if a == p.bias or b == p.bias then return p.bias, a == p.bias and b or a end
  local fused = p.arithmetic.fused
  local swapped = p.arithmetic.last
  if type(fused) == "table" then swapped = fused[a] and not fused[b] end
  if swapped then return b, a end
  return a, b
end

local function is_fused(p, leaf)
  local fused = p.arithmetic.fused
  if type(fused) == "table" then fused = fused[leaf] end
  return fused and leaf ~= p.bias
end

local function store(p, when)
  if p.arithmetic.store and p.arithmetic.stored == when then push(p, "store", formats[p.arithmetic.store]) end
end

local function add_leaf(p, leaf)
  local how = p.arithmetic
  if leaf == p.bias then store(p, "bias") end
  if how.compensated and leaf ~= p.bias then
    push(p, how.compensated, leaf)
  elseif how.extra and leaf ~= p.bias then
    push(p, "exact", leaf)
    push(p, "sum", 2)
  elseif is_fused(p, leaf) then
    push(p, "fuse", leaf)
  else
    push(p, "leaf", leaf)
    push(p, "add")
  end
end

local function add_at_once(p, items)
  for _, item in ipairs(items) do
    if type(item) == "table" then compile(p, item) else push(p, "exact", item) end
  end
  push(p, "sum", #items + 1)
end

local function add_item(p, item)
  if type(item) ~= "table" then return add_leaf(p, item) end
  if item.at_once then return add_at_once(p, item.at_once) end
  store(p, "partial")
  compile(p, item)
  store(p, "partial")
  push(p, "add")
  store(p, "partial")
end

-- Pushes what stands there first, and adds the second item.
local function begin(p, node)
  local a, b = node[1], node[2]
  local is_sum = type(b) == "table" and b.at_once
  if type(a) ~= "table" and (is_sum or (p.arithmetic.extra and type(b) ~= "table" and b ~= p.bias)) then
    push(p, "exact", a)
    return add_at_once(p, is_sum or {b})
  end
  if is_sum then
    compile(p, a)
    return add_at_once(p, is_sum)
  end
  a, b = first_two(p, a, b)
  compile(p, a)
  add_item(p, b)
end

local function first_leaf(p, leaf)
  if not p.arithmetic.extra or leaf == p.bias then return push(p, "leaf", leaf) end
  push(p, "exact", leaf)
  push(p, "sum", 1)
end

function compile(p, node)
  if type(node) ~= "table" then return first_leaf(p, node) end
  local stored = type(p.arithmetic.stored) == "table" and p.arithmetic.stored[node]
  begin(p, node)
  for i = 3, #node do
    if stored == i - 1 then push(p, "store", formats[p.arithmetic.store]) end
    add_item(p, node[i])
  end
  if stored == #node then push(p, "store", formats[p.arithmetic.store]) end
end

--- The program of a tree, for sums that have so many leaves without the bias.
function program.of(node, leaves, arithmetic)
  local p = {steps = {}, bias = leaves, arithmetic = arithmetic}
  push(p, "format", formats[arithmetic.format])
  compile(p, node)
  local last = type(node) == "table" and node[#node] or node
  if tree.is_chain(node) and last ~= leaves then store(p, "partial") end
  return {steps = p.steps, rounding = arithmetic.rounding, result_rounding = arithmetic.result_rounding,
    operand_bits = arithmetic.operand_bits, extra = arithmetic.extra}
end

-- Whether an arithmetic makes sense for a tree.
local function fits(a, node)
  if a.compensated then return tree.is_chain(node) end
  return true
end

-- All that differ in the ways of a list: {key = values}.
local function vary(list, key, values)
  local made = {}
  for _, a in ipairs(list) do
    for _, v in ipairs(values) do
      local copy = {}
      for k, old in pairs(a) do copy[k] = old end
      if v ~= "none" then copy[key] = v end
      made[#made + 1] = copy
    end
  end
  return made
end

local function append(to, list) table.move(list, 1, #list, #to + 1, to) end

-- The narrow dtypes sum in float32, in themselves or in float64; their products are exact in the wider ones.
local function plain(dtype)
  local own = vary({{format = dtype}}, "fused", {false, true})
  own = vary(own, "last", {"none", true})
  local wide = {}
  if dtype == "float16" or dtype == "bfloat16" then wide[1] = {format = "float32"} end
  if dtype ~= "float64" then wide[#wide + 1] = {format = "float64"} end
  append(wide, own)
  return wide
end

local precision = {float32 = 24, float64 = 53, float16 = 11, bfloat16 = 8}

-- Narrow dtypes are summed in float32, with products that are exact there.
local function sums_of_dtype(dtype)
  if precision[dtype] < 24 then return {{format = "float32"}} end
  return vary({{format = dtype}}, "fused", {false, true})
end

-- Terms that are added at once: how many bits more they are cut to, before they are added.
local function wide_sums(dtype)
  local format = precision[dtype] < 24 and "float32" or dtype
  local list = vary({{format = format}}, "extra", {29, 0, 1, 2, 3})
  return vary(list, "rounding", {"none", "toward zero"})
end

local function compensated(dtype)
  return {{format = dtype, compensated = "kahan"}, {format = dtype, compensated = "kahan", last = true}}
end

-- Sums whose conversion to a narrower dtype does not round ties to even.
local function other_results(list, dtype)
  local other = {}
  for _, a in ipairs(list) do
    if a.format ~= dtype then
      append(other, vary({a}, "result_rounding", {"ties away"}))
      append(other, vary(vary({a}, "result_rounding", {"toward zero"}), "rounding", {"none", "toward zero"}))
    end
  end
  return other
end

-- Operands with the precision of float32, float16 (or TF32), bfloat16. Where their products are exact, there is no telling
-- whether they are fused.
local function short_operands(dtype)
  local list = {}
  for _, bits in ipairs {24, 11, 8} do
    local base = 2 * bits <= precision[dtype] and {{format = dtype}} or sums_of_dtype(dtype)
    if bits < precision[dtype] then append(list, vary(base, "operand_bits", {bits})) end
  end
  return list
end

-- Sums that are stored in a narrower format on the way.
local function stored_sums(dtype)
  local list = {}
  for _, format in ipairs {"float32", "bfloat16", precision[dtype] < 24 and dtype or nil} do
    if precision[format] < precision[dtype] or format == dtype then
      append(list, vary(vary(sums_of_dtype(dtype), "store", {format}), "stored", {"partial", "bias"}))
    end
  end
  return list
end

--- The arithmetics in which some partial sums are stored in a format: see `stored` above.
function program.storing(dtype, format, stored)
  local list = {}
  for _, a in ipairs(plain(dtype)) do
    a.store, a.stored = format, stored
    list[#list + 1] = a
  end
  return list
end

--- The arithmetics to try for a tree, plainest first.
function program.arithmetics(node, dtype)
  local list, fitting = plain(dtype), {}
  local other = vary(list, "rounding", {"toward zero", "ties away"})
  if tree.has_wide(node) then append(list, wide_sums(dtype)) end
  for _, more in ipairs {compensated(dtype), other, other_results(list, dtype), short_operands(dtype), stored_sums(dtype)} do
    append(list, more)
  end
  if not tree.has_wide(node) then append(list, wide_sums(dtype)) end
  for _, a in ipairs(list) do
    if fits(a, node) then fitting[#fitting + 1] = a end
  end
  return fitting
end

return program
