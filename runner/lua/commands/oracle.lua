-- oracle: the right answer for tensors in .npy files.

local options = require "cli.options"
local output = require "text.output"

local modes = {}
for i, mode in ipairs(cts.padding_modes()) do modes[i] = mode.name end

local command = {
  name = "oracle",
  usage = "--input X.npy --weight W.npy [--bias B.npy] [OPTION ...] -o Y.npy\n"
    .. "       conv2d-cts oracle --input X.npy --weight W.npy --grad-output G.npy\n"
    .. "         [--grad-input OUT.npy] [--grad-weight OUT.npy] [--grad-bias OUT.npy]",
  about = "Computes the convolution of tensors in .npy files, or its gradients. The sums are exact and rounded once.",
  options = {
    {"input", value = "FILE", about = "[N, C, H, W] or [C, H, W]; float16, float32, float64, bfloat16 (<V2) or an integer type"},
    {"weight", value = "FILE", about = "[out_channels, in_channels / groups, kernel height, kernel width]"},
    {"bias", value = "FILE", about = "[out_channels]"},
    {"stride", value = "S", about = "an integer, or height and width: 2,1 (default 1)"},
    {"padding", value = "P", about = "an integer, a pair, same or valid (default 0)"},
    {"dilation", value = "D", about = "an integer or a pair (default 1)"},
    {"groups", value = "N", about = "default 1"},
    {"padding_mode", value = "MODE", about = table.concat(modes, ", ", 1, #modes - 1) .. " or " .. modes[#modes] .. " (default zeros)"},
    {"output", value = "FILE", about = "where to write the result; also -o"},
    {"grad_output", value = "FILE", about = "compute gradients; FILE has the gradient of the output"},
    {"grad_input", value = "FILE", about = "where to write the gradient of the input"},
    {"grad_weight", value = "FILE", about = "where to write that of the weight"},
    {"grad_bias", value = "FILE", about = "where to write that of the bias"},
    {"details", about = "write also Y.scale.npy, the sum of |products|, and Y.bound.npy, how far a\n"
      .. (" "):rep(31) .. "correct implementation may be off"},
  },
}

for i, word in ipairs(arg) do
  if word == "-o" then arg[i] = "--output" end
end
local got = options.read(command)

local function usage(message)
  cts.fail(2, "oracle: " .. message .. " (conv2d-cts oracle --help)")
end

-- "2" or "2,1" as a number or a pair; words as they are.
local function read_pair(name)
  local text = got[name]
  if not text or text == "same" or text == "valid" then return text end
  local h, w = text:match("^(%-?%d+)[,x](%-?%d+)$")
  local v = h and {math.tointeger(h), math.tointeger(w)} or math.tointeger(text)
  return v or usage(("--%s: an integer or a pair is expected, got '%s'"):format(name, text))
end

local function need(name)
  return got[name] and tensor.load(got[name]) or usage("--" .. name:gsub("_", "-") .. " must be given")
end

local function write(path, result, detail)
  output.ready(path)
  result:save(path)
  if not got.details then return end
  local stem = path:gsub("%.npy$", "")
  detail.scale:save(stem .. ".scale.npy")
  oracle.bound(result, detail):save(stem .. ".bound.npy")
end

if #got > 0 then usage("unexpected argument '" .. got[1] .. "'") end
local input, weight = need("input"), need("weight")
local bias = got.bias and tensor.load(got.bias)
local params = {
  stride = read_pair("stride"), padding = read_pair("padding"), dilation = read_pair("dilation"),
  groups = got.groups and (math.tointeger(got.groups) or usage("--groups: an integer is expected")),
  padding_mode = got.padding_mode,
}

local of_gradients = {"grad_input", "grad_weight", "grad_bias"}
for _, name in ipairs(got.grad_output and {"output", "bias"} or of_gradients) do
  if got[name] then
    usage(("--%s: %s"):format(name:gsub("_", "-"), got.grad_output and "has no part in gradients" or "--grad-output must be given, too"))
  end
end
if got.grad_output then
  local results, details = oracle.backward(params, input, weight, need("grad_output"))
  local written = 0
  for _, name in ipairs(of_gradients) do
    if got[name] then
      write(got[name], results[name], details[name])
      written = written + 1
    end
  end
  if written == 0 then usage("one of --grad-input, --grad-weight, --grad-bias must be given") end
else
  if not got.output then usage("--output must be given") end
  write(got.output, oracle.forward(params, input, weight, bias))
end
return 0
