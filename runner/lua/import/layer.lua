-- layer.lua: what a reader of other programs' files returns for one convolution.
-- An entry is {place =, name =, calls = {keys of a case, ...}}, or {place =, left_out = reason}.

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
