-- reading.lua LOG: a script for bench/reports.lua, which reads a log line by line and keeps only counts.

local counts = {}
for line in cts.open(arg[1], "r"):lines() do
  local entry = json.decode(line)
  if entry.case then counts[entry.verdict] = (counts[entry.verdict] or 0) + 1 end
end
for verdict, count in pairs(counts) do print(verdict, count) end
return 0
