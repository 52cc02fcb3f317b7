-- hunt-score.lua: how many of the mutants whose mistakes hang on sizes does a hunt find, without a hint, each in so many
-- seconds? conv2d-cts lua tests/lua/hunt-score.lua FOLDER SECONDS [MUTANT ...]; `make hunt-score`. FOLDER is build/mutants, or
-- that of the same mutants built to tell their edges.

local folder, seconds = arg[1], tonumber(arg[2])
local wanted = {}
for i = 3, #arg do wanted[arg[i]] = true end

local groups = {sizes = true, trackers = true, limits = true}

local found, tried = 0, 0
for line in io.lines(folder .. "/LIST") do
  local name, group, about = line:match "^([^\t]+)\t([^\t]+)\t(.*)$"
  if (next(wanted) and wanted[name]) or (not next(wanted) and groups[group]) then
    local pipe = io.popen(("%s hunt --impl %s/%s.so --seconds %g --seed 1 --max-faults 1 --json 2>/dev/null"):format(cts.program, folder, name, seconds))
    local fault, ending
    for text in pipe:lines() do
      local row = json.decode(text)
      if row.verdict then fault = row else ending = row end
    end
    pipe:close()
    tried = tried + 1
    found = found + (fault and 1 or 0)
    print(("%-28s %-6s try %6d, %5.0f s  %s"):format(name, fault and "found" or "-", ending and ending.tries or 0, ending and ending.seconds or 0,
      fault and fault.shrunk or about))
    io.stdout:flush()
  end
end
print(("%d of %d found, each within %g seconds"):format(found, tried, seconds))
return 0
