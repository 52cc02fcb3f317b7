#!/usr/bin/env lua5.4
-- pinned.t: an id promises its numbers for ever (docs/versions.md). tests/data/pinned.txt holds, for each recipe and dtype, the
-- hash of the tensors and right answers of its ids in every layout and direction. If something is not in the file, it is
-- new: add it with `tests/data/pinned.t --write`, which refuses to change a line that is there.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local PINNED = "tests/data/pinned.txt"
local LAYOUTS = {"nchw", "nhwc", "gaps", "reversed", "broadcast", "odd"}
local SHAPES = {forward = "in=2x4x5x6,out=6,k=3x2,s=2x1,p=1x0,g=2", backward = "in=1x4x5x6,out=2,k=2x3,p=1,d=2x1"}

-- The short recipes and dtypes, as the program lists them.
local listing = tap.folder() .. "/list.lua"
tap.write(listing, [[
for _, r in ipairs(cts.recipes()) do print("recipe " .. r.name) end
for _, t in ipairs {"float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128"} do print("dtype " .. t) end
]])
local _, listed = tap.run("lua " .. listing)
local recipes, dtypes = {}, {}
for kind, name in listed:gmatch "(%l+) ([%w_-]+)\n" do table.insert(kind == "recipe" and recipes or dtypes, name) end
tap.some(recipes, "recipes")
tap.is(#dtypes, 13, "thirteen dtypes")

local function ids_of(recipe, dtype)
  local list = {}
  for _, direction in ipairs {"forward", "backward"} do
    for _, layout in ipairs(LAYOUTS) do
      if direction == "forward" or not dtype:find "int" then
        list[#list + 1] = ("conv2d:%s,dtype=%s,layout=%s,data=%s/7,dir=%s"):format(SHAPES[direction], dtype, layout, recipe, direction)
      end
    end
  end
  return list
end

-- One run for all: the lines of answers.lua, by recipe and dtype.
local ids = {}
for _, recipe in ipairs(recipes) do
  for _, dtype in ipairs(dtypes) do
    for _, id in ipairs(ids_of(recipe, dtype)) do
      ids[#ids + 1] = id
    end
  end
end
local file = tap.folder() .. "/ids"
tap.write(file, table.concat(ids, "\n") .. "\n")
local status, answers, err = tap.run("lua tests/answers.lua ids " .. file)
if not tap.ok(status == 0, ("the tensors of %d ids are made"):format(#ids)) then print("# " .. err) end

local text = {}
for line in answers:gmatch "[^\n]+" do
  local name = line:match "^(%S+)"
  local recipe, dtype = name:match "data=([%w-]+)/", name:match "dtype=([%w_]+)" or "float32"
  local key = (recipe or "integers") .. " " .. dtype
  text[key] = (text[key] or "") .. line .. "\n"
end

local hashes = {}
for key, lines in pairs(text) do
  local path = file .. ".text"
  tap.write(path, lines)
  local _, out = tap.shell("sha256sum " .. path)
  hashes[key] = out:sub(1, 32)
end

local pinned, known = {}, 0
for line in io.lines(PINNED) do
  local key, hash = line:match "^(%S+ %S+) (%x+)$"
  if key then
    pinned[key] = hash
    known = known + 1
  end
end

for key, hash in pairs(pinned) do tap.is(hashes[key], hash, key .. ": its numbers are what they always were") end
local new = {}
for key, hash in pairs(hashes) do if not pinned[key] then new[#new + 1] = key .. " " .. hash end end
table.sort(new)
if arg[1] == "--write" then
  local f = assert(io.open(PINNED, "a"))
  for _, line in ipairs(new) do f:write(line, "\n") end
  f:close()
else
  tap.is(table.concat(new, "; "), "", "every recipe and dtype is pinned")
  tap.ok(known >= 135, "there are pinned numbers")
end
tap.done()
