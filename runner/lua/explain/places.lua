-- places.lua: where the wrong elements lie, if one rule says it on every case: the tails of vector loops, the seams of tiles,
-- and what a last tile that is moved back shares with the one before.
-- A rule is about one axis of the output. It is reported only if on all answers the wrong elements are exactly those that it names.

local places = {}

local ENOUGH = 2    -- cases, besides the given one, on which a rule names elements
local SHARE = 0.6   -- of the elements named must differ from the right answer; some are right by chance
local MANY = 20     -- elements named in one case, of which half as large a share must

-- ---- rules: {name, axis, text, names = function (index, extent), of_tiles = at the seams of tiles}

local rules = {}

local function rule(axis, name, text, names)
  rules[#rules + 1] = {axis = axis, name = axis.name .. "-" .. name, text = text, names = names, of_tiles = text:find "of each" ~= nil}
end

local axes = {
  {name = "columns", one = "column", extent = function(m) return m.x.out end, at = function(_, _, j) return j end},
  {name = "rows", one = "row", extent = function(m) return m.y.out end, at = function(_, i) return i end},
  {name = "channels", one = "channel", extent = function(m) return m.outs end, at = function(k) return k end},
  {name = "pixels", one = "pixel", extent = function(m) return m.y.out * m.x.out end, at = function(_, i, j, m) return i * m.x.out + j end},
  {name = "elements", one = "element", extent = function(m) return m.outs * m.y.out * m.x.out end,
   at = function(k, i, j, m) return (k * m.y.out + i) * m.x.out + j end},
  {name = "results", one = "element", extent = function(m) return m.images * m.outs * m.y.out * m.x.out end,
   at = function(k, i, j, m, n) return ((n * m.outs + k) * m.y.out + i) * m.x.out + j end},
  {name = "images", one = "image", extent = function(m) return m.images end, at = function(_, _, _, _, n) return n end},
}

rule(axes[1], "all", "all elements of the output", function() return true end)

for _, axis in ipairs(axes) do
  local plural, one = "output " .. axis.name, axis.one
  if axis.name == "pixels" then plural = "pixels of the output, counted through all rows," end
  if axis.name == "results" then plural = "elements of the output" end
  if axis.name == "elements" then plural = "elements of an image of the output, counted through all channels," end
  for _, n in ipairs {2, 4, 8, 16, 32} do
    rule(axis, "tail-" .. n, ("%s beyond a multiple of %d"):format(plural, n), function(e, extent) return e >= extent // n * n end)
    rule(axis, "long-tail-" .. n, ("%s beyond a multiple of %d, if there are more than %d,"):format(plural, n, n),
      function(e, extent) return extent > n and e >= extent // n * n end)
    rule(axis, "shared-" .. n, ("%s that the last tile of %d, moved back to fit, shares with the one before"):format(plural, n),
      function(e, extent) return extent > n and e >= extent - n and e < extent // n * n end)
    if n > 2 then
      rule(axis, "seam-" .. n, ("the first %s of each tile of %d but the first"):format(one, n),
        function(e) return e > 0 and e % n == 0 end)
      rule(axis, "end-" .. n, ("the last %s of each full tile of %d"):format(one, n), function(e) return e % n == n - 1 end)
    end
  end
  rule(axis, "last", "the last of several " .. plural, function(e, extent) return extent > 1 and e == extent - 1 end)
  rule(axis, "first", "the first of several " .. plural, function(e, extent) return extent > 1 and e == 0 end)
end

-- ---- answers, counted along each axis

-- {wrong = {count at each index}, live = {elements at each index whose right value is not 0}}
local function count_along(axis, answer, m)
  local got, want = answer.output, answer.scene.want
  local c = {wrong = {}, live = {}, extent = axis.extent(m)}
  for e = 0, c.extent - 1 do c.wrong[e], c.live[e] = 0, 0 end
  local columns, rows = m.x.out, m.y.out
  for at = 0, #want - 1 do
    local plane = at // (columns * rows)
    local e = axis.at(plane % m.outs, at // columns % rows, at % columns, m, plane // m.outs)
    if got[at + 1] ~= want[at + 1] then c.wrong[e] = c.wrong[e] + 1 end
    if want[at + 1] ~= 0 then c.live[e] = c.live[e] + 1 end
  end
  return c
end

local function count_wrong(answer)
  local n = 0
  for at = 1, #answer.scene.want do
    if answer.output[at] ~= answer.scene.want[at] then n = n + 1 end
  end
  return n
end

local function counted(answer)
  local m = answer.scene.facts
  local c = {case = answer.case, total = answer.right and 0 or count_wrong(answer)}
  for _, axis in ipairs(axes) do c[axis] = count_along(axis, answer, m) end
  return c
end

-- How many elements a rule names in a case, how many of them are wrong.
local function named(r, c)
  local along, live, wrong = c[r.axis], 0, 0
  for e = 0, along.extent - 1 do
    if r.names(e, along.extent) then live, wrong = live + along.live[e], wrong + along.wrong[e] end
  end
  return live, wrong
end

-- Whether the rule holds on all answers, perhaps under a condition.
local function examine(r, list, learn)
  local made, unmade, live_of_all, wrong_of_all = {}, {}, 0, 0
  for _, c in ipairs(list) do
    local live, wrong = named(r, c)
    if wrong ~= c.total or live >= MANY and wrong > 0 and wrong < SHARE / 2 * live then return nil end
    if c.total > 0 then
      made[#made + 1] = c.case
      live_of_all, wrong_of_all = live_of_all + live, wrong_of_all + wrong
    elseif live > 0 then
      unmade[#unmade + 1] = c.case
    end
  end
  if #made <= ENOUGH or wrong_of_all < SHARE * live_of_all then return nil end
  local learnt = #unmade > 0 and not (r.of_tiles and #unmade < #made) and learn(r, made, unmade)
  local condition = learnt and learnt.text
  local excused = r.of_tiles and #unmade < #made -- at a border what a seam lacks may be padding
  if #unmade > 0 and not condition and not excused then return nil end
  return {rule = r, condition = condition or nil, test = learnt and learnt.test or nil, agree = #made - 1, unmade = #unmade,
    share = wrong_of_all / live_of_all}
end

-- ---- what stands there

-- What all wrong elements of the answers are, in words. NaN stands in an output before the call, and stays if it is added to.
local function contents(answers, verdict, all)
  local added = all and ", or were added to what the output held (a sum must begin with 0)" or ""
  if verdict == "unwritten" then return "were never written" .. added end
  local zero, twice = true, true
  for _, a in ipairs(answers) do
    local m = a.scene.facts
    local plane = m.y.out * m.x.out
    for at = 1, a.right and 0 or #a.output do
      local got, want = a.output[at], a.scene.want[at]
      if got ~= want then
        local bias = m.has_bias and m.biases[(at - 1) // plane % m.outs + 1] or 0
        zero = zero and got == 0
        twice = twice and (got == 2 * want or got == 2 * want - bias)
      end
    end
  end
  return zero and "were left zero" or twice and "were added twice" or "were wrong"
end

--- What an answer says of a rule: "made", "unmade", "other" or nil, as of sized.judged.
function places.judged(answer, r)
  local c = counted(answer)
  local live, wrong = named(r, c)
  if wrong ~= c.total then return "other" end
  return c.total > 0 and "made" or live > 0 and "unmade" or nil
end

-- Whether a rule says more than another: without a condition, of more cases, or of fewer elements that are right.
local function is_better(a, b)
  if (a.condition == nil) ~= (b.condition == nil) then return a.condition == nil end
  if a.condition and a.agree ~= b.agree then return a.agree > b.agree end
  return a.share > b.share
end

--- The rule that says on all answers which elements are wrong, as a finding; nil if none does. answers: as of
--- hypotheses.search; verdict: of the given case; learn (rule, made, unmade cases): under which condition it holds, or nil.
function places.search(given, answers, verdict, learn)
  local list, best = {counted(given)}, nil
  for _, a in ipairs(answers) do list[#list + 1] = counted(a) end
  for _, r in ipairs(rules) do
    local e = examine(r, list, learn or function() end)
    if e and (not best or is_better(e, best)) then best = e end
  end
  if not best or best.rule == rules[1] and verdict ~= "unwritten" then return nil end
  local all = table.move(answers, 1, #answers, 2, {given})
  local mistake = {name = best.rule.name, text = best.rule.text .. " " .. contents(all, verdict, best.rule == rules[1]), place = true,
    judge = function(a) return places.judged(a, best.rule) end}
  return {kind = "explained", mistakes = {mistake}, condition = best.condition, test = best.test, agree = best.agree, telling = best.agree,
          unmade = best.unmade, next = {agree = 0, of = 0}}
end

return places
