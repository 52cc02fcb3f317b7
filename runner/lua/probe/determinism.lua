-- determinism.lua: which circumstances change the bits of an answer. A change need not be wrong.

local ask = require "probe.ask"

local REPEATS = 5

local determinism = {}

local function uniform(keys)
  local all = {input = {4, 16, 12, 13}, out_channels = 16, kernel_size = 3, padding = 1, data = "uniform"}
  for key, value in pairs(keys or {}) do all[key] = value end
  return case.new(all)
end

local function is_repeatable(tested, c, values, first)
  for _ = 1, REPEATS do
    local again = ask.output(tested, c, values)
    if not (again and again:equal(first)) then return false end
  end
  return true
end

--- Whether repetition, batch, layout, alignment and threads change bits. reopen (threads) -> a subject.
function determinism.of(tested, reopen)
  local c = uniform()
  local data = c:tensors()
  local values = {input = data.input, weight = data.weight, bias = data.bias}
  local first, why = ask.output(tested, c, values)
  if not first then return ask.unknown(why) end
  if not is_repeatable(tested, c, values, first) then
    return {is = "not repeatable", evidence = {"the same call on the same data gives other bits, so nothing else can be compared"}}
  end
  local differ, evidence = {}, {("repeated %d times: the same bits"):format(REPEATS)}
  local function compare(name, got, want)
    local is = not got and "not offered" or got:equal(want) and "the same bits" or "other bits"
    if is == "other bits" then differ[#differ + 1] = name end
    evidence[#evidence + 1] = name .. ": " .. is
  end
  local alone = uniform {input = {1, 16, 12, 13}}
  compare("an image alone", ask.output(tested, alone, {input = data.input:slice(1, 2, 1), weight = data.weight, bias = data.bias}),
    first:slice(1, 2, 1))
  for _, layout in ipairs {"nhwc", "odd", "gaps"} do
    compare("layout " .. layout, ask.output(tested, uniform {layout = layout}, values), first)
  end
  compare("4 threads", ask.output(reopen(4), c, values), first)
  return {is = #differ > 0 and "other bits: " .. table.concat(differ, ", ") or "bitwise the same", evidence = evidence}
end

return determinism
