-- hook.lua: a hook for bench/reports.lua, which sees every result and keeps only counts.

local counts, outputs = {}, 0

return {
  after = function(result)
    counts[result.verdict] = (counts[result.verdict] or 0) + 1
    outputs = outputs + (result.outputs or 0)
  end,
  finish = function()
    for verdict, count in pairs(counts) do print(verdict, count) end
    print("outputs", outputs)
  end,
}
