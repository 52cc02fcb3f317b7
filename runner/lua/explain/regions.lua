-- regions.lua: what the wrong elements of a result are, and where they lie: zeros, NaN, the bias alone, a constant times the
-- right value, another element's right value. Both together are a mistake, which foretells other answers.
-- An answer is {case =, scene =, output =}; scenes are those of taps.lua.

local regions = {}

-- ---- a result as four axes

local axis_names = {
  output = {"images", "output channels", "output rows", "output columns"},
  grad_input = {"images", "channels", "rows", "columns"},
  grad_weight = {"output channels", "input channels", "kernel rows", "kernel columns"},
  grad_bias = {"images", "channels", "rows", "columns"},
}

local function extents(scene)
  local shape = scene.want.shape
  if scene.gradient == "grad_bias" then return {1, shape[1], 1, 1} end
  if #shape == 3 then return {1, shape[1], shape[2], shape[3]} end
  return shape
end

-- ---- what stands there: {name, text, of = function (d) -> value of (element, n, k, i, j), nil where it can't be}

local contents = {}
local function content(name, text, of, rounds) contents[#contents + 1] = {name = name, text = text, of = of, rounds = rounds} end

content("zero", "were left zero", function() return function() return 0 end end)
content("nan", "were NaN", function(d)
  return d.want.dtype:find "float" and function() return 0 / 0 end or nil
end)
content("bias", "were the bias alone", function(d)
  local m = d.scene.facts
  return not d.scene.gradient and m.has_bias and function(_, _, k) return m.biases[k + 1] end or nil
end)
content("without-bias", "lacked the bias", function(d)
  local m = d.scene.facts
  local can_be = not d.scene.gradient and m.has_bias and d.want.dtype:find "float"
  return can_be and function(e, _, k) return d.values[e] - m.biases[k + 1] end or nil
end, true)
for _, factor in ipairs {2, -1, 0.5, 3, 4, 0.25} do
  content("times-" .. factor, ("were %s times what they should be"):format(factor), function(d)
    return (factor % 1 == 0 or d.want.dtype:find "float") and function(e) return d.values[e] * factor end or nil
  end, true)
end

-- The right value of another element: that of the axis' index f (index, extent).
local others = {
  {"previous", "before them", function(i) return i - 1 end}, {"next", "behind them", function(i) return i + 1 end},
  {"first", nil, function() return 0 end},
}
local steps = {"image", "channel", "row", "column"}
for axis = 4, 1, -1 do
  for _, o in ipairs(others) do
    local text = o[2] and ("had the right value of the %s %s"):format(steps[axis], o[2])
      or ("had the right value of the first %s"):format(steps[axis])
    content(o[1] .. "-" .. steps[axis], text, function(d)
      local x = d.extents[axis]
      return x > 1 and function(e, ...)
        local i = select(axis, ...)
        local from = o[3](i)
        if from < 0 or from >= x then return d.values[e] end
        return d.values[e + (from - i) * d.below[axis]]
      end or nil
    end)
  end
end

-- ---- where: {name, text, test = function (d) -> function (n, k, i, j)}

local TAILS = {2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 256}

-- The places of one axis that begin or end as the wrong elements do. of (d): extent; at (n, k, i, j, d): index.
local function along(list, name, plural, of, at, first, last, extent)
  local function place(place_name, text, names)
    list[#list + 1] = {name = name .. "-" .. place_name, text = plural .. text, test = function(d)
      local x = of(d)
      return function(n, k, i, j) return names(at(n, k, i, j, d), x, d) end
    end}
  end
  if first > 0 then
    place("past-" .. first, (" from %d on"):format(first), function(e) return e >= first end)
    local count = extent - first
    if last == extent - 1 then
      place("last-" .. count, count == 1 and ": the last one, if there are several," or (": the last %d"):format(count),
        function(e, x) return x > count and e >= x - count end)
      place("ending-" .. count, count == 1 and ": the last one" or (": the last %d, or all"):format(count),
        function(e, x) return e >= x - count end)
      if first == extent // 2 then place("second-half", ": the second half", function(e, x) return x > 1 and e >= x // 2 end) end
      if first == (extent + 1) // 2 and extent % 2 == 1 then
        place("later-half", ": the second half", function(e, x) return x > 1 and e >= (x + 1) // 2 end)
      end
    end
    if extent - last > 1 and last == first then place("only-" .. first, (" %d alone"):format(first), function(e) return e == first end) end
  end
  if last == extent - 1 then
    for _, n in ipairs(TAILS) do
      if first == extent // n * n then
        place("tail-" .. n, (" beyond a multiple of %d"):format(n), function(e, x) return e >= x // n * n end)
        if extent > n then
          place("long-tail-" .. n, (" beyond a multiple of %d, if there are more than %d,"):format(n, n),
            function(e, x) return x > n and e >= x // n * n end)
        end
      end
    end
  end
  if first == 0 and last < extent - 1 then
    local count = last + 1
    place("first-" .. count, count == 1 and ": the first one" or (": the first %d"):format(count), function(e) return e < count end)
  elseif first == 0 and last == 0 then
    place("first-1", ": the first one", function(e) return e == 0 end)
  end
end

local function all_places(d, wrong)
  local names = axis_names[d.scene.gradient or "output"]
  local list = {{name = "all", text = "all elements", test = function() return function() return true end end}}
  local low, high = {math.huge, math.huge, math.huge, math.huge, math.huge}, {-1, -1, -1, -1, -1}
  for _, e in ipairs(wrong) do
    local at = d.indices(e)
    at[5] = at[3] * d.extents[4] + at[4]
    for axis = 1, 5 do low[axis], high[axis] = math.min(low[axis], at[axis]), math.max(high[axis], at[axis]) end
  end
  for axis = 4, 1, -1 do
    along(list, names[axis]:gsub(" ", "-"), names[axis], function(x) return x.extents[axis] end,
      function(...) return (select(axis, ...)) end, low[axis], high[axis], d.extents[axis])
  end
  along(list, "pixels", "pixels of each channel", function(x) return x.extents[3] * x.extents[4] end,
    function(_, _, i, j, x) return i * x.extents[4] + j end, low[5], high[5], d.extents[3] * d.extents[4])
  local function place(name, text, test) list[#list + 1] = {name = name, text = text, test = test} end
  local blocks = names[2]
  place("later-groups", blocks .. " of all groups but the first", function(x)
    local m = x.scene.facts
    local size = x.scene.gradient == "grad_input" and m.group_in or m.group_out
    if x.scene.gradient == "grad_weight" then return function(n) return n >= size end end
    return function(_, k) return k >= size end
  end)
  for count = 1, 2 do
    local text = count == 1 and "the last row and the last column" or "the last two rows and columns"
    place("last-rows-and-columns-" .. count, text, function(x)
      return function(_, _, i, j) return i >= x.extents[3] - count or j >= x.extents[4] - count end
    end)
  end
  place("unpadded-edges", "the first and the last column whose windows reach no padding", function(x)
    local axis = x.scene.facts.x
    local first, last = (axis.before + axis.stride - 1) // axis.stride, (axis.size + axis.before - axis.dilated) // axis.stride
    return function(_, _, _, j) return not x.scene.gradient and (j == first or j == last) end
  end)
  for _, n in ipairs {2, 4, 6, 8} do
    place("last-tile-" .. n, ("the last tile of %dx%d elements"):format(n, n), function(x)
      return function(_, _, i, j) return i // n == (x.extents[3] - 1) // n and j // n == (x.extents[4] - 1) // n end
    end)
  end
  return list
end

-- ---- an answer taken apart

local function describe(scene)
  local d = {scene = scene, want = scene.want, extents = extents(scene), values = scene.want:totable()}
  local x = d.extents
  d.below = {x[2] * x[3] * x[4], x[3] * x[4], x[4], 1}
  function d.indices(e)
    e = e - 1
    return {e // d.below[1], e // d.below[2] % x[2], e // x[4] % x[3], e % x[4]}
  end
  return d
end

local function same(a, b) return a == b or a ~= a and b ~= b end

-- The numbers of the wrong elements, and all values of the answer.
local function wrong_of(a, d)
  local got, list = a.output:totable(), {}
  for e = 1, #got do
    if not same(got[e], d.values[e]) then list[#list + 1] = e end
  end
  return list, got
end

-- An answer as its values, and those of the right one.
local function taken_apart(a)
  if not a.apart then
    local d = describe(a.scene)
    local wrong, got = wrong_of(a, d)
    a.apart = {d = d, wrong = wrong, got = got}
  end
  return a.apart
end

-- The values of a content by element, rounded as the result is; nil where it can't be.
local function values_of(c, d)
  local value = c.of(d)
  if not value or not c.rounds then return value end
  if not d[c] then
    local list, x, e = {}, d.extents, 0
    for n = 0, x[1] - 1 do
      for k = 0, x[2] - 1 do
        for _ = 1, x[3] * x[4] do
          e = e + 1
          list[e] = value(e, n, k)
        end
      end
    end
    d[c] = tensor.new(d.want.shape, "float64", list):astype(d.want.dtype):totable()
  end
  local rounded = d[c]
  return function(e) return rounded[e] end
end

-- Whether nobody can know what an answer has where a content should be: integers have no NaN.
local function is_unknown(c, d) return c.name == "nan" and not d.want.dtype:find "float" end

-- Whether all wrong elements of an answer are such a content.
local function is_content(c, d, wrong, got)
  local value = values_of(c, d)
  if not value then return is_unknown(c, d) end
  for _, e in ipairs(wrong) do
    if not same(got[e], value(e, table.unpack(d.indices(e)))) then return false end
  end
  return true
end

-- What an answer says of a content at a place: "made", "unmade", "other"; nil: nothing.
local function judge(a, c, where)
  local t = taken_apart(a)
  local d, got = t.d, t.got
  local value, inside = values_of(c, d), where.test(d)
  if not value then return not a.right and not is_unknown(c, d) and "other" or nil end
  for _, e in ipairs(t.wrong) do
    local at = d.indices(e)
    if not inside(at[1], at[2], at[3], at[4]) or not same(got[e], value(e, at[1], at[2], at[3], at[4])) then return "other" end
  end
  local e, x = 0, d.extents
  for n = 0, x[1] - 1 do
    for k = 0, x[2] - 1 do
      for i = 0, x[3] - 1 do
        for j = 0, x[4] - 1 do
          e = e + 1
          if inside(n, k, i, j) then
            local v = value(e, n, k, i, j)
            if not same(v, got[e]) then return a.right and "unmade" or "other" end
          end
        end
      end
    end
  end
  return #t.wrong > 0 and "made" or nil
end

--- What the wrong elements of all these answers are, whatever their place: a list of {name =, text =, of =}.
function regions.contents(answers)
  local list = {}
  for _, c in ipairs(contents) do
    local all, known = true, false
    for _, a in ipairs(answers) do
      local t = taken_apart(a)
      all = all and is_content(c, t.d, t.wrong, t.got)
      known = known or not is_unknown(c, t.d)
    end
    if all and known then list[#list + 1] = c end
  end
  return list
end

--- Mistakes that leave something at a place and foretell all these wrong answers: {name =, text =, place = true, judge = function
--- (answer) -> "made", "unmade", "other" or nil}. After the first answers the places are chosen.
function regions.mistakes(answers)
  local list = {}
  local found = regions.contents(answers)
  if #found == 0 then return list end
  local seen = {}
  for index = 1, math.min(#answers, 3) do
    local t = taken_apart(answers[index])
    for _, where in ipairs(all_places(t.d, t.wrong)) do
      for _, c in ipairs(seen[where.name] and {} or found) do
        local all, some = true, false
        for _, a in ipairs(answers) do
          local says = judge(a, c, where)
          all, some = all and (says == "made" or not says), some or says == "made"
        end
        if all and some then
          list[#list + 1] = {name = where.name .. "-" .. c.name, text = where.text .. " " .. c.text, place = true,
            judge = function(a) return judge(a, c, where) end}
        end
      end
      seen[where.name] = true
    end
  end
  return list
end

return regions
