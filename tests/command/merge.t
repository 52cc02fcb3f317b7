#!/usr/bin/env lua5.4
-- merge.t: the logs of shards become the log of the whole run, and what is missing or differs is said.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local files = " cases/padding.yaml cases/sweeps/even-kernels.yaml"
local run = "run --impl " .. tap.sample .. files
local function at(name) return folder .. "/" .. name .. ".jsonl" end
local whole, merged = at "whole", at "merged"

local function timeless(path)
  return (tap.read(path):gsub('"nanoseconds":%d+,?', ""):gsub('"seconds":[%d.e+-]+', ""):gsub('"date":"[^"]*",?', "")
    :gsub(',"merged":%b[]', ""):gsub(",}", "}"))
end

local function shard(i, n, more)
  local path = at(("shard%d-of-%d"):format(i, n))
  tap.is((tap.run(("%s --shard %d/%d --log %s %s"):format(run, i, n, path, more or ""))), 0, ("shard %d/%d conforms"):format(i, n))
  return path
end

-- Merges; the status and what was said.
local function merge(paths)
  local status, _, err = tap.run(("merge -o %s %s"):format(merged, table.concat(paths, " ")))
  return status, err
end

tap.run(run .. " --log " .. whole)

for _, n in ipairs {1, 2, 5} do
  local paths = {}
  for i = 1, n do paths[i] = shard(i, n) end
  local status, said = merge(paths)
  tap.is(status, 0, ("%d shards are complete"):format(n))
  tap.has(said, ("of %d logs, from 1 machine: complete"):format(n), "... and it is said")
  tap.ok(timeless(merged) == timeless(whole), "... the log is that of the whole run, but for times and where it comes from")
  tap.has(tap.read(merged), ('"shard":"%d/%d"'):format(n, n), "... as its first line says")
  for i = 1, n // 2 do paths[i], paths[n + 1 - i] = paths[n + 1 - i], paths[i] end
  tap.is((merge(paths)), 0, "... in whatever order they are named")
  tap.ok(timeless(merged) == timeless(whole), "... with the same log")
end

-- ---- a log that is to be read is not overwritten, however it is spelled

do
  local path = shard(1, 2)
  local text = tap.read(path)
  tap.is(tap.run(("merge -o %s/./shard1-of-2.jsonl %s"):format(folder, path)), 2, "the output is one of the logs: the status")
  tap.ok(tap.read(path) == text, "... and the log is as it was")
end

-- ---- fewer cases than shards

do
  local one, paths = folder .. "/one.yaml", {}
  tap.write(one, "about: x\nclauses: [FWD-1]\ncases:\n  - {name: a, input: [1, 1, 4, 4], out_channels: 1, kernel_size: 3}\n")
  local empty = 0
  for i = 1, 3 do
    paths[i] = at(("few%d-of-3"):format(i))
    local status, out = tap.run(("run --impl %s %s --shard %d/3 --log %s"):format(tap.sample, one, i, paths[i]))
    tap.is(status, 0, ("shard %d/3 of one case: status"):format(i))
    if out:find(("shard %d/3 has none of the selected cases"):format(i), 1, true) then empty = empty + 1 end
  end
  tap.is(empty, 2, "two of the shards say that they have no case")
  local status, said = merge(paths)
  tap.is(status, 0, "their logs are complete")
  tap.has(said, "1 cases of 3 logs", "... and have the one case")
  status = tap.run(("run --impl %s %s --shard 1/3 --filter 'groups == 7'"):format(tap.sample, one))
  tap.is(status, 4, "a filter that selects nothing is an error, whatever the shard")
end

-- ---- a product that has the same case at several places, which different shards have

do
  local product = folder .. "/product.yaml"
  tap.write(product, "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 5, 5], out_channels: 1, kernel_size: 1}\nsweep:\n  axes:\n"
    .. "    stride: [1, 2]\n    padding: [1, kernel, [1, 1], 0, kernel, 1, 1, kernel]\n  strength: all\n")
  for _, n in ipairs {2, 3, 5, 8} do
    local paths = {}
    for i = 1, n do
      paths[i] = at(("same%d-of-%d"):format(i, n))
      tap.run(("run --impl %s %s --shard %d/%d --log %s"):format(tap.sample, product, i, n, paths[i]))
    end
    tap.run(("run --impl %s %s --log %s"):format(tap.sample, product, at "same"))
    local status, said = merge(paths)
    tap.is(status, 0, ("the same case at several places, %d shards: the status"):format(n))
    tap.has(said, ": complete; 0 doubles", "... all have their place, and none is a double")
    tap.ok(timeless(merged) == timeless(at "same"), "... the log of the whole run")
    table.insert(paths, at "same")
    status, said = merge(paths)
    tap.is(status, 0, "... and the whole run beside its shards: the status")
    tap.has(said, ": complete; 16 doubles", "... each is a double")
    table.insert(paths, 1, paths[2])
    status, said = merge(paths)
    tap.is(status, 0, "... and a shard twice: the status")
    tap.has(said, ": complete; ", "... which is complete, too")
    table.remove(paths, 1)
    table.remove(paths, 1)
    table.remove(paths)
    status = merge(paths)
    tap.is(status, 3, "... and without a shard: the status")
  end
end

-- ---- controls, which every shard has, cost little

do
  local dear = folder .. "/dear.yaml"
  tap.write(dear, "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 70, 70], out_channels: 1}\ncases:\n"
    .. "  - {name: gradient, kernel_size: 69, direction: backward}\n  - {name: products, kernel_size: 3, in_channels: 128, input: [1, 128, 70, 70], out_channels: 8}\n"
    .. "  - {name: cheap, kernel_size: 3}\n  - {name: cheap-too, kernel_size: 2}\n")
  local controls = {}
  for shard = 1, 2 do -- which of them has which case depends on the folder's name; one of the two may have none
    local status, out, err = tap.run(("run --impl %s %s --shard %d/2 --log %s"):format(tap.sample, dear, shard, at("dear" .. shard)))
    tap.ok(status == 0 or status == 4, "a shard of dear cases: the status", out .. err)
    for line in status == 0 and io.lines(at("dear" .. shard)) or function() end do
      if line:find('"control":true', 1, true) then controls[#controls + 1] = line:match '"name":"([^"]*)"' end
    end
  end
  tap.ok(#controls > 0 and not table.concat(controls, " "):gsub("cheap", ""):find "%a", "the control of a file is the first of its cases that costs little")
end

-- ---- what is not complete

local one, two = at "shard1-of-2", at "shard2-of-2"
local status, said = merge {one}
tap.is(status, 3, "a shard is missing: the status")
tap.has(said, "cases are in no log", "... is said")
tap.has(tap.read(merged), '"interrupted":true', "... and the merged log is incomplete")
tap.is((tap.run("report --tap " .. merged)), 3, "... for those who read it, too")

local function changed(path, pattern, replacement, name)
  local text, count = tap.read(path):gsub(pattern, replacement, 1)
  tap.ok(count == 1, name .. ": there is what is changed")
  tap.write(at(name), text)
  return at(name)
end

local cut = at "cut"
tap.write(cut, tap.read(two):sub(1, -400))
status, said = merge {one, cut}
tap.is(status, 3, "a log that ends early: the status")
status = merge {one, cut, two}
tap.is(status, 3, "... even with its whole, as nobody knows why it ended")
status, said = merge {one, two, one}
tap.is(status, 0, "a log twice: the status")
tap.has(said, " doubles", "... is said")

status, said = merge {one, changed(two, '{"case":([^\n]*}\n{"end")', '{"case": %1', "spaced")}
tap.is(status, 2, "a line that another program has written anew: the status")
tap.has(said, "a line is not as `conv2d-cts run` writes it", "... is said")

-- ---- what differs

status, said = merge {one, changed(two, '"answers":"%x%x%x%x', '"answers":"0000', "bits"), two}
tap.is(status, 1, "other bits in a control: the status")
tap.has(said, "the subject gives other bits in " .. one .. " and " .. at "bits", "... is said")
status, said = merge {one, changed(two, '"truth":"%x%x%x%x', '"truth":"0000', "oracle")}
tap.is(status, 1, "another oracle: the status")
tap.has(said, "the oracle gives other values", "... is said")
status, said = merge {one, two, changed(two, '"verdict":"pass"([^\n]*}\n{"end")', '"verdict":"crash"%1', "verdict")}
tap.is(status, 1, "a double with another verdict: the status")
tap.has(said, "differ", "... is said")

-- ---- what is no part

local function refuses(paths, message, name)
  local got, err = merge(paths)
  tap.is(got, 2, name .. ": the status")
  tap.has(err, message, "... the message")
end

refuses({one, changed(two, '"subject_version":"1.0"', '"subject_version":"1.1"', "version")}, "its subject_version is \"1.1\", not \"1.0\"",
  "another version")
refuses({one, changed(two, '"suite":"', '"suite":"9', "suite")}, "its suite is", "another suite")
refuses({one, at "none"}, "No such file", "a log that is not there")
tap.run(("run --impl %s --shard 2/2 --log %s cases/sweeps/even-kernels.yaml"):format(tap.sample, at "other"))
refuses({one, at "other"}, "it was run with", "other cases")
refuses({changed(one, ',"arguments":%[[^%]]*%]', "", "older")}, "does not say with which arguments", "a log of an older version")
refuses({changed(one, '"dtypes":%d+', '"dtypes":"all"', "odd")}, "`offers` is of another kind", "offers that are no numbers")
tap.write(at "text", "words\n")
refuses({at "text"}, "this is no conv2d-cts result log", "no log")
refuses({one, merged}, "would be overwritten", "the output among the inputs")
local got, _, err = tap.run("merge " .. one)
tap.is(got, 2, "no output: the status")
tap.has(err, "say where the log goes", "... the message")
got, _, err = tap.run(("merge -o /dev/full %s %s"):format(one, two))
tap.is(got, 3, "a full disk: the status")
tap.has(err, "/dev/full: No space left on device", "... the message")

-- ---- shards as one log, for those who read them

local both = ("%s %s"):format(one, two)
got, said = tap.run(("diff %s %s"):format(whole, both))
tap.is(got, 0, "diff takes the shards of a run as its log: the status")
tap.has(said, "nothing has become worse", "... the sentence")
tap.is((tap.run(("diff %s %s"):format(both, both))), 0, "... on both sides")
tap.is((tap.run(("diff %s %s"):format(whole, one))), 3, "... and notices that one is missing")
local _, single = tap.run("report --badge - " .. whole)
local _, double_report = tap.run("report --badge - " .. both)
tap.is(double_report, single, "report takes them as one, too")
tap.done()
