-- sized.lua: a mistake that shows only at some sizes, or with some options. The case is made as small as it fails, others are
-- found that fail as well, and a mistake that foretells them all is asked about until its condition is known.

local dropped = require "explain.dropped"
local hypotheses = require "explain.hypotheses"
local learning = require "explain.learning"
local patience = require "explain.patience"
local points = require "explain.points"
local regions = require "explain.regions"
local shrink = require "shrink.shrink"

local sized = {}

local GROWN, FEW, LARGE = 10, 4, 100000 -- further failing cases; fewer, where a case has more elements than that
local SECONDS = 6 -- to make the case smaller
sized.SMALL = 4000000 -- products, up to which a case itself must be foretold, too

local function cost(a) return #a.output * (#a.scene.facts.weights + 1) end

-- Answers to calls, each asked once: function (point) -> answer or nil, whether it was refused.
local function asker(tested, how)
  local kept = {}
  return function(p)
    local c = points.case(p)
    if not c then return nil end
    local a = kept[c.id]
    if a == nil then
      local refused
      a, refused = how(tested, c)
      kept[c.id] = a or {refused = refused or false}
    end
    a = kept[c.id]
    if a.case then return a, false end
    return nil, a.refused
  end
end

--- What an answer says of a mistake: "made", "unmade", "other"; nil: nothing.
function sized.judged(a, h)
  patience.check()
  if h.judge then return h.judge(a) end
  local p = hypotheses.predict(a.scene, h)
  local tells = p and not p:equal(a.scene.want)
  if tells and a.output:equal(p) then return "made" end
  if a.right then return tells and "unmade" or nil end
  return "other"
end

--- The point of the smallest case that fails like this one, as far as it is found in so many seconds, or in a third of what is left.
function sized.smallest(tested, c, verdict, most)
  local share = (patience.left() or 30) / 3
  return points.of(shrink.reduce(patience.subject(tested), c, verdict, nil, math.min(most, share), share))
end

local function foretells_all(h, answers)
  for _, a in ipairs(answers) do
    if not hypotheses.foretells(a, h) then return false end
  end
  return true
end

--- A function (mistake, made, unmade cases) -> the condition under which the mistake is made, as of learning.search, or nil. judge
--- (answer, mistake), or nil: what an answer says of a mistake, as sized.judged.
function sized.learner(tested, how, judge)
  local ask = asker(tested, how)
  return function(h, made, unmade)
    local start, outside = {}, {}
    for i, c in ipairs(made) do start[i] = points.of(c) end
    for i, c in ipairs(unmade) do outside[i] = points.of(c) end
    table.sort(start, function(a, b) return points.cost(a) < points.cost(b) end)
    return learning.search(start, outside, function(p)
      local a, refused = ask(p)
      return a and (judge or sized.judged)(a, h) or nil, refused
    end)
  end
end

--- The mistake of the list, or one about places or numbers, that foretells the answer to a case, and its condition, as a finding;
--- nil if none does. how (tested, case): an answer, or nil and whether
--- the call was refused. c: on small integers, failing; verdict: its; more: further answers.
function sized.search(tested, c, verdict, how, list, more)
  local ask = asker(tested, how)
  local start = sized.smallest(tested, c, verdict, SECONDS)
  local function fails(p)
    local a, refused = ask(p)
    return a and (a.right and "unmade" or "made") or nil, refused
  end
  if fails(start) ~= "made" then start = points.of(c) end
  if fails(start) ~= "made" then return nil end
  local answers = {}
  for i, p in ipairs(learning.grow(start, select(2, points.cost(start)) > LARGE and FEW or GROWN, fails)) do answers[i] = ask(p) end
  local products = points.cost(points.of(c))
  if products <= sized.SMALL then answers[#answers + 1] = how(tested, c) end
  table.move(more, 1, #more, #answers + 1, answers)
  table.sort(answers, function(a, b) return cost(a) < cost(b) end)
  local largest = {}
  for i = #answers, 1, -1 do largest[#largest + 1] = answers[i] end
  local fit = {}
  for _, source in ipairs {list, dropped.mistakes(answers[#answers].scene)} do
    for _, h in ipairs(source) do
      if foretells_all(h, answers) then fit[#fit + 1] = h end
    end
  end
  for _, h in ipairs(regions.mistakes(largest)) do fit[#fit + 1] = h end
  for _, h in ipairs(fit) do
    local made, foretold = {}, true
    for _, a in ipairs(answers) do
      local says = sized.judged(a, h)
      if says == "made" then made[#made + 1] = points.of(a.case) else foretold = foretold and not says end
    end
    local learnt = foretold and #made > 0 and learning.search(made, {}, function(p)
      local a, refused = ask(p)
      return a and sized.judged(a, h) or nil, refused
    end)
    if learnt then
      return {kind = "explained", mistakes = {h}, condition = learnt.text, test = learnt.test, agree = learnt.made, telling = learnt.made,
        unmade = learnt.unmade, next = {agree = 0, of = 0}}
    end
  end
end

return sized
