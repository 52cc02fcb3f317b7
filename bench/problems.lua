-- problems.lua: what judging real layers costs in all, beside computing them: in plain loops in double, and by PyTorch, on
-- one core. Run by `conv2d-cts lua bench/problems.lua [PYTHON]`. The subject works in a process of its own, so the
-- time is that of the suite alone: data, the right answer, its bounds, and the comparison.
-- The problems: 240 layers of the models, as many as a run of benchdnn has that the figures can be set beside.

local problems, images, largest = 240, 2, 50e6 -- largest: products of one image
local python = arg[1] or "/usr/bin/python3"

-- As bench/oracle and bench/torch_conv2d.py take a layer; nil if it is none that they can.
local function spec_of(c)
  local function same(pair) return pair[1] == pair[2] and pair[1] end
  local size = c.input[3] == c.input[4] and c.input[3]
  local kernel, stride, padding = same(c.kernel_size), same(c.stride), type(c.padding) == "table" and same(c.padding)
  if not (size and kernel and stride and padding and c.input[1] == 1 and same(c.dilation) == 1) then return nil end
  return ("%d,%d,%d,%d,%d,%d,%d"):format(c.input[2], c.out_channels, kernel, stride, padding, c.groups, size)
end

-- A layer: {spec =, case =, products =, outputs =}, both of all images.
local function layer_of(c, spec)
  local out = c:expect().output_shape
  local outputs = images * out[2] * out[3] * out[4]
  return {spec = spec, outputs = outputs, case = c:with {input = {images, c.input[2], c.input[3], c.input[4]}},
          products = outputs * c.input[2] // c.groups * c.kernel_size[1] * c.kernel_size[2]}
end

-- All that are different, and not too large to take many of them.
local function all_layers()
  local layers, known = {}, {}
  local forward = suite.load(cts.root .. "/cases/models", {tier = "models", filter = function(c)
    return c.dtype == "float32" and c.direction == "forward" and c.layout == "nchw"
  end})
  for c in forward:cases() do
    local spec = spec_of(c)
    if spec and not known[spec] then
      known[spec] = true
      local l = layer_of(c, spec)
      if l.products <= images * largest then layers[#layers + 1] = l end
    end
  end
  return layers
end

-- Of all, in the order of their products, those at even distances.
local function list_layers()
  local all, layers = all_layers(), {}
  table.sort(all, function(a, b)
    if a.products ~= b.products then return a.products < b.products end
    return a.spec < b.spec
  end)
  for i = 1, problems do layers[i] = all[i * #all // problems] end
  return layers, #all
end

-- Seconds for all layers by a command that prints ns a product for each; nil if it does not. suffix: of each layer.
local function seconds_by(command, layers, suffix)
  local specs = {}
  for i, l in ipairs(layers) do specs[i] = l.spec .. (suffix or "") end
  local pipe = assert(io.popen(("%s %s 2>/dev/null"):format(command, table.concat(specs, " "))))
  local sum, count = 0, 0
  for line in pipe:lines() do
    count = count + 1
    sum = sum + tonumber(line) * 1e-9 * layers[count].products
  end
  pipe:close()
  return count == #layers and sum or nil
end

-- The most memory that this process has had, in MiB.
local function peak()
  for line in io.lines "/proc/self/status" do
    local most = line:match "^VmHWM:%s*(%d+)"
    if most then return most / 1024 end
  end
end

-- What a process of its own does, which knows nothing but the ids of the layers: prints its processor seconds for judging
-- them, and its memory.
local function judge(file)
  local cases = {}
  for id in io.lines(file) do cases[#cases + 1] = case.parse(id) end
  local tested = subject.open {path = cts.root .. "/build/adapters/naive.so", time_limit = 100}
  local start = os.clock()
  local r = tested:run(cases, {jobs = 1})
  assert(r.passed == #cases, "not all passed")
  print(os.clock() - start, peak())
  return 0
end

-- Processor seconds and memory for judging the layers.
local function judged(layers, keys)
  local file = os.tmpname()
  local list = assert(io.open(file, "w"))
  for _, l in ipairs(layers) do list:write(l.case:with(keys).id, "\n") end
  list:close()
  local pipe = assert(io.popen(("%s lua bench/problems.lua --judge %s"):format(cts.program, file)))
  local took, memory = pipe:read("n", "n")
  assert(pipe:close(), "the layers could not be judged")
  os.remove(file)
  return took, memory
end

-- Which vectors the processor has, as the oracle and the judge take them.
local function instructions()
  local flags = ""
  for line in io.lines "/proc/cpuinfo" do
    if line:match "^flags" or line:match "^Features" then flags = line .. " " end
  end
  for _, known in ipairs {{"avx512dq", "AVX-512"}, {"avx2", "AVX2"}, {"sse2", "SSE2"}} do
    if flags:find(" " .. known[1] .. " ", 1, true) then return known[2] end
  end
  return "no vectors that are known"
end

local function ratio(seconds, other)
  return other and ("%10.2f %7.2f"):format(other, seconds / other) or ("%10s %7s"):format("-", "-")
end

if arg[1] == "--judge" then return judge(arg[2]) end
local layers, all = list_layers()
local products, outputs = 0, 0
for _, l in ipairs(layers) do products, outputs = products + l.products, outputs + l.outputs end
print(("%s; %d of %d layers of the models, float32, batch %d: %.2f billion products, %.1f million outputs"):format(
  instructions(), #layers, all, images, products / 1e9, outputs / 1e6))
local plain = assert(seconds_by("build/bench/oracle --plain", layers), "build/bench/oracle does not run")
local torch = {forward = seconds_by(python .. " bench/torch_conv2d.py float32", layers, "," .. images),
               backward = seconds_by(python .. " bench/torch_conv2d.py float32-backward", layers, "," .. images)}
if not torch.forward then print(("PyTorch: skipped, as %s has none"):format(python)) end
print(("\n%-24s %8s %9s %6s %10s %7s %10s %7s"):format("processor seconds", "judging", "ns/output", "MiB", "plain 64", "ratio",
  "PyTorch 32", "ratio"))
for _, direction in ipairs {"forward", "backward"} do
  local times = direction == "forward" and 1 or 2 -- both gradients take as many products as the output each
  for _, data in ipairs {"integers", "uniform/1"} do
    local took, memory = judged(layers, {direction = direction, data = data})
    print(("%-24s %8.2f %9.1f %6.0f %s %s"):format(direction .. ", " .. data, took, took / outputs * 1e9, memory,
      ratio(took, times * plain), ratio(took, torch[direction])))
  end
end
