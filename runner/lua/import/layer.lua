-- layer.lua: what a reader of other programs' files returns for one convolution.
-- An entry is {place =, name =, calls = {keys of a case, ...}, note =}, or {place =, left_out = reason}.

local layer = {}

local MOST_BYTES = 64 << 30 -- of all tensors of a call: no machine at hand can hold more

--- An entry that is listed instead of imported.
function layer.left_out(place, reason, ...)
  return {place = place, left_out = select("#", ...) > 0 and reason:format(...) or reason}
end

--- Digits as an integer, or nil where they are none or too many to count with.
function layer.integer(text)
  return #text <= 15 and text:find("^%d+$") and math.tointeger(tonumber(text)) or nil
end

--- Extent of the output along one axis: `before` and `after` is the padding there.
function layer.output(input, kernel, stride, dilation, before, after)
  return (input + before + after - dilation * (kernel - 1) - 1) // stride + 1
end

-- Whether torch's `same` pads like this: as much as keeps the extent, the odd one at the end.
local function is_same(keys, before, after)
  for i = 1, 2 do
    local total = keys.dilation[i] * (keys.kernel_size[i] - 1)
    if keys.stride[i] ~= 1 or before[i] ~= total // 2 or after[i] ~= total - total // 2 then return false end
  end
  return true
end

--- The padding of nn.Conv2d that does the same as `before` and `after` along both axes, or nil.
function layer.padding(keys, before, after)
  for i = 1, 2 do
    local function output(b, a)
      return layer.output(keys.input[i + 2], keys.kernel_size[i], keys.stride[i], keys.dilation[i], b, a)
    end
    local b, a = before[i], after[i]
    if b < 0 or a < 0 or output(b, a) ~= output(b, b) then return is_same(keys, before, after) and "same" or nil end
  end
  return before
end

--- Gives a call zeros before and after both axes. nn.Conv2d has one number for both sides: what one side has more becomes part
--- of the input, with data in it, so that the windows, the output's extents and the rest of the padding are the program's own.
--- Returns true, and the note that says so if it was needed; or false and why not.
function layer.pad(keys, before, after)
  keys.padding = layer.padding(keys, before, after)
  if keys.padding then return true end
  local padding, input, words = {}, {table.unpack(keys.input)}, {}
  for i, axis in ipairs {"height", "width"} do
    local b, a = before[i], after[i]
    if b < 0 or a < 0 then return false, ("padding of %d before and %d after: a call can't cut its input"):format(b, a) end
    padding[i], input[i + 2] = math.min(b, a), input[i + 2] + math.max(b, a) - math.min(b, a)
    if b ~= a then words[#words + 1] = ("%s padded by %d before and %d after"):format(axis, b, a) end
  end
  keys.padding, keys.input = padding, input
  return true, table.concat(words, ", ") .. ": the difference is input"
end

local function product(list)
  local p = 1.0
  for _, v in ipairs(list) do p = p * v end
  return p
end

-- Why a call can't be a case, or nil.
local function refusal(keys)
  local good, c = pcall(case.new, keys)
  if not good then return type(c) == "table" and c.message or tostring(c) end
  for _, extent in ipairs(keys.input) do
    if extent < 0 or extent > 1 << 40 then return ("an input of %d in one direction"):format(extent) end
  end
  local k = c.kernel_size
  local elements = product(keys.input) + product {k[1], k[2], c.in_channels, c.out_channels}
  if elements * 4 > MOST_BYTES then return ("input and weight have %.3g elements, more than can be held"):format(elements) end
  local x = c:expect()
  if x.status ~= "ok" then return ("torch.nn.Conv2d rejects it: %s"):format(x.clause) end
  local output = product(x.output_shape)
  if output * 4 > MOST_BYTES then return ("an output of %.3g elements, more than can be held"):format(output) end
end

--- Checks the calls of an entry as a case file would; the entry, or one that is left out.
function layer.check(entry)
  if entry.left_out then return entry end
  for _, keys in ipairs(entry.calls) do
    local why = refusal(keys)
    if why then return layer.left_out(entry.place, why) end
  end
  return entry
end

--- The calls of a layer for directions "forward", "input", "weight" ...: `bias` where the layer has one.
function layer.calls(keys, directions)
  local calls = {}
  for _, direction in ipairs(directions) do
    local call = {}
    for k, v in pairs(keys) do call[k] = v end
    if direction ~= "forward" then call.direction = "backward" end
    if direction ~= "forward" and direction ~= "backward" then call.gradients = direction end
    calls[#calls + 1] = call
  end
  return calls
end

return layer
