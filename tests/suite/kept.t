#!/usr/bin/env lua5.4
-- kept.t: chosen cases of sweeps are kept in a folder, for the next start. Whatever happens to the folder, the cases are the same.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local kept = folder .. "/around/kept"
local cases = " --tier full cases/sweeps/options.yaml"

-- What `list --hash` says, with files kept in a folder ("": none).
local function hash(where)
  local status, out, err = tap.shell(("CONV2D_CTS_CACHE='%s' %s list --hash%s"):format(where, tap.program, cases))
  return status == 0 and err == "" and out or ("status %d: %s"):format(status, err)
end

local function files(where)
  local list = {}
  for name in select(2, tap.shell(("ls -A '%s'"):format(where))):gmatch "[^\n]+" do list[#list + 1] = name end
  return list
end

local function touch(path, date) tap.shell(("touch -d %s '%s'"):format(date, path)) end
local function year(path) return (select(2, tap.shell(("date -r '%s' +%%Y"):format(path))):match "%d+") end

local want = hash ""
tap.ok(want:find "^%d+ %x+\n$", "the cases without a folder", want)
tap.is(#files(folder), 0, "... and nothing is kept")

tap.is(hash(kept), want, "a folder that does not exist yet: the cases")
local names = files(kept)
tap.ok(#names >= 1, "... it is made, and has files", #names)
local first = kept .. "/" .. (names[1] or "none")
local bytes = tap.read(first)
touch(first, "2001-02-03")
tap.is(hash(kept), want, "files are there: the cases")
tap.ok(year(first) ~= "2001", "... a file that is used is dated anew", year(first))
tap.is(#files(kept), #names, "... and none is added")
tap.is(tap.read(first), bytes, "... nor changed")

-- ---- files that are not whole

local damaged = {
  {"no byte", ""},
  {"half of it", bytes:sub(1, #bytes // 2)},
  {"all but its last byte", bytes:sub(1, -2)},
  {"a byte too many", bytes .. "\0"},
  {"another value", bytes:sub(1, -3) .. "\x07\0"},
  {"other words", ("no rows\n"):rep(#bytes // 8)},
  {"another count of rows", bytes:sub(1, 32) .. ("\xff"):rep(8) .. bytes:sub(41)},
}
for _, d in ipairs(damaged) do
  tap.write(first, d[2])
  tap.is(hash(kept), want, "a file with " .. d[1] .. ": the cases")
  tap.is(tap.read(first), bytes, "... and the file is whole again")
end
tap.shell(("for f in '%s'/*; do rm \"$f\"; mkdir \"$f\"; done"):format(kept))
tap.is(hash(kept), want, "folders in place of files: the cases")
tap.is(#files(kept), #names, "... and no draft is left", table.concat(files(kept), " "))
tap.shell(("rm -r '%s'/*"):format(kept))

-- ---- many at once

local many = folder .. "/many"
local _, said = tap.shell(("export CONV2D_CTS_CACHE='%s'; for i in 1 2 3 4 5 6; do %s list --hash%s & done; wait"):format(many, tap.program, cases))
tap.is(said, want:rep(6), "six at once on an empty folder: the cases")
tap.is(table.concat(files(many), " "), table.concat(names, " "), "... whole files, and no drafts")
tap.is(tap.read(many .. "/" .. names[1]), bytes, "... with the same bytes")
tap.shell(("export CONV2D_CTS_CACHE='%s'; for i in 1 2 3 4 5 6 7 8; do rm -f '%s'/*.rows; %s list --hash%s & p=$!; sleep 0.0$i; kill -KILL $p; wait; done")
  :format(many, many, tap.program, cases))
tap.is(hash(many), want, "some that were killed: the cases")

-- ---- folders that can't be written

tap.write(folder .. "/file", "")
tap.is(hash(folder .. "/file"), want, "a file in place of the folder: the cases")
tap.is(hash "/proc/none/kept", want, "a folder that can't be made: the cases")
tap.is(hash "/dev/full", want, "a device: the cases")
tap.is(hash(("x"):rep(5000)), want, "a name that is too long: the cases")

-- ---- which folder

local function run_at(environment)
  return (select(2, tap.shell(("unset CONV2D_CTS_CACHE XDG_CACHE_HOME HOME; %s %s list --hash%s"):format(environment, tap.program, cases))))
end
tap.shell(("mkdir '%s/home'"):format(folder))
tap.is(run_at(("HOME='%s/home'"):format(folder)), want, "a home: the cases")
tap.is(#files(folder .. "/home/.cache/conv2d-cts"), #names, "... kept in .cache/conv2d-cts")
tap.is(run_at(("HOME='%s/home' XDG_CACHE_HOME='%s/caches'"):format(folder, folder)), want, "a folder for caches: the cases")
tap.is(#files(folder .. "/caches/conv2d-cts"), #names, "... kept there")
tap.is(run_at(("HOME='%s/homeless'"):format(folder)), want, "a home that does not exist: the cases")
tap.ok(tap.shell(("test -e '%s/homeless'"):format(folder)) ~= 0, "... it is not made")
tap.is(run_at "", want, "no home: the cases")

-- ---- how many stay

local full = folder .. "/full"
tap.shell(("mkdir '%s'; cd '%s'; for i in $(seq 1000 1600); do : >$(printf %%032d $i).rows; done; touch -d 2001-02-03 *.rows; : >mine.rows; : >draft-abcdef; touch -d 2000-02-03 mine.rows draft-abcdef")
  :format(full, full))
tap.is(hash(full), want, "more files than stay: the cases")
tap.ok(#files(full) <= 400, "... the oldest are gone", #files(full))
tap.is(tap.shell(("test -e '%s/mine.rows' && ! test -e '%s/draft-abcdef'"):format(full, full)), 0, "... drafts too, other files not")
tap.is(tap.shell(("test -e '%s/%s'"):format(full, names[1])), 0, "... and what was just made stays")

tap.done()
