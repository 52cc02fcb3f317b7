-- invariances.lua: what an image's output depends on besides its own numbers and the weights, bit for bit.
-- No oracle is needed: one image's answer is compared with its answer in another surrounding.

local invariances = {}

local SIZES = { -- channels, height and width, out_channels, kernel
  {3, 9, 11, 8, 3}, {16, 12, 12, 16, 1}, {32, 14, 14, 32, 3}, {144, 8, 8, 16, 3}, {256, 7, 7, 64, 1}, {64, 28, 28, 8, 3},
}
local BATCHES = {2, 3, 4, 5, 8, 16, 17, 32}

local function case_of(s, images, layout)
  return case.new {input = {images, s[1], s[2], s[3]}, out_channels = s[4], kernel_size = s[5], layout = layout, data = "normal"}
end

-- The first image of what a subject answers; nil if it does not.
local function first_image(tested, c, values)
  local got = tested:ask(c, values).output
  return got and got:slice(1, 0, 1)
end

-- The operands of a size with so many images, of which the first is always the same.
local function operands(s, images, seed)
  local values = case_of(s, 1):operands()
  if images > 1 then
    local others = case_of(s, images - 1):with({seed = seed or 2}):operands().input
    values.input = tensor.cat(1, {values.input, others})
  end
  return values
end

-- Whether two answers differ. What is not answered does not; `asked.pairs` counts what could be compared.
local function differ(asked, got, want)
  if not got or not want then return false end
  asked.pairs = asked.pairs + 1
  return not got:equal(want)
end

-- Each check gives the first surrounding in which the answer is another, in words; nil if there is none.
local checks = {}

function checks.batch(asked, tested, s, alone)
  for _, images in ipairs(BATCHES) do
    local got = first_image(tested, case_of(s, images), operands(s, images))
    if differ(asked, got, alone) then return ("among %d images"):format(images) end
  end
end

function checks.neighbours(asked, tested, s)
  local want = first_image(tested, case_of(s, 4), operands(s, 4, 2))
  local got = first_image(tested, case_of(s, 4), operands(s, 4, 3))
  if differ(asked, got, want) then return "beside other images" end
end

function checks.repetition(asked, tested, s, alone)
  for i = 2, 4 do
    local got = first_image(tested, case_of(s, 1), operands(s, 1))
    if differ(asked, got, alone) then return ("in call %d"):format(i) end
  end
end

function checks.layout(asked, tested, s, alone)
  for _, layout in ipairs {"nhwc", "gaps", "slice"} do
    local got = first_image(tested, case_of(s, 1, layout), operands(s, 1))
    if differ(asked, got, alone) then return "in layout " .. layout end
  end
end

function checks.alignment(asked, tested, s, alone)
  local got = first_image(tested, case_of(s, 1, "odd"), operands(s, 1))
  if differ(asked, got, alone) then return "in memory that is aligned to one number only" end
end

function checks.threads(asked, _, s, alone, reopen)
  for _, threads in ipairs {2, 4} do
    local got = first_image(reopen(threads), case_of(s, 1), operands(s, 1))
    if differ(asked, got, alone) then return ("with %d threads"):format(threads) end
  end
end

invariances.names = {"batch", "neighbours", "repetition", "layout", "alignment", "threads"}

local FIRST_CLAIM = 4 -- the bit of conv2d_abi.h's enum conv2d_claim for the first name; the others follow

--- The set of the names that a subject claims.
function invariances.claimed(tested)
  local set = {}
  for i, name in ipairs(invariances.names) do set[name] = tested.claims >> (FIRST_CLAIM + i - 1) & 1 == 1 or nil end
  return set
end

-- All others, behind repetition: where the same call gives other bits, nothing else can be told of a size.
local others = {}
for _, name in ipairs(invariances.names) do
  if name ~= "repetition" then others[#others + 1] = name end
end

--- {[name] = {case = an id, words = the surrounding}} of the invariances that end, at the first and smallest shape at which
--- they do; whether all of them were looked for; {[name] = true} of those for which two answers could be compared. reopen
--- (threads): the subject with another number of threads; expired (): whether to stop.
function invariances.find(tested, reopen, expired)
  local ends, opened, compared = {}, {}, {}
  local function reopened(threads) -- once for each number: some subjects take seconds to open
    opened[threads] = opened[threads] or reopen(threads)
    return opened[threads]
  end
  -- Whether a check finds two answers at a size that differ.
  local function ends_at(s, name, alone)
    local asked = {pairs = 0}
    local words = checks[name](asked, tested, s, alone, reopened)
    compared[name] = compared[name] or asked.pairs > 0 or nil
    if words then ends[name] = ends[name] or {case = case_of(s, 1).id, words = words} end
    return words ~= nil
  end
  for _, s in ipairs(SIZES) do
    local alone = first_image(tested, case_of(s, 1), operands(s, 1))
    if expired() then return ends, false, compared end
    local is_stable = alone and not ends_at(s, "repetition", alone)
    for _, name in ipairs(is_stable and others or {}) do
      if expired() then return ends, false, compared end
      if not ends[name] then ends_at(s, name, alone) end
    end
  end
  return ends, true, compared
end

return invariances
