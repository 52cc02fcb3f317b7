#!/usr/bin/env lua5.4
-- reports.lua [CASES]: what reports of long logs cost: processor seconds and the most memory, by GNU time; and, with Chromium, how
-- long the pages take to draw. Logs are made by logs.lua: one of CASES cases (a million), and four of 100,000.

local cases = math.tointeger(tonumber(arg[1] or 1000000))

local function shell(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  assert(pipe:close(), "failed: " .. command)
  return text
end

local folder = shell("mktemp -d"):match("[^\n]+")
local function make(name, n, number)
  shell(("lua5.4 bench/logs.lua %d %d >%s/%s.jsonl"):format(n, number, folder, name))
  return ("%s/%s.jsonl"):format(folder, name)
end

local long, again, four = make("long", cases, 1), make("again", cases, 2), {}
for i = 1, 4 do four[i] = make("four-" .. i, 100000, i) end

local function measure(name, arguments)
  local said = shell(("/usr/bin/time -f '%%U %%S %%M' build/conv2d-cts %s 2>&1 >/dev/null || true"):format(arguments))
  local user, system, most = said:match("([%d.]+) ([%d.]+) (%d+)\n$")
  print(("%-44s %8.1f s %8.0f MiB"):format(name, user + system, most / 1024))
end

local pages = {folder .. "/long.html", folder .. "/four.html"}
measure(("report --html, %d cases"):format(cases), ("report --html %s %s"):format(pages[1], long))
measure("report --html, 4 subjects of 100000 cases", ("report --html %s %s"):format(pages[2], table.concat(four, " ")))
measure(("report --junit, %d cases"):format(cases), ("report --junit %s/x.xml %s"):format(folder, long))
measure(("diff, two logs of %d cases"):format(cases), ("diff %s %s"):format(long, again))
measure("history, two logs of 100000 cases", ("history --html %s/history.html %s %s"):format(folder, four[1], four[1]))

if os.execute("command -v chromium >/dev/null && command -v chromedriver >/dev/null && command -v curl >/dev/null") then
  io.write(shell(("build/conv2d-cts lua bench/drawn.lua %s"):format(table.concat(pages, " "))))
else
  print "how long pages take to draw: chromium, chromedriver or curl is not installed"
end
shell("rm -r " .. folder)
