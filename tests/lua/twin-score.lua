-- twin-score.lua: which share of the outputs of real-valued float32 cases does an implementation's own order predict, bit for
-- bit? conv2d-cts lua tests/lua/twin-score.lua SECONDS SUBJECT ...; `make twin-score`. Of each tier and direction a part is
-- tried, for so many seconds at most. A subject is a library's path, or a command with its arguments.

local seconds = tonumber(arg[1])

-- Every part has cases of all sizes: a shard takes each n-th.
local parts = {
  {tier = "full", direction = "forward", shard = "1/40"}, {tier = "full", direction = "backward", shard = "1/40"},
  {tier = "models", direction = "forward", shard = "1/100"}, {tier = "models", direction = "backward", shard = "1/100"},
}

local function ask(subject, part)
  local option = subject:find " " and "--impl-cmd" or "--impl"
  local pipe = io.popen(([[%s twin --json --tier %s --shard %s --seconds %g --time-limit 60 %s '%s' 2>/dev/null \
    --filter 'dtype == "float32" and direction == "%s"']]):format(cts.program, part.tier, part.shard, seconds, option, subject, part.direction))
  local text = pipe:read "a"
  pipe:close()
  return text:find "%S" and json.decode(text) or nil
end

-- How many elements of each kind are not predicted, in words.
local function say_rest(got)
  local of, said = {}, {}
  for _, u in ipairs(got.unpredicted) do of[u.kind] = (of[u.kind] or 0) + u.elements end
  for kind, n in pairs(of) do said[#said + 1] = ("%s %d"):format(kind, n) end
  table.sort(said)
  if #got.odd > 0 then said[#said + 1] = ("%d results that differ from the order, first %s: %s"):format(#got.odd, got.odd[1].case, got.odd[1].says) end
  if got.ended then said[#said + 1] = "not all cases of the part" end
  return table.concat(said, "; ")
end

print(("%-28s %-9s %-9s %8s %12s %10s  %s"):format("subject", "tier", "direction", "results", "elements", "predicted", "not predicted"))
for i = 2, #arg do
  for _, part in ipairs(parts) do
    local got = ask(arg[i], part)
    if got and got.elements > 0 then
      print(("%-28s %-9s %-9s %8d %12d %9.4f%%  %s"):format(got.subject .. " " .. got.version, part.tier, part.direction, got.results,
        got.elements, math.floor(1e6 * got.predicted / got.elements) / 1e4, say_rest(got)))
    else
      print(("%-28s %-9s %-9s %8s"):format(arg[i], part.tier, part.direction, "nothing was asked"))
    end
    io.stdout:flush()
  end
end
return 0
