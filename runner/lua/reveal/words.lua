-- words.lua: trees, arithmetics and classes of elements in sentences.

local loops = require "reveal.loops"
local parts = require "reveal.parts"
local tree = require "reveal.tree"

local words = {}

local names_of = {
  output = {"channels", "rows", "columns"}, grad_input = {"output channels", "rows", "columns"},
  grad_weight = {"images", "rows", "columns"}, grad_bias = {"images", "rows", "columns"},
}

local axes_of = {
  output = {"images", "channels", "rows", "columns"}, grad_input = {"images", "channels", "rows", "columns"},
  grad_weight = {"output channels", "channels", "kernel rows", "kernel columns"}, grad_bias = {"output channels"},
}

-- ---- the order

-- Whether each part has one value of an index, another one than the others: the index, or nil.
local function constant_axis(list, extent)
  for a = 1, 3 do
    local seen, good = {}, true
    for _, leaves in ipairs(list) do
      local v = loops.indices(leaves[1], extent)[a]
      good = good and not seen[v]
      seen[v] = true
      for _, leaf in ipairs(leaves) do good = good and loops.indices(leaf, extent)[a] == v end
    end
    if good then return a end
  end
end

-- The distance of a part's neighbours in the natural order, if it is the same in all parts.
local function common_step(list)
  local step
  for _, leaves in ipairs(list) do
    for i = 2, #leaves do
      step = step or leaves[i] - leaves[i - 1]
      if leaves[i] - leaves[i - 1] ~= step then return nil end
    end
  end
  return step
end

-- "128 products each", "5 to 9 products"
local function say_sizes(list)
  local least, most = math.huge, 0
  for _, leaves in ipairs(list) do least, most = math.min(least, #leaves), math.max(most, #leaves) end
  local all_but_last = #list > 1
  for i = 1, #list - 1 do all_but_last = all_but_last and #list[i] == most end
  if all_but_last and least < most then return ("%d products each (%d in the last)"):format(most, least) end
  if least == most then return ("%d products each"):format(most) end
  return ("%d to %d products"):format(least, most)
end

local singular = {channels = "channel", rows = "row", columns = "column", images = "image", ["output channels"] = "output channel"}

-- The most terms that are added in one step, what stands there before included.
local function widest(skeleton)
  local most = skeleton.at_once and #skeleton + 1 or 0
  for _, s in ipairs(skeleton) do most = math.max(most, widest(s)) end
  return most
end

local function say_parts(list, extent, names)
  local axis, step = constant_axis(list, extent), common_step(list)
  local said = ("%d partial sums of %s"):format(#list, say_sizes(list))
  if step and step > 1 then
    said = said .. (", of every %dth product"):format(step)
  elseif axis and #list > 1 then
    said = said .. (", one for each %s"):format(singular[names[axis]])
  elseif step == 1 then
    said = said .. " that follow each other"
  end
  local longest = list[1]
  for _, leaves in ipairs(list) do if #leaves > #longest then longest = leaves end end
  local order = #longest > 1 and loops.say(longest, extent, names)
  if order and not (step and step > 1) then said = said .. " (" .. order .. ")" end
  return said
end

-- The order of additions of a tree without its bias.
local function say_order(node, extent, names)
  if type(node) ~= "table" then return "one product" end
  local skeleton = parts.of(node)
  if skeleton.leaves then
    local order = loops.say(skeleton.leaves, extent, names)
    return order and order .. "; one running sum" or "one running sum, in another sequence: see the tree"
  end
  local together = widest(skeleton)
  if together > 0 then return ("%d products in additions of up to %d terms at once"):format(tree.size(node), together) end
  return ("%s, added %s"):format(say_parts(parts.list(skeleton), extent, names), parts.combination(skeleton))
end

-- ---- the arithmetic

local function count_first(list, k)
  local n = 0
  for i = 1, k do n = n + tree.size(list[i]) end
  return n
end

local function say_stored(a, node)
  if a.stored == "bias" then return "the sum without the bias" end
  if a.stored == "partial" then return tree.is_chain(node) and "the sum" or "partial sums" end
  local sizes = {}
  for list, k in pairs(a.stored) do sizes[#sizes + 1] = count_first(list, k) end
  if #sizes == 1 then return ("one partial sum, of %d products,"):format(sizes[1]) end
  return ("%d of the partial sums"):format(#sizes)
end

--- What of a tree is stored in a narrower format. The tree has no bias.
function words.stored(a, node)
  return ("%s stored in %s"):format(say_stored(a, node), a.store)
end

local sum_roundings = {["toward zero"] = "sums cut toward zero", ["ties away"] = "sums rounded, ties away from zero"}

local function say_result(a, dtype)
  local said = ("sums in %s, %s once to %s"):format(a.format, a.result_rounding == "toward zero" and "cut" or "rounded", dtype)
  return said .. (a.result_rounding == "ties away" and ", ties away from zero" or "")
end

local function say_arithmetic(a, node, dtype)
  local said, is_sum = {}, type(node) == "table"
  local function add(text) said[#said + 1] = text end
  if a.operand_bits then add(("operands rounded to %d bits"):format(a.operand_bits)) end
  if a.compensated then add "compensated after Kahan" end
  if a.format ~= dtype and is_sum then add(say_result(a, dtype)) end
  if a.extra then
    add(("terms added at once are %s"):format(a.extra >= 29 and "summed wide, rounded once"
      or ("aligned to the largest and cut to %d bits more than %s has"):format(a.extra, a.format)))
  end
  if type(a.fused) == "table" then
    add "some products fused, some rounded"
  elseif a.fused ~= nil and is_sum then
    add(a.fused and "products fused" or "products rounded, not fused")
  end
  if a.rounding then add(sum_roundings[a.rounding]) end
  if a.store then add(words.stored(a, node)) end
  return table.concat(said, "; ")
end

local bias_words = {first = "the bias first", last = "the bias last", between = "the bias between the products"}

--- How a class is summed, in a sentence.
function words.of(class, found)
  if class.arithmetic.exact then return "an exact sum, rounded once: no order can be seen" end
  local s = found.asker.sums
  if #found.asker:leaves(class.element) == 0 then return "no products: zero" end
  if class.tree == s.leaves then return "the bias alone" end
  local node, place = parts.without_bias(class.tree, s.leaves)
  local said = {say_order(node, s.extent, names_of[found.result]), say_arithmetic(class.arithmetic, node, found.case.dtype),
    bias_words[place]}
  return table.concat(said, "; ")
end

-- ---- elements

local function index_of(e, shape)
  local index = {}
  for a = #shape, 1, -1 do
    index[a] = e % shape[a]
    e = e // shape[a]
  end
  return index
end

-- A sorted list of values in words: its first and last where the steps are even.
local function say_values(values)
  if #values < 3 then return table.concat(values, " and ") end
  local step = values[2] - values[1]
  for i = 2, #values do if values[i] - values[i - 1] ~= step then step = 0 end end
  if step == 1 then return ("%d to %d"):format(values[1], values[#values]) end
  if step > 0 then return ("%d, %d ... %d"):format(values[1], values[2], values[#values]) end
  local said = {}
  for i = 1, math.min(#values, 8) do said[i] = values[i] end
  return table.concat(said, ", ") .. (#values > 8 and " ..." or "")
end

--- The name of an element: "output[0,1,2,3]".
function words.element(e, found)
  return ("%s[%s]"):format(found.result, table.concat(index_of(e, found.asker.sums.shape), ","))
end

--- Which elements a list has, in words: "every element", "rows 0, 2 ... 12; columns 1, 3 ... 13".
function words.elements(elements, found)
  local shape = found.asker.sums.shape
  if #elements == found.elements then return "every element" end
  local names, values, seen = axes_of[found.result], {}, {}
  for a = 1, #shape do values[a], seen[a] = {}, {} end
  for _, e in ipairs(elements) do
    for a, v in ipairs(index_of(e, shape)) do
      if not seen[a][v] then
        seen[a][v] = true
        table.insert(values[a], v)
      end
    end
  end
  local product, said = 1, {}
  for a = 1, #shape do
    table.sort(values[a])
    product = product * #values[a]
    if #values[a] < shape[a] then said[#said + 1] = names[#names - #shape + a] .. " " .. say_values(values[a]) end
  end
  if product == #elements then return table.concat(said, "; ") end
  return ("%d elements, such as %s"):format(#elements, words.element(elements[1], found))
end

return words
