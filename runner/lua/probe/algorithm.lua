-- algorithm.lua: direct, Winograd or FFT, by how far one odd element reaches: a sum of products carries
-- it to the 9 outputs of its windows, a transform to its whole tile or plane.
-- Libraries choose the algorithm by shape, so several shapes are tried. A finding names those for which it holds.

local ask = require "probe.ask"

local algorithm = {}

local SIDE = 24 -- of all planes, a multiple of all tiles; padding 1 keeps it
local FIRST = 6 -- positions of the odd element: (6, 6) to (13, 13), every phase of every tile
local POSITIONS = 8
local ODD = 2.0 ^ 40

-- Images, channels convolved, channels that come out.
local shapes = {{1, 1, 1}, {1, 16, 16}, {1, 64, 8}, {1, 8, 64}, {4, 32, 8}, {16, 1, 16}, {16, 16, 4}, {32, 4, 4}}

-- A layer by its direction: what goes in is the input, or grad_output.
local function layer(direction, images, from, to)
  local forward = direction == "forward"
  local c = case.new {input = {images, forward and from or to, SIDE, SIDE}, out_channels = forward and to or from,
    kernel_size = 3, padding = 1, bias = false, direction = direction, gradients = not forward and "input" or nil}
  return {case = c, goes_in = forward and "input" or "grad_output", images = images, channels = from}
end

-- What goes in: ones, but `value` in channel 0 of each image, at (at[n], at[n]).
local function plane_with(l, value, at)
  local x = tensor.new({l.images, l.channels, SIDE, SIDE}, "float32", ask.ones)
  for n = 1, l.images do x:put(value, n - 1, 0, at[n], at[n]) end
  return x
end

local function convolve(tested, l, x, weight)
  local c = l.case
  local ones = tensor.new({c.out_channels, c.in_channels, 3, 3}, "float32", weight or ask.ones)
  return ask.output(tested, c, {[l.goes_in] = x, weight = ones})
end

-- ---- footprints

-- The columns of the plane (n, 0) that an odd element at (x, x) changed, and how many outputs.
local function footprint(out, n, x, changed)
  local f = {x = x, count = 0}
  for i = 0, SIDE - 1 do
    for j = 0, SIDE - 1 do
      local inside = math.abs(i - x) <= 1 and math.abs(j - x) <= 1
      if changed(out:at(n, 0, i, j), inside, i, j) then
        f.count = f.count + 1
        f.first = math.min(f.first or j, j)
        f.last = math.max(f.last or j, j)
      end
    end
  end
  return f
end

-- Footprints of all positions; each image of a batch has its own.
local function footprints(tested, l, value, changed)
  local list, images = {}, l.images
  for first = 0, POSITIONS - 1, images do
    local at = {}
    for n = 1, images do at[n] = FIRST + (first + n - 1) % POSITIONS end
    local out, why = convolve(tested, l, plane_with(l, value, at))
    if not out then return nil, why end
    for n = 1, math.min(images, POSITIONS - first) do list[#list + 1] = footprint(out, n - 1, at[n], changed) end
  end
  return list
end

-- ---- names

local function each(list, test)
  for _, f in ipairs(list) do if not test(f) then return false end end
  return true
end

-- Whether a footprint holds a whole tile of m outputs and no more than two.
local function holds_tile(f, m)
  if not f.first then return false end
  local tile = (f.first + m - 1) // m * m
  return tile + m - 1 <= f.last and f.last - f.first < 2 * m
end

-- The width of the output tiles of a footprint that moves by tiles, not by elements; nil if it does not.
local function tile_of(list)
  for _, m in ipairs {6, 4, 2} do
    if each(list, function(f) return holds_tile(f, m) end) then return m end
  end
end

local function name_footprints(list)
  if each(list, function(f) return f.count == 9 and f.first == f.x - 1 and f.last == f.x + 1 end) then return "direct" end
  if each(list, function(f) return f.count >= 0.9 * SIDE ^ 2 end) then return "FFT" end
  if each(list, function(f) return not f.first end) then return "no trace" end
  local m = tile_of(list)
  return m and ("Winograd F(%dx%d,3x3)"):format(m, m) or "unknown transform"
end

-- "9", or "16 to 25": how many outputs were reached.
local function counts(list)
  local least, most = math.huge, 0
  for _, f in ipairs(list) do least, most = math.min(least, f.count), math.max(most, f.count) end
  return least == most and tostring(most) or ("%d to %d"):format(least, most)
end

-- ---- one shape

-- A window of ones: fewer taps where it hangs over the border.
local function window_at(channels, i, j)
  local function taps(q) return (q == 0 or q == SIDE - 1) and 2 or 3 end
  return channels * taps(i) * taps(j)
end

-- Whether an outlier under a zero tap leaves something in the sum, which a direct sum can't.
local function has_residue(tested, l)
  local at = {}
  for n = 1, l.images do at[n] = 9 end
  local out = convolve(tested, l, plane_with(l, ODD, at), function(e) return (e - 1) % 9 == 4 and 0 or 1 end)
  return out and math.abs(out:at(0, 0, 9, 9) - 8 * l.channels) > 0.01 * l.channels
end

-- The name of a shape's algorithm and how it was recognised; nil and why if there are no answers.
local function look(tested, l)
  local by_nan, why = footprints(tested, l, 0 / 0, function(v) return v ~= v end)
  if not by_nan then return nil, why end
  local by_outlier = footprints(tested, l, ODD, function(v, inside, i, j)
    local window = window_at(l.channels, i, j)
    local near = math.abs(v - window) < 0.01 * window -- false for NaN
    return inside or not near
  end)
  if not by_outlier then return nil, "no answer to an outlier" end
  local first, second, residue = name_footprints(by_nan), name_footprints(by_outlier), has_residue(tested, l)
  local is = (first == "direct" or first == "no trace") and second or first
  -- Its tiles cancel exactly in some kernels, but not under a zero tap.
  if is == "direct" and residue then is = "Winograd F(2x2,3x3)" end
  return is, ("one NaN reaches %s of %d outputs, one 2^40 %s, and under a zero tap it leaves %s"):format(
    counts(by_nan), SIDE ^ 2, counts(by_outlier), residue and "a residue" or "nothing")
end

-- ---- all shapes

-- A line for each finding, with the shapes on which it was made.
local function note_evidence(lines, at, shape, text)
  local of = ("%dx%d to %d"):format(shape[1], shape[2], shape[3])
  if at[text] then
    lines[at[text]].shapes = lines[at[text]].shapes .. ", " .. of
  else
    lines[#lines + 1] = {shapes = of, text = text}
    at[text] = #lines
  end
end

local function tell_evidence(lines)
  local list = {}
  for i, l in ipairs(lines) do list[i] = ("%s (images x channels: %s)"):format(l.text, l.shapes) end
  return list
end

--- By which algorithms the output of 3x3 layers is computed, or (direction "backward") grad_input.
function algorithm.of(tested, direction)
  local names, lines, at, seen, answered, refusal = {}, {}, {}, {}, 0, nil
  for _, shape in ipairs(shapes) do
    local is, how = look(tested, layer(direction, table.unpack(shape)))
    if is then
      answered = answered + 1
      if not seen[is] then names[#names + 1] = is end
      seen[is] = (seen[is] or 0) + 1
      note_evidence(lines, at, shape, is .. ": " .. how)
    else
      refusal = how
    end
  end
  if answered == 0 then return ask.unknown(refusal) end
  local evidence = tell_evidence(lines)
  for i, name in ipairs(names) do
    local how_many = seen[name] == answered and "all" or seen[name] .. " of"
    table.insert(evidence, i, ("%s on %s %d shapes probed"):format(name, how_many, answered))
  end
  return {is = table.concat(names, ", "), evidence = evidence}
end

return algorithm
