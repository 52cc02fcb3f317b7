-- telling.lua: small cases to which different mistakes give different answers. All their sizes differ, and every
-- parameter occurs once alone and once with others. explain runs a subject on them to choose among its hypotheses.

local patience = require "explain.patience"

local telling = {}

-- Numbers of a row that stand for more than one key.
local function row(input, out, kernel, more)
  local keys = {input = input, out_channels = out, kernel_size = kernel}
  for key, value in pairs(more or {}) do keys[key] = value end
  return keys
end

local rows = {
  row({1, 1, 5, 7}, 1, {3, 2}, {bias = false}),
  row({2, 3, 6, 7}, 4, {3, 2}),
  row({3, 2, 7, 5}, 3, {2, 3}, {stride = {2, 1}}),
  row({1, 2, 5, 9}, 3, {3, 2}, {stride = {1, 3}}),
  row({2, 2, 8, 9}, 3, {2, 3}, {dilation = {2, 1}}),
  row({2, 2, 6, 9}, 3, {2, 3}, {dilation = {1, 3}}),
  row({2, 2, 8, 7}, 3, {3, 3}, {dilation = 2, stride = 2, padding = {2, 1}}),
  row({1, 2, 7, 8}, 3, {3, 3}, {dilation = {3, 2}, padding = {1, 2}}),
  row({2, 4, 9, 8}, 3, {3, 2}, {dilation = {1, 2}, stride = {1, 2}, groups = 1, padding = 1}),
  row({2, 2, 5, 6}, 3, {3, 3}, {padding = {1, 0}}),
  row({2, 2, 5, 6}, 3, {3, 3}, {padding = {0, 2}}),
  row({1, 2, 5, 6}, 3, {2, 2}, {padding = {3, 2}}),
  row({2, 2, 5, 6}, 3, {3, 2}, {padding = {4, 3}, stride = 2}),
  row({2, 3, 5, 6}, 4, 1, {stride = {2, 3}}),
  row({2, 3, 5, 6}, 4, 1, {padding = {1, 2}}),
  row({2, 3, 5, 6}, 4, 1),
  row({3, 5, 6}, 4, {3, 2}, {padding = {1, 0}, bias = true}),
  row({4, 6, 7}, 6, {3, 2}, {padding = {1, 1}, stride = {2, 1}, groups = 2}),
  row({2, 6, 7}, 3, {3, 3}, {padding = {2, 1}, padding_mode = "reflect"}),
  row({2, 6, 7}, 3, {3, 3}, {padding = {1, 2}, padding_mode = "circular"}),
  row({2, 4, 5, 6}, 6, {3, 2}, {groups = 2}),
  row({2, 6, 6, 5}, 9, {2, 2}, {groups = 3, padding = 1}),
  row({2, 6, 6, 5}, 4, {2, 3}, {groups = 2, stride = {1, 2}, padding = 1}),
  row({1, 4, 6, 7}, 8, {3, 2}, {groups = 4}),
  row({1, 3, 6, 7}, 3, {2, 2}, {groups = 3, dilation = {2, 3}}),
  row({2, 4, 7, 8}, 6, {2, 2}, {groups = 2, dilation = 2, stride = {1, 2}, padding = 1}),
  row({2, 6, 5, 6}, 4, {3, 3}, {groups = 2, stride = 2, padding = 1, padding_mode = "reflect"}),
  row({1, 6, 4, 5}, 9, {1, 2}, {groups = 3, bias = false}),
  row({2, 4, 5, 6}, 2, {3, 2}, {groups = 2, padding = {1, 2}}),
  row({2, 3, 5, 6}, 3, {3, 2}, {groups = 3, padding = {2, 1}}),
  row({1, 5, 5, 6}, 3, {2, 2}),
  row({1, 11, 4, 5}, 3, {2, 2}),
  row({1, 9, 4, 5}, 3, {3, 2}, {padding = {1, 1}}),
  row({1, 17, 3, 4}, 2, {2, 3}, {padding = {1, 2}}),
  row({1, 18, 3, 4}, 2, {2, 1}),
  row({1, 14, 2, 3}, 2, {2, 1}),
  row({1, 2, 4, 12}, 3, {2, 3}),
  row({1, 1, 3, 21}, 2, {2, 2}),
  row({1, 2, 4, 5}, 11, {2, 2}),
  row({1, 2, 3, 4}, 19, {2, 1}),
  row({2, 2, 6, 6}, 3, {3, 3}),
  row({2, 2, 5, 5}, 3, {3, 3}, {padding = 1}),
  row({1, 2, 6, 6}, 3, {3, 2}, {padding = {2, 1}, stride = {1, 2}}),
  row({1, 2, 5, 5}, 2, {2, 3}, {padding = {1, 2}, stride = {3, 2}}),
  row({1, 2, 9, 4}, 3, {3, 2}),
  row({1, 1, 2, 39}, 2, {2, 2}),
  row({1, 1, 23, 3}, 2, {2, 2}),
  row({1, 1, 12, 2}, 3, {2, 2}),
  row({1, 1, 2, 3}, 37, {2, 2}),
  row({5, 2, 4, 3}, 2, {2, 2}, {padding = {1, 0}}),
  row({2, 2, 5, 1}, 3, {2, 2}, {dilation = {1, 2}, padding = {0, 3}}),
  row({1, 2, 7, 9}, 3, {2, 2}, {stride = {4, 5}}),
  row({1, 2, 8, 10}, 3, {3, 3}, {stride = {3, 2}, padding = {1, 2}}),
}

-- Each padding mode, with and without what may disable it.
for _, mode in ipairs {"reflect", "replicate", "circular", "zeros"} do
  for _, more in ipairs {
    {padding = {1, 2}}, {padding = {2, 0}}, {padding = {0, 2}}, {padding = {3, 4}},
    {padding = {2, 1}, dilation = {2, 1}}, {padding = {1, 2}, stride = 2}, {padding = {1, 1}, groups = 2},
    {padding = {2, 2}, groups = 2, stride = 2}, {padding = "same"}, {padding = "same", kernel_size = {2, 4}},
    {padding = "same", kernel_size = {4, 3}}, {padding = "same", kernel_size = {3, 2}, dilation = {1, 3}},
    {padding = "same", kernel_size = {2, 3}, dilation = {3, 2}}, {padding = "same", kernel_size = {2, 2}, dilation = 2},
  } do
    rows[#rows + 1] = row({2, 2, 5, 6}, 4, {3, 3}, more)
    rows[#rows].padding_mode = mode
  end
  rows[#rows + 1] = row({1, 2, 4, 5}, 2, {2, 2}, {padding = {3, 4}, padding_mode = mode})
  if mode ~= "reflect" then rows[#rows + 1] = row({1, 2, 4, 5}, 2, {2, 2}, {padding = {4, 5}, padding_mode = mode}) end
end
rows[#rows + 1] = row({2, 2, 5, 6}, 4, {3, 2}, {padding = "valid"})

--- Valid cases, all on small integers, with `keys` ({dtype = ..., layout = ...}) set in each.
function telling.cases(keys)
  local list = {}
  for _, r in ipairs(rows) do
    local c = case.new(r):with(keys or {})
    if c:expect().status == "ok" then list[#list + 1] = c end
  end
  return list
end

--- Cases beside a given one: each differs from it in one thing.
function telling.neighbours(c)
  local list = {}
  local function try(keys)
    local good, new = patience.pcall(c.with, c, keys)
    if good and new.id ~= c.id and new:expect().status == "ok" then list[#list + 1] = new end
  end
  for seed = 1, 2 do try {seed = seed} end
  try {bias = not c.bias}
  for _, key in ipairs {"stride", "dilation", "kernel_size", "padding"} do
    local v = c[key]
    if type(v) == "table" then
      try {[key] = {v[1] + 1, v[2]}}
      try {[key] = {v[1], v[2] + 1}}
      if v[1] > 1 then try {[key] = {v[1] - 1, v[2]}} end
      if v[2] > 1 then try {[key] = {v[1], v[2] - 1}} end
    end
  end
  for _, mode in ipairs(cts.padding_modes()) do try {padding_mode = mode.name} end
  for _, dtype in ipairs(cts.dtypes()) do -- complex numbers are searched for themselves
    if dtype.parts == 1 then try {dtype = dtype.name} end
  end
  for _, layout in ipairs {"nchw", "nhwc", "gaps", "reversed", "odd"} do try {layout = layout} end
  try {groups = 1, in_channels = c.in_channels}
  local shape = c.input
  for axis = #shape - 1, #shape do
    local other = {table.unpack(shape)}
    other[axis] = other[axis] + 1
    try {input = other}
  end
  return list
end

return telling
