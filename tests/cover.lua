-- cover.lua: sums up gcov's counts by room, and names the lines of the core that no test executes.
-- Run in a tree that was built with --coverage, after its tests: `make cover`.

-- The rooms that decide what is right: their gaps are printed line by line.
local CORE = {oracle = true, judge = true, suite = true, covering = true, data = true}
local GOAL = 95 -- per cent of the lines of the core

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

-- {[line] = executed at all} of one source, over all objects that were made of it
local function counts(source, objects)
  local executed = {}
  for _, object in ipairs(objects) do
    for _, line in ipairs(lines_of(("gcov -t '%s' 2>/dev/null"):format(object))) do
      local count, number = line:match "^%s*([^:]+):%s*(%d+):"
      local name = line:match "^%s*%-:%s*0:Source:(.*)"
      if name then source.current = name end
      if count and source.current == source.path and count ~= "-" then
        local n = tonumber(number)
        executed[n] = executed[n] or not count:find "[#=]"
      end
    end
  end
  return executed
end

local function room_of(path)
  return path:match "^runner/(sandbox/%a+)/" or path:match "^runner/(%a+)/" or path:match "^(%a+)/"
end

local objects = {}
for _, path in ipairs(lines_of "find build -name '*.gcda'") do
  local name = path:match "([^/%-]+)%.gcda$" -- a test of several sources has their names behind its own
  objects[name] = objects[name] or {}
  table.insert(objects[name], path)
end

local total, done, gaps = {}, {}, {}
for _, path in ipairs(lines_of "ls oracle/*.c runner/*/*.c runner/*/*/*.c") do
  local room = room_of(path)
  local executed = counts({path = path}, objects[path:match "([^/]+)%.c$"] or {})
  for number, is in pairs(executed) do
    total[room] = (total[room] or 0) + 1
    done[room] = (done[room] or 0) + (is and 1 or 0)
    if not is and CORE[room] then gaps[#gaps + 1] = ("%s:%d"):format(path, number) end
  end
  if not next(executed) then print(path .. ": no process that runs it has written its figures") end
end

table.sort(gaps)
for _, gap in ipairs(gaps) do print("never executed: " .. gap) end
local rooms, failed = {}, false
for room in pairs(total) do rooms[#rooms + 1] = room end
table.sort(rooms)
for _, room in ipairs(rooms) do
  local share = 100 * done[room] / total[room]
  failed = failed or (CORE[room] and share < GOAL)
  print(("%-20s %6d of %6d lines  %5.1f %%%s"):format(room, done[room], total[room], share, CORE[room] and " of the core" or ""))
end
if failed then
  print(("a room of the core is below %d %%"):format(GOAL))
  os.exit(1)
end
