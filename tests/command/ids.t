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

tap.done()
