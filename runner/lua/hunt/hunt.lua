-- hunt.lua: the search for failing cases. A try is a point that is drawn, or a change of one in which something was new:
-- an edge of the subject's code, where it was built to tell them, else another way of summing. Sizes that the subject
-- compares something with, or at which it switches, are tried more often, with their neighbours.

local corpus = require "hunt.corpus"
local faults = require "hunt.faults"
local mapping = require "reveal.mapping"
local random = require "numbers.random"
local space = require "hunt.space"
local ways = require "reveal.ways"

local hunt = {}

local LEARNT = 400        -- sizes that are kept
local MAP_QUESTIONS = 150 -- before a hunt of ten minutes, of each base
local MAP_SHARE = 0.1     -- of the time, which a map of a slow subject takes at most
local SIGNATURE_EVERY = 6 -- tries
local NOTE_EVERY = 200    -- tries

-- ---- what is learnt

local function learn(h, size)
  if size < 2 or size > 4096 or h.knows[size] then return end
  h.knows[size] = true
  if #h.learnt < LEARNT then h.learnt[#h.learnt + 1] = size end
end

-- Sizes at which the subject switches, as a map finds them. The number of questions bounds it, so that a seed gives the same again;
-- time does only where a subject takes long to answer.
local function learn_switches(h, seconds)
  local last = cts.now() + MAP_SHARE * seconds
  for _, base in ipairs(mapping.bases "float32") do
    local left = math.floor(MAP_QUESTIONS * math.min(1, seconds / 600))
    local walk = mapping.new(h.tested, base, function()
      left = left - 1
      return left < 0 or cts.now() > last
    end, {"images", "in_channels", "out_channels", "height", "width"})
    mapping.scout(walk)
    for _, axis in ipairs(walk.axes) do
      for _, t in ipairs(mapping.thresholds(walk, axis)) do
        learn(h, t)
        if base.groups > 1 and axis:find "channels" then learn(h, t * base.groups) end
      end
      learn(h, mapping.period(walk, axis) or 0)
    end
  end
end

-- The subject, counting what it is asked for signatures.
local function counted(h)
  return setmetatable({ask = function(_, ...)
    h.asked = h.asked + 1
    return h.tested:ask(...)
  end}, {__index = h.tested})
end

-- A text that differs where a point is summed in another way; nil where none can be asked for.
local function signature(h, p)
  local plain = p.kernel[1] == p.kernel[2] and p.stride[1] * p.stride[2] * p.dilation[1] * p.dilation[2] == 1
  if not plain or p.groups > 1 or p.direction ~= "forward" or not p.dtype:find "float" or p.padding_mode ~= "zeros" then
    return nil
  end
  local s = {images = p.images, in_channels = p.inside, out_channels = p.outside, groups = 1, height = p.height, width = p.width,
    kernel_size = p.kernel[1], stride = 1, padding = 0, dilation = 1, dtype = p.dtype}
  if s.height < s.kernel_size or s.width < s.kernel_size or s.images * s.out_channels * s.height * s.width > 5e4 then return nil end
  local live = ways.common(s, s)
  live.channels = math.min(3, s.in_channels)
  local found = ways.of(counted(h), s, live, "width")
  if found.refused then return nil end
  return ("%s %d %d %s %s"):format(s.dtype, s.kernel_size, live.channels, found.order[1][1], found.tail)
end

-- ---- points that are changed

local CANDIDATES = 4
local MET = 32 -- comparisons with a constant that are kept

-- Of some that are drawn the one that was chosen least.
local function choose_least(draw)
  local least
  for _ = 1, CANDIDATES do
    local one = draw()
    if not least or one.chosen < least.chosen then least = one end
  end
  least.chosen = least.chosen + 1
  return least
end

-- A point to be changed, more often a new one than an old.
local function pick_point(h)
  return choose_least(function() return h.points[#h.points - math.floor(#h.points * h.random:unit() ^ 2)] end)
end

-- A constant to be met. Zero, with which remainders are compared, counts at each place by itself, and is picked now and then.
local function pick_constant(h)
  local zero = #h.zeros > 0 and (#h.constants == 0 or h.random:chance(0.15))
  return choose_least(function() return h.random:pick(zero and h.zeros or h.constants) end)
end

-- A point in which a size is what that of another point was compared with. That leads through conditions one by one, each
-- behind the one before. nil if there is none such.
local function meet(h)
  if #h.constants + #h.zeros == 0 then return nil end
  local constant = pick_constant(h)
  local met = h.random:pick(constant.met)
  return space.meet(met.point, met.number, constant.value, h.random)
end

-- Keeps who met a constant, and with which number: the last ones.
local function note_comparison(h, p, site, value, number)
  local key = value == 0 and -site or value
  local constant = h.constant[key]
  if not constant then
    constant = {value = value, chosen = 0, count = 0, met = {}}
    h.constant[key] = constant
    table.insert(value == 0 and h.zeros or h.constants, constant)
  end
  constant.met[constant.count % MET + 1] = {point = p, number = number}
  constant.count = constant.count + 1
end

-- Adds a point, with the result of its case, to those that are changed.
local function add_point(h, p, result)
  p.chosen = 0
  h.points[#h.points + 1] = p
  for _, c in ipairs(result.met or {}) do note_comparison(h, p, table.unpack(c)) end
end

-- ---- one try

-- Takes note of what a result says that was new; whether an edge of the subject's code was.
local function note_novelty(h, result)
  for _, number in ipairs(result.compared or {}) do learn(h, number) end
  h.edges = h.edges + (result.edges or 0)
  return result.edges ~= nil
end

-- Signatures cost as many calls as tries do at most.
local function is_summed_in_a_new_way(h, p)
  if h.edges > 0 or h.tries % SIGNATURE_EVERY > 0 or h.asked > h.tries then return false end
  local text = signature(h, p)
  if not text or h.signatures[text] then return false end
  h.signatures[text] = true
  return true
end

local function keep(h, p, c, result)
  add_point(h, p, result)
  corpus.add_id(h.kept, c.id)
end

-- Tries the case of a point, and returns the result. The point is kept if something was new.
local function try(h, p, c)
  h.tries = h.tries + 1
  local result = h.tested:test(c)
  space.account(p, h.offers, result.class ~= "skipped")
  h.judged = h.judged + (result.class == "skipped" and 0 or 1)
  local is_new = note_novelty(h, result)
  if result.class == "broken" then cts.fail(3, result.words) end
  if result.class == "failed" then
    h.failures = h.failures + 1
    local fault = faults.examine(h.faults, h.tested, c, result)
    if fault then
      corpus.add_fault(h.kept, fault)
      h.found(fault)
    end
  elseif result.class == "expected" then
    h.expected = h.expected + 1
    if is_new then keep(h, p, c, result) end
  elseif result.class == "passed" and (is_new or is_summed_in_a_new_way(h, p)) then
    keep(h, p, c, result)
  end
  h.progress(h)
  return result
end

-- Products of a try: from a 4096th of the most, powers of two the more often the cheaper they are.
local function draw_budget(h) return h.most / 4096 ^ h.random:unit() ^ 0.5 end

local LIGHT = 1e5 -- products that cost next to nothing

-- The next point, and the products that it may have: a changed one as many as the one that it was made of, and now and then more.
local function next_point(h)
  local r, budget = h.random, draw_budget(h)
  local changing = #h.points > 0 and r:chance(h.edges > 0 and 0.6 or 0.25)
  if not changing then
    local p = space.draw(r, h.learnt, h.offers)
    return p, p.long and h.most or budget
  end
  local met = r:chance(0.5) and meet(h)
  if met then return met, r:chance(0.5) and h.most or math.max(budget, LIGHT) end
  local from = pick_point(h)
  local p = space.change(from, r:pick(h.points), r, h.learnt, h.offers)
  return p, math.min(h.most, math.max(budget, space.products(from) * (r:chance(0.25) and 4 or 1), LIGHT))
end

-- ---- the search

local function is_over(h) return h.expired() or #h.faults.list >= h.enough or h.tries >= h.most_tries end

-- Remembers the faults of earlier hunts that are still there: what was mended may come back, and is new then.
local function remember(h, list, mended)
  for _, fault in ipairs(list) do
    local result = h.tested:test(case.parse(fault.shrunk))
    note_novelty(h, result)
    if result.class ~= "passed" then
      faults.remember(h.faults, fault)
    else
      h.mended = h.mended + 1
      mended(fault)
    end
  end
end

-- Small cases, which tell whether the subject was built to tell its edges.
local function try_first(h)
  for _, channels in ipairs {1, 2} do
    for _, kernel in ipairs {1, 3} do
      if is_over(h) then return end
      local c = case.new {input = {1, channels, 4, 5}, out_channels = channels, kernel_size = kernel, bias = channels == 1}
      try(h, space.point(c), c)
    end
  end
end

-- The cases of corpora come first: they show again what was reached, and serve to make others.
local function try_corpus(h, ids)
  for _, id in ipairs(ids) do
    local c = case.parse(id)
    local p = space.point(c)
    if is_over(h) then return end
    if p and not h.tried[id] then
      h.tried[id] = true
      local known = #h.points
      local result = try(h, p, c)
      if #h.points == known then add_point(h, p, result) end
    end
  end
end

--- Hunts. settings: seed, seconds, most (products of a try), enough (faults), tries, folder (of the corpus, or nil), others
--- (folders of corpora), found (a function of each new fault), mended (of each that an earlier hunt found and that is no longer there),
--- progress (of the hunt). Returns {tries, judged, failures, expected, edges, points, learnt, faults = {list}, mended = how many,
--- seconds}.
function hunt.run(tested, settings)
  local start = cts.now()
  local own, others = corpus.read {settings.folder}, corpus.read(settings.others)
  local h = {
    tested = tested, most = settings.most, enough = settings.enough, found = settings.found, progress = settings.progress,
    most_tries = settings.tries, mended = 0, tries = 0, judged = 0, asked = 0, failures = 0, expected = 0, edges = 0, points = {},
    tried = {}, learnt = {}, knows = {}, offers = {}, signatures = {}, constant = {}, constants = {}, zeros = {}, faults = faults.new(),
    expired = function() return cts.now() - start > settings.seconds end,
  }
  h.kept = corpus.open(settings.folder, own.ids)
  remember(h, own.faults, settings.mended)
  remember(h, others.faults, settings.mended)
  local began = own.tries[settings.seed] or 0
  h.random = random.new(settings.seed + (began << 20))
  try_first(h)
  try_corpus(h, own.ids)
  try_corpus(h, others.ids)
  if h.edges == 0 and not is_over(h) then learn_switches(h, settings.seconds) end
  local tries = 0
  while not is_over(h) do
    local p, budget = next_point(h)
    space.fit(p, h.random, budget)
    tries = tries + 1
    local c = space.case(p, (settings.seed * 1000003 + began + tries) % 1000000000, budget)
    if c then try(h, p, c) end
    if tries % NOTE_EVERY == 0 then corpus.add_tries(h.kept, settings.seed, began + tries) end
  end
  corpus.add_tries(h.kept, settings.seed, began + tries)
  h.seconds = cts.now() - start
  return h
end

return hunt
