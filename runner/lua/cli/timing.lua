-- timing.lua: how long the calls of passing cases take, beside a second subject if one is named. Never part of a verdict.

local output = require "text.output"

local timing = {}

local WARM_UP, REPETITIONS = 1, 9
local MOST_SECONDS = 1      -- for the repetitions of one case
local LEAST_PRODUCTS = 1000 -- less measures how a call is made, not how it computes

-- Multiplications of a case, those with padding too; none if the call is rejected.
local function products(c)
  local expected = c:expect()
  if expected.status ~= "ok" then return 0 end
  local n = c.in_channels // c.groups * c.kernel_size[1] * c.kernel_size[2]
  for _, extent in ipairs(expected.output_shape) do n = n * extent end
  return n
end

local function median(list)
  table.sort(list)
  local middle = (#list + 1) // 2
  return #list % 2 == 1 and list[middle] or (list[middle] + list[middle + 1]) / 2
end

-- Nanoseconds of a call; nil if it does not pass every time.
local function measure(tested, c)
  local list, start = {}, cts.now()
  for i = 1, WARM_UP + REPETITIONS do
    local result = tested:test(c)
    if result.class ~= "passed" or result.nanoseconds == 0 then return nil end
    if i > WARM_UP then list[#list + 1] = result.nanoseconds end
    if #list > 0 and cts.now() - start > MOST_SECONDS then break end
  end
  return median(list)
end

--- Collects the passing cases of a run, to be measured when it is over: {note = function (result), measure = function ()}.
--- Measurements are a list: {case =, index = of the result in the run, products =, time =, baseline = or nil}, times in ns.
function timing.collector(tested, baseline)
  local chosen, index = {}, 0
  local collector = {}

  function collector.note(result)
    index = index + 1
    if result.class ~= "passed" or result.case.direction ~= "forward" then return end
    local n = products(result.case)
    if n >= LEAST_PRODUCTS then chosen[#chosen + 1] = {case = result.case, index = index, products = n} end
  end

  function collector.measure()
    local list = {}
    for _, m in ipairs(chosen) do
      m.time = measure(tested, m.case)
      m.baseline = m.time and baseline and measure(baseline, m.case) or nil
      if m.time then list[#list + 1] = m end
    end
    return list
  end

  return collector
end

local function rate(m) return m.products / m.time end -- per ns, so GMAC/s
local function ratio(m) return m.baseline / m.time end

--- Of a list of measurements: {cases =, rate = geometric mean of GMAC/s, compared = cases, ratio = geometric mean}.
function timing.summary(list)
  local s = {cases = #list, compared = 0}
  local rates, ratios = 0, 0
  for _, m in ipairs(list) do
    rates = rates + math.log(rate(m))
    if m.baseline then s.compared, ratios = s.compared + 1, ratios + math.log(ratio(m)) end
  end
  s.rate = #list > 0 and math.exp(rates / #list) or nil
  s.ratio = s.compared > 0 and math.exp(ratios / s.compared) or nil
  return s
end

local function extremes(list, of)
  local sorted = {}
  for _, m in ipairs(list) do if of(m) then sorted[#sorted + 1] = m end end
  table.sort(sorted, function(a, b) return of(a) < of(b) end)
  return sorted[1], sorted[#sorted]
end

--- Prints what was measured.
function timing.print(list, baseline)
  local s = timing.summary(list)
  print(("\nspeed, of the call alone, which is no part of the verdict and only indicative on a shared machine:"))
  if s.cases == 0 then
    print("  no passing forward case is large enough to be measured")
    return
  end
  local slow, fast = extremes(list, rate)
  print(("  %.3g GMAC/s in the geometric mean of %s cases, the median of %d calls each after a warm-up"):format(s.rate,
    output.thousands(s.cases), REPETITIONS))
  print(("  slowest %9.3g GMAC/s  %s"):format(rate(slow), slow.case.id))
  print(("  fastest %9.3g GMAC/s  %s"):format(rate(fast), fast.case.id))
  if s.ratio then
    local worst, best = extremes(list, function(m) return m.baseline and ratio(m) end)
    print(("  %.3g times as fast as %s %s in the geometric mean of %s cases"):format(s.ratio, baseline.name, baseline.version,
      output.thousands(s.compared)))
    print(("  at worst %8.3g times        %s"):format(ratio(worst), worst.case.id))
    print(("  at best  %8.3g times        %s"):format(ratio(best), best.case.id))
  end
end

--- Writes the measurements into the lines of a result log, whose cases are those of the run.
function timing.write(path, list)
  local times = {}
  for _, m in ipairs(list) do times[m.index] = m end
  local lines, at = {}, -1
  for line in io.lines(path) do
    local control = line:find('"control":true', 1, true) -- which is no result of the run
    if not control then at = at + 1 end
    local m = not control and times[at]
    if m then
      line = ('%s,"median_nanoseconds":%d%s}'):format(line:sub(1, -2), m.time // 1,
        m.baseline and (',"baseline_nanoseconds":%d'):format(m.baseline // 1) or "")
    end
    lines[#lines + 1] = line
  end
  output.write(path, table.concat(lines, "\n") .. "\n", "log")
end

return timing
