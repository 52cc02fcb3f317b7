#!/usr/bin/env lua5.4
-- ids.t: the suite's ids are the same in every run and environment, and one line shows whether two suites have the same.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()

local function list(arguments, surroundings)
  local status, out, err = tap.shell(("%s%s list %s"):format(surroundings or "", tap.program, arguments))
  assert(status == 0, err)
  return out
end

local ids, line = list "--ids", list "--hash"
local _, count = ids:gsub("\n", "")
tap.ok(count > 2000, "the quick tier has " .. count .. " ids")
tap.is(tonumber(line:match("^(%d+) %x+\n$")), count, "--hash says how many")
tap.ok(list "--ids" == ids, "a second run prints the same ids")
tap.is(list "--hash", line, "and the same hash")

for _, surroundings in ipairs {"TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 MALLOC_PERTURB_=85", "env -i"} do
  tap.is(list("--hash", surroundings .. " "), line, "the same under " .. surroundings)
end
local _, here = tap.shell "pwd"
tap.is(list("--hash", ("cd %s && %s/"):format(folder, here:match("[^\n]+"))), line, "the same in another folder")

-- What --hash prints is what anyone gets who hashes the ids.
tap.write(folder .. "/sum.c", [[
#include <stdio.h>
#include <xxhash.h>
int main (void) {
  static char text[1 << 24];
  XXH128_hash_t h = XXH3_128bits(text, fread(text, 1, sizeof text, stdin));
  printf("%016llx%016llx\n", (unsigned long long) h.high64, (unsigned long long) h.low64);
}]])
local status, sum, err = tap.shell(("cd %s && gcc -o sum sum.c -lxxhash && cd - >/dev/null && %s list --ids | %s/sum")
  :format(folder, tap.program, folder))
assert(status == 0, err)
tap.is(line, count .. " " .. sum, "it is XXH128 of what --ids prints")

tap.ok(list "--hash --filter \"stride[1] < 3\"" ~= line, "another selection has another hash")
tap.is(list "--hash --filter false", "0 99aa06d3014798d86001c324468d497f\n", "no case has that of no text")

-- Shards hold every case once, in whatever order they run.
local sharded, whole = {}, {}
for shard = 3, 1, -1 do
  for id in list(("--ids --shard %d/3"):format(shard)):gmatch("[^\n]+") do sharded[#sharded + 1] = id end
end
for id in ids:gmatch("[^\n]+") do whole[#whole + 1] = id end
table.sort(sharded)
table.sort(whole)
tap.is(table.concat(sharded, "\n"), table.concat(whole, "\n"), "three shards together are the tier")
for shard = 1, 4 do
  local n = tonumber(list(("--count --shard %d/4"):format(shard)))
  tap.ok(math.abs(n - #whole / 4) < 0.05 * #whole / 4, ("shard %d of 4 has a quarter, to 5 %%"):format(shard), tostring(n))
end

-- A case by hand keeps its shard when another goes.
local own_folder = tap.folder()
local function shard_of_two(text)
  tap.write(own_folder .. "/some.yaml", "about: Some.\nclauses: [FWD-1]\nbase: {input: [1, 1, 3, 3], out_channels: 1, kernel_size: 1}\ncases:\n" .. text)
  return list("--shard 1/2 " .. own_folder .. "/some.yaml")
end
local lines = {}
for i = 1, 16 do lines[i] = ("  - {name: n%d, stride: %d}\n"):format(i, i) end
local before = shard_of_two(table.concat(lines))
local after = shard_of_two(table.concat(lines, "", 2))
local kept, moved = 0, 0
for i = 2, 16 do
  local name = ("some/n%d "):format(i)
  local was, is = before:find(name, 1, true) ~= nil, after:find(name, 1, true) ~= nil
  if was == is then kept = kept + 1 else moved = moved + 1 end
end
tap.is(("%d %d"):format(kept, moved), "15 0", "a case by hand stays in its shard when another goes")

-- ---- objects

local objects = 0
for line in list("--json cases/padding.yaml"):gmatch("[^\n]+") do
  objects = objects + (line:find '^{"case":"' and line:find '"file":"padding.yaml"' and line:find '"name":"' and 1 or 0)
end
tap.is(objects, tonumber(list("--count cases/padding.yaml")), "list --json has an object for each case")
local _, shown = tap.run("show --json padding/both")
tap.has(shown, '"output_shape":[2,3,4,5]', "show --json has the expectation")
tap.has(shown, '"kernel_size":[3,3]', "and the keys")
tap.ok(shown:find '"output":{"dtype":"float32","shape":%[2,3,4,5%],"values":%[%-?%d', "and the right answer", shown)
local _, coverage = tap.run("coverage --json --strength 1 cases/padding.yaml")
tap.has(coverage, '"clauses":[{"', "coverage --json has the clauses")

tap.done()
