-- faults.lua: whether a failure is one that has been found before. Two failures are of one fault if their verdicts are the
-- same, and what is wrong is explained alike; where nothing explains it, if the same elements are wrong and the smallest
-- cases that fail so have the same parameters, or if these are the same cases but for their data.

local explain = require "explain.explain"
local shrink = require "shrink.shrink"
local wrongmap = require "explain.wrongmap"

local faults = {}

local MOST_TESTS = 300 -- to shrink a case
local EXPLAIN_SECONDS = 5

-- A failure by what is seen at once: verdict, and which elements are wrong.
local function appearance(result)
  local map = wrongmap.of(result)
  local parts = {result.verdict}
  if map then
    parts[2] = map.name
    for _, text in ipairs(wrongmap.patterns(map)) do
      if not text:find ": all$" then parts[#parts + 1] = text end
    end
  end
  return table.concat(parts, "; ")
end

-- Which parameters a case has that a smallest case would not have. Of sizes only the names count: a fault at odd numbers of
-- channels shows at 3 and at 9. A kernel that has one place to be at has it in an input of its own size, or in a padded one.
local function remaining(c)
  local parts, rank, shape = {}, #c.input, c:expect().output_shape
  local places = shape[rank - 1] * shape[rank] > 1
  local function add(text, is_there) if is_there then parts[#parts + 1] = text end end
  add("images", rank == 4 and c.input[1] > 1)
  add("channels", c.in_channels > c.groups)
  add("rows", shape[rank - 1] > 1)
  add("columns", shape[rank] > 1)
  add("out_channels", c.out_channels > c.groups)
  add("groups", c.groups > 1)
  for _, key in ipairs {"kernel_size", "stride", "dilation", "padding"} do
    local v, least = c[key], key == "padding" and 0 or 1
    add(key, (places or key ~= "padding") and (type(v) == "string" or v[1] ~= least or v[2] ~= least))
  end
  add("bias", c.bias)
  for _, row in ipairs {{"padding_mode", "zeros"}, {"dtype", "float32"}, {"layout", "nchw"}, {"direction", "forward"}} do
    add(c[row[1]], c[row[1]] ~= row[2])
  end
  return table.concat(parts, ", ")
end

-- A smaller case with the same verdict, by a bounded number of tests, so that a seed gives the same again.
local function smaller(tested, c, verdict)
  local tests = 0
  local counted = {test = function(_, candidate)
    tests = tests + 1
    return tested:test(candidate)
  end}
  local function enough() return tests >= MOST_TESTS end
  return shrink.reduce(counted, c, verdict, enough, 1e8)
end

-- A case that fails like a smallest one and has a few rows and columns, which tell mistakes from each other.
local function widened(tested, small, verdict)
  local input, rank = {table.unpack(small.input)}, #small.input
  for axis = rank - 1, rank do input[axis] = input[axis] + small.stride[axis - rank + 2] * (axis - rank + 4) end
  local good, wide = pcall(small.with, small, {input = input})
  return good and wide:expect().status == "ok" and tested:test(wide).verdict == verdict and wide or small
end

-- What it behaves as if, and the same without the condition; nil where nothing explains it.
local function explained(tested, small, verdict)
  if verdict ~= "wrong value" then return nil end
  local c = widened(tested, small, verdict)
  local found = explain.search(tested, c, EXPLAIN_SECONDS)
  if found.kind ~= "explained" then return nil end
  local says, where = explain.words(found)
  return says .. where, says
end

--- The faults that are known, {list = {{keys =, number =, id =, shrunk =, verdict =, clause =, words =, says =}}}.
function faults.new() return {list = {}, keys = {}, looks = {}} end

--- Adds a fault that an earlier hunt has found, unless it is known.
function faults.remember(known, fault)
  for _, key in ipairs(fault.keys) do
    if known.keys[key] then return false end
  end
  for _, key in ipairs(fault.keys) do known.keys[key] = true end
  known.list[#known.list + 1] = fault
  return true
end

-- Of failures that look alike the 1st, 2nd, 4th, 8th ... are looked into.
local function is_due(known, look)
  local n = (known.looks[look] or 0) + 1
  known.looks[look] = n
  return n & (n - 1) == 0
end

--- Looks into a failing result: the fault if it is a new one, nil if it is known or looks like one that is.
function faults.examine(known, tested, c, result)
  local look = appearance(result)
  if not is_due(known, look) then return nil end
  local small = smaller(tested, c, result.verdict)
  local final = tested:test(small)
  if final.class ~= "failed" then small, final = c, result end -- it comes and goes
  local says, mistakes = explained(tested, small, final.verdict)
  local keys = {("%s; %s"):format(appearance(final), remaining(small)),
    ("%s; %s"):format(final.verdict, small:with {data = "integers", seed = 0, values = false}.id)}
  if mistakes then keys[3] = ("%s; %s"):format(final.verdict, mistakes) end
  local fault = {keys = keys, number = #known.list + 1, id = c.id, shrunk = small.id, verdict = final.verdict, clause = final.clause,
    words = final.words, says = says}
  return faults.remember(known, fault) and fault or nil
end

return faults
