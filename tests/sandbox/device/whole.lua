-- whole.lua: all of the tier quick, and all mutants, on the pretend device: each case has the verdict and the
-- answer that it has on the host, and each mutant dies as it does there. `make check-device` runs it.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()

--- The verdicts of a log and the hashes of the answers, by case, and how many there are.
local function verdicts_of(log)
  local verdicts, n = {}, 0
  for line in io.lines(log) do
    local case, verdict = line:match '"case":"([^"]*)"', line:match '"verdict":"([^"]*)"'
    if case and verdict then verdicts[case], n = verdict .. " " .. (line:match '"answers":"([^"]*)"' or ""), n + 1 end
  end
  return verdicts, n
end

local function run(name, environment, impl)
  local log = ("%s/%s.jsonl"):format(folder, name)
  os.execute(("%s %s run --time-limit 60 --log %s --impl %s >/dev/null 2>&1"):format(environment, tap.program, log, impl))
  return log
end

local host, cases = verdicts_of(run("host", "", "build/adapters/naive.so"))
tap.ok(cases > 1000, ("%d cases of quick on the host"):format(cases))
for _, kind in ipairs {"guarded", "unguarded", "handles", "put-off"} do
  local device, n = verdicts_of(run(kind, "CONV2D_PRETEND=build/adapters/naive.so", ("build/pretend/%s.so"):format(kind)))
  local other = 0
  for case, verdict in pairs(host) do
    if device[case] ~= verdict then
      other = other + 1
      if other <= 5 then print(("# %s: %s, on the host %s"):format(case, device[case], verdict)) end
    end
  end
  tap.ok(other == 0 and n == cases, ("%s: %d of %d verdicts or answers differ"):format(kind, other, n))
end

--- What kill.lua prints of each mutant, by its name: how many cases kill it, of what tier, and the file of the first.
local function fates(environment, mutants)
  local list, n = {}, 0
  local pipe = assert(io.popen(("%s %s lua tests/mutants/kill.lua %s 2>&1"):format(environment, tap.program, mutants)))
  for line in pipe:lines() do
    local name, fate = line:match "^%S+%s+(%S+)%s+(>?=?%s*%d+%s.*)$"
    if name then list[name], n = fate:gsub("%s+", " "), n + 1 end
  end
  return list, n, pipe:close() == true
end

local on_host, killed, right = fates("", "build/mutants")
tap.ok(right and killed > 100, ("all of %d mutants die on the host"):format(killed))
local on_device, n, right_there = fates("CONV2D_PRETEND=build/mutants/", "build/pretend-mutants")
tap.ok(right_there and n == killed, ("all of %d die on the device"):format(n))
for name, fate in pairs(on_host) do
  if on_device[name] ~= fate then tap.is(on_device[name], fate, name .. " dies as on the host") end
end
tap.done()
