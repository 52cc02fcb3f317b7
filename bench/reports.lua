#!/usr/bin/env lua5.4
-- reports.lua [CASES]: what long logs cost: processor seconds and the most memory, by GNU time; and, with Chromium, how long the
-- pages take to draw. Logs of CASES cases (a million) are made by logs.lua, and by a run of the sample in four shards.

local cases = math.tointeger(tonumber(arg[1] or 1000000))
assert(cases and cases >= 16384, "usage: bench/reports.lua [CASES], at least 16384")

local function shell(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  assert(pipe:close(), "failed: " .. command)
  return text
end

local folder = shell("mktemp -d"):match("[^\n]+")
local function path(name) return folder .. "/" .. name end

local function make(name, n, number)
  shell(("lua5.4 bench/logs.lua %d %d | zstd -qo %s"):format(n, number, path(name .. ".jsonl.zst")))
  return path(name .. ".jsonl.zst")
end

local function measure(name, arguments)
  local said = shell(("/usr/bin/time -f '%%x %%U %%S %%M' build/conv2d-cts %s 2>&1 >/dev/null || true"):format(arguments))
  local status, user, system, most = said:match("(%d+) ([%d.]+) ([%d.]+) (%d+)\n$")
  assert(tonumber(status) <= 1, said) -- 1: the subject does not conform, or something is worse
  print(("%-44s %8.1f s %8.0f MiB"):format(name, user + system, most / 1024))
end

-- ---- runs

-- A product of small calls: about as many as are asked for.
local function product_file()
  local batches = math.min(64, cases // 16384)
  local sizes = math.max(1, math.min(64, cases // 16384 // batches))
  local function upto(n)
    local list = {}
    for i = 1, n do list[i] = i end
    return table.concat(list, ", ")
  end
  local file = assert(io.open(path "product.yaml", "w"))
  file:write("about: Small calls.\nclauses: [FWD-1]\n")
  file:write("base: {input: [1, 1, 1, 1], out_channels: 1, kernel_size: 1}\nsweep:\n  strength: all\n  axes:\n")
  file:write(("    seed: [%s]\n    in_channels: [%s]\n    out_channels: [%s]\n    batch: [%s]\n    size: [%s]\n"):format(
    upto(64), upto(16), upto(16), upto(batches), upto(sizes)))
  file:close()
  return 16384 * batches * sizes
end

local swept = product_file()
local run = ("run --impl build/adapters/naive.so %s"):format(path "product.yaml")
local shards = {}
for i = 1, 4 do
  shards[i] = path("shard-" .. i .. ".jsonl.zst")
  local arguments = ("%s --shard %d/4 --log %s"):format(run, i, shards[i])
  if i == 1 then measure(("run, a quarter of %d cases"):format(swept), arguments) else shell("build/conv2d-cts " .. arguments) end
end
measure(("merge, 4 logs of %d cases"):format(swept), ("merge -o %s %s"):format(path "merged.jsonl.zst", table.concat(shards, " ")))
measure("run --resume --hook, that log", ("%s --resume %s --hook bench/hook.lua"):format(run, path "merged.jsonl.zst"))
measure("lua, a script that reads that log", ("lua bench/reading.lua %s"):format(path "merged.jsonl.zst"))
for _, shard in ipairs(shards) do os.remove(shard) end
os.remove(path "merged.jsonl.zst")

-- ---- reports

local four, long = {}, make("long", cases, 1)
for i = 1, 4 do four[i] = make("four-" .. i, 100000, i) end
local pages = {path "long.html", path "four.html"}
measure(("report --html, %d cases"):format(cases), ("report --html %s %s"):format(pages[1], long))
measure("report --html, 4 subjects of 100000 cases", ("report --html %s %s"):format(pages[2], table.concat(four, " ")))
for _, kind in ipairs {"junit", "markdown"} do
  measure(("report --%s, %d cases"):format(kind, cases), ("report --%s - %s"):format(kind, long))
end
measure(("report --tap, %d cases"):format(cases), ("report --tap %s"):format(long))
local again = make("again", cases, 2)
measure(("diff, two logs of %d cases"):format(cases), ("diff %s %s"):format(long, again))
measure(("history, that log twice"):format(cases), ("history --html %s %s %s"):format(path "history.html", long, long))
pages[3] = path "history.html"

-- ---- pages

if os.execute("command -v chromium >/dev/null && command -v chromedriver >/dev/null && command -v curl >/dev/null") then
  io.write(shell(("build/conv2d-cts lua bench/drawn.lua %s"):format(table.concat(pages, " "))))
else
  print "how long pages take to draw: chromium, chromedriver or curl is not installed"
end
shell("rm -r " .. folder)
