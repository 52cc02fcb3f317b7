-- growth.lua: how the error grows with the number of terms K, on sums in which nothing cancels.

local ask = require "probe.ask"

local growth = {}

-- The errors of sums of `channels` * side^2 products, all positive, in units of u * S.
local function errors(tested, channels, side)
  local c = case.new {input = {1, channels, 3 + side, 3 + side}, out_channels = 8, kernel_size = side, bias = false, data = "uniform"}
  local data = c:tensors()
  local x, w = data.input:map(math.abs), data.weight:map(math.abs)
  local out, why = ask.output(tested, c, {input = x, weight = w})
  if not out then return nil, why end
  local _, detail = oracle.forward(c, x, w)
  return oracle.judge(out, detail, 1)
end

-- The slope of log y against log x, by least squares.
local function slope(points)
  local n, sx, sy, sxx, sxy = #points, 0, 0, 0, 0
  for _, p in ipairs(points) do
    local x, y = math.log(p[1]), math.log(p[2])
    sx, sy, sxx, sxy = sx + x, sy + y, sxx + x * x, sxy + x * y
  end
  return (n * sxy - sx * sy) / (n * sxx - sx * sx)
end

local function name_slope(s)
  return s < 0.2 and "constant" or s < 0.75 and "like the square root of K" or "linear in K"
end

-- By kernels of side 1, or of 3 for what offers only those.
local function measure(tested, side)
  local points, evidence, answered, refusal = {}, {}, false, nil
  for _, channels in ipairs {16, 64, 256, 1024, 4096 // side ^ 2 | 0} do
    local k = channels * side ^ 2 | 0
    local e, why = errors(tested, channels, side)
    local is_finite = e and e.rms_error < math.huge -- false for NaN
    if e and not is_finite then why = "its sums are no finite numbers" end
    answered, refusal = answered or is_finite, why
    if is_finite and e.rms_error > 0 then
      points[#points + 1] = {k, e.rms_error}
      evidence[#evidence + 1] = ("K = %d: max %.3g, rms %.3g"):format(k, e.max_error, e.rms_error)
    end
  end
  return points, evidence, answered, refusal
end

--- The slope of the error's growth, in words.
function growth.of(tested)
  local points, evidence, answered, refusal = measure(tested, 1)
  if not answered then points, evidence, answered, refusal = measure(tested, 3) end
  if not answered then return ask.unknown(refusal) end
  if #points == 0 then return {is = "no error", evidence = {"every sum is exact up to its last rounding"}} end
  if #points < 3 then return {is = "unknown", evidence = evidence} end
  local s = slope(points)
  evidence[#evidence + 1] = ("slope of log rms error against log K: %.2f"):format(s)
  return {is = name_slope(s), slope = s, evidence = evidence}
end

return growth
