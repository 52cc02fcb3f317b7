-- probes.lua: how a subject computes, beyond right and wrong: the list of all probes.
-- A probe returns {is = a word, evidence = lines}. It makes only calls to which an exact sum would give the same
-- answer in any order.

local algorithm = require "probe.algorithm"
local contract = require "probe.contract"
local determinism = require "probe.determinism"
local growth = require "probe.growth"
local order = require "probe.order"
local precision = require "probe.precision"

local list = {}

-- f (tested, reopen) -> the finding
local function add(key, title, f) list[#list + 1] = {key, title, f} end

add("algorithm", "algorithm", function(x) return algorithm.of(x, "forward") end)
add("algorithm_gradient", "algorithm of gradients", function(x) return algorithm.of(x, "backward") end)
add("operands", "operands of float32", function(x) return precision.operands(x, "float32") end)
add("products", "products", precision.products)
for _, dtype in ipairs {"float32", "float64", "bfloat16", "float16"} do
  add("accumulator_" .. dtype, "sums of " .. dtype, function(x) return precision.accumulator(x, dtype) end)
end
add("numerics", "numeric contract", contract.finding)
add("order", "order of 64 terms", order.of)
add("blocks", "blocks of many terms", order.blocks)
add("growth", "error growth", growth.of)
add("subnormals", "subnormals", precision.subnormals)
add("determinism", "determinism", determinism.of)

local probes = {}

--- The names of all probes.
function probes.keys()
  local keys = {}
  for i, probe in ipairs(list) do keys[i] = probe[1] end
  return keys
end

--- The findings on a subject, in order: {key =, title =, is =, evidence =}. reopen (threads): the same
--- subject with so many threads. wanted: a set of keys, or nil for all.
function probes.run(tested, reopen, wanted)
  local found = {}
  for _, probe in ipairs(list) do
    local key, title, f = table.unpack(probe)
    if not wanted or wanted[key] then
      local finding = f(tested, reopen)
      finding.key, finding.title = key, title
      found[#found + 1] = finding
    end
  end
  return found
end

return probes
