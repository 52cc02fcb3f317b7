#!/usr/bin/env lua5.4
-- models.t: tables of the layers of networks: which cases they make, which of these a tier, a network and a shard have, and
-- that every mistake in such a table is reported.

package.path = "tests/?.lua;tests/suite/?.lua;" .. package.path
local check_mistakes, tap = require "mistakes", require "tap"

local folder = tap.folder()
local path = folder .. "/models.yaml"

local function write(text)
  tap.write(path, text)
  return path
end

-- The ids that list prints, as a list and joined by line feeds.
local function ids(arguments)
  local _, out = tap.run("list --ids " .. arguments)
  local list = {}
  for line in out:gmatch("[^\n]+") do list[#list + 1] = line end
  return list, out
end

-- ---- a table

write [[
about: Three networks.
clauses: [FWD-1]
models:
  networks: [tiny, small, large]
  samples: [{dtype: int8}]
  one_in: 1
  layers:
  - keys: {kernel_size: 3, padding: 1, bias: false}
    shapes:
    - [8, 5, 6, 4, 0 2]
    - [8, 7, 7, 4, 1-2, full]
  - keys: {kernel_size: [1, 3], groups: depthwise}
    shapes:
    - [6, 5, 6, 12, 0-2]
]]
local all, text = ids("--tier models " .. path)
tap.is(text, [[
conv2d:in=1x8x5x6,out=4,k=3,p=1,bias=false
conv2d:in=1x8x5x6,out=4,k=3,p=1,bias=false,dir=backward
conv2d:in=1x8x5x6,out=4,k=3,p=1,bias=false,dtype=int8
conv2d:in=1x8x7x7,out=4,k=3,p=1,bias=false
conv2d:in=1x8x7x7,out=4,k=3,p=1,bias=false,dir=backward
conv2d:in=1x8x7x7,out=4,k=3,p=1,bias=false,dtype=int8
conv2d:in=1x6x5x6,out=12,k=1x3,g=6
conv2d:in=1x6x5x6,out=12,k=1x3,g=6,dir=backward
conv2d:in=1x6x5x6,out=12,k=1x3,g=6,dtype=int8
]], "a shape is a case forward and backward, and its sample; integers have no gradient")
tap.is(#ids("--tier quick " .. path) + #ids("--tier exhaustive " .. path), 0, "quick and exhaustive have none")
tap.is(select(2, ids("--tier full " .. path)), table.concat(all, "\n", 4, 6) .. "\n", "full has those that say so")
tap.is(select(2, ids("--network tiny " .. path)), table.concat(all, "\n", 1, 3) .. "\n" .. table.concat(all, "\n", 7) .. "\n",
  "--network gives the layers of one network, of the tier models")
tap.is(select(2, ids("--network small --tier full " .. path)), table.concat(all, "\n", 4, 6) .. "\n", "and of another tier if asked")

local status, _, err = tap.run("list --network none " .. path)
tap.ok(status == 2 and err:find("no network 'none'", 1, true), "a network that is not there is an error")
local _, named = tap.run("list --networks " .. path)
tap.is(named:gsub(" +", " "), "large 3\nsmall 2\ntiny 2\n", "list --networks names them, with how many shapes")
local _, listed = tap.run("list --tier models " .. path)
tap.has(listed, "models.yaml:10: conv2d:in=1x8x5x6,out=4,k=3,p=1,bias=false  of tiny, large\n", "each case knows its networks, and its line")

local parts = {}
for i = 1, 4 do table.move(ids(("--tier models --shard %d/4 %s"):format(i, path)), 1, 9, #parts + 1, parts) end
table.sort(parts)
table.sort(all)
tap.is(table.concat(parts, "\n"), table.concat(all, "\n"), "the shards are a partition")
local ran, out = tap.run("run --tier models --impl " .. tap.sample .. " " .. path)
tap.ok(ran == 0 and out:find("conforms: 9 passed of 9 cases", 1, true), "the sample passes them")

local skipped, plan = tap.run("run --tap --tier quick --impl " .. tap.sample .. " " .. path)
tap.is(skipped .. plan, "0TAP version 13\n1..0 # SKIP no case of tier quick in it\n", "for prove it is skipped in a tier where it has none")
tap.is((tap.run("run --tier quick --impl " .. tap.sample .. " " .. path)), 4, "else nothing ran")
tap.is((tap.run("run --tap --tier quick --filter 'groups == 99' --impl " .. tap.sample .. " " .. path)), 4, "nor under a filter")

-- ---- a sample is chosen by the shape alone

local table_of = [[
about: x
models:
  networks: [a]
  samples: [{dtype: float64}, {layout: nhwc}]
  one_in: 8
  layers:
  - keys: {kernel_size: 1}
    shapes:
%s]]
local function rows(first, last)
  local lines = {}
  for c = first, last do lines[#lines + 1] = ("    - [%d, 4, 4, 8, 0]\n"):format(c) end
  return select(2, ids("--tier models " .. write(table_of:format(table.concat(lines)))))
end
local many = rows(1, 400)
local function count(pattern) return select(2, many:gsub(pattern, "")) end
tap.ok(count("dtype=float64\n") > 25 and count("dtype=float64\n") < 75, "one in 8 of 400 shapes is the first sample, more or less")
tap.ok(count("layout=nhwc\n") > 25 and count("layout=nhwc\n") < 75, "and one the second")
tap.has(many, rows(101, 200), "adding shapes changes no choice")

-- ---- mistakes

local good = "about: x\nmodels:\n  networks: [a, b]\n  layers:\n  - keys: {kernel_size: 1}\n    shapes:\n    - "
local mistakes = {
  {"no networks", "about: x\nmodels: {layers: []}\n", ":2:9: models: lists of networks and of layers must be given"},
  {"no map", "about: x\nmodels: [a]\n", ":2:9: models: a map is expected"},
  {"beside cases", "about: x\nmodels: {}\ncases: []\n", ":1:1: models: stands in a file without cases and sweep"},
  {"unknown key", "about: x\nmodels: {layer: []}\n", ":2:10: one of networks, samples, one_in, layers is expected, got 'layer'"},
  {"a network twice", "about: x\nmodels: {networks: [a, a], layers: [{}]}\n", ":2:20: networks: 'a' is given twice"},
  {"an empty name", "about: x\nmodels: {networks: [''], layers: [{}]}\n", ":2:21: networks: a name is expected"},
  {"no shapes", "about: x\nmodels: {networks: [a], layers: [{}]}\n", ":2:34: shapes: a list must be given"},
  {"short row", good .. "[1, 2, 3, 4]\n", ":7:7: shapes: [in_channels, height, width, out_channels, networks] is expected"},
  {"a word for an extent", good .. "[1, 2, x, 4, 0]\n", ":7:14: shapes: an integer above 0 is expected"},
  {"an extent of 0", good .. "[1, 0, 3, 4, 0]\n", ":7:11: shapes: an integer above 0 is expected"},
  {"64-bit overflow", good .. "[1, 9223372036854775808, 3, 4, 0]\n", ":7:11: shapes: an integer above 0 is expected"},
  {"index past the networks", good .. "[1, 2, 3, 4, 0-2]\n", ":7:20: networks: ascending indices below 2 are expected: 0-2 5"},
  {"indices that descend", good .. "[1, 2, 3, 4, 1 0]\n", ":7:20: networks: ascending indices below 2"},
  {"an index twice", good .. "[1, 2, 3, 4, 0 0]\n", ":7:20: networks: ascending indices below 2"},
  {"a huge index", good .. "[1, 2, 3, 4, 99999999999999999999]\n", ":7:20: networks: ascending indices below 2"},
  {"an open range", good .. "[1, 2, 3, 4, 0-]\n", ":7:20: networks: ascending indices below 2"},
  {"no index", good .. "[1, 2, 3, 4, '']\n", ":7:20: networks: ascending indices below 2"},
  {"another word than full", good .. "[1, 2, 3, 4, 0, quick]\n", ":7:23: shapes: `full` or nothing is expected here"},
  {"no kernel", "about: x\nmodels: {networks: [a], layers: [{keys: {}, shapes: [[1, 2, 3, 4, 0]]}]}\n", ":2:54: kernel_size: must be given"},
  {"a bad key", "about: x\nmodels: {networks: [a], layers: [{keys: {stridde: 1}, shapes: [[1, 2, 3, 4, 0]]}]}\n", ":2:42: unknown key 'stridde'"},
  {"a bad sample", "about: x\nmodels: {networks: [a], samples: [{dtype: float8}], layers: [{}]}\n", ":2:43: dtype: float32, float64"},
  {"one in none", "about: x\nmodels: {networks: [a], one_in: 0, layers: [{}]}\n", ":2:33: one_in: an integer from 1 to 1000000 is expected"},
}
check_mistakes(mistakes, "list --tier models", path)

-- ---- the tables of the suite

local _, networks = tap.run("list --networks")
local names = select(2, networks:gsub("\n", ""))
tap.ok(names >= 200, ("at least 200 networks: %d"):format(names))
local seen, shapes, twice = {}, 0, 0
for _, id in ipairs((ids("--tier models --filter 'direction == \"forward\" and dtype == \"float32\" and layout == \"nchw\" and data == \"integers\"'"))) do
  twice = twice + (seen[id] and 1 or 0)
  shapes, seen[id] = shapes + 1, true
end
tap.ok(shapes >= 5000, ("at least 5,000 shapes: %d"):format(shapes))
tap.is(twice, 0, "each but once")
local script = [[
local bad = 0
for c in suite.load(cts.root .. "/cases/models", {tier = "models"}):cases() do
  if c:expect().status ~= "ok" or #c.networks == 0 or c.input[1] ~= 1 then bad = bad + 1 end
end
print(bad)]]
tap.write(folder .. "/valid.lua", script)
local _, bad = tap.run("lua " .. folder .. "/valid.lua")
tap.is(bad, "0\n", "each is a valid call of one image, of at least one network")

tap.done()
