-- search.lua: random cases until one fails, then the smallest that fails alike.
--   conv2d-cts lua runner/lua/examples/search.lua SUBJECT.so [COUNT [SEED]]

local reproduce = require "shrink.reproduce"
local shrink = require "shrink.shrink"

local impl = subject.open {path = assert(arg[1], "usage: search.lua SUBJECT.so [COUNT [SEED]]")}
local count, seed = tonumber(arg[2] or 200), tonumber(arg[3] or 1)
math.randomseed(seed)
local random = math.random

local function pair(least, most) return {random(least, most), random(least, most)} end

local modes = cts.padding_modes()

local function random_case()
  local groups = random(1, 3)
  return case.new {
    input = {random(1, 3), groups * random(1, 4), random(3, 9), random(3, 9)}, out_channels = groups * random(1, 4),
    kernel_size = pair(1, 4), stride = pair(1, 3), padding = pair(0, 3), dilation = pair(1, 3), groups = groups,
    padding_mode = modes[random(#modes)].name, bias = random(2) == 1, seed = random(1000),
  }
end

local tried = 0
while tried < count do
  local c = random_case()
  if c:expect().status == "ok" then
    tried = tried + 1
    local result = impl:test(c)
    if result.class == "failed" then
      print(("case %d fails: %s: %s"):format(tried, c, result.verdict))
      local small = shrink.search(impl, c)
      print("smallest: " .. reproduce.yaml_line(small.literal or small.case, "found"))
      return 1
    end
  end
end
print(("%s passes %d random cases (seed %d)"):format(impl.name, tried, seed))
