#!/usr/bin/env lua5.4
-- lua-rooms.t: which folder of Lua may require which. It also checks that no module requires itself through others.
-- A room is a folder of runner/lua/, or reports/: require "explain.taps" names the room first.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- Each room and the rooms that its files may require besides itself: only rooms above its line.
local rooms = {
  {"text", {}},
  {"time", {}},
  {"numbers", {}},
  {"reports", {"text"}},
  {"cli", {"text", "reports"}},
  {"scripting", {}},
  {"coverage", {}},
  {"import", {}},
  {"probe", {}},
  {"reveal", {"text", "time", "numbers"}},
  {"shrink", {"text", "time"}},
  {"scaffold", {"text"}},
  {"case_page", {"text"}},
  {"explain", {"text", "numbers", "shrink", "case_page"}},
  {"hunt", {"text", "numbers", "reveal", "shrink", "explain"}},
  {"properties", {"scripting"}},
  {"examples", {"shrink"}},
  {"commands", {"text", "time", "cli", "scripting", "coverage", "import", "probe", "reveal", "shrink", "scaffold", "case_page", "reports", "explain", "hunt"}},
}

-- Scripts that are run by their path: nothing requires them, not even their neighbours.
local scripts = {properties = true, examples = true, commands = true}

-- ---- what is there

-- The text of every module, by the name that require knows it by.
local function read_modules()
  local modules = {}
  local pipe = assert(io.popen("find runner/lua reports -name '*.lua'"))
  for path in pipe:lines() do
    local name = path:gsub("^runner/lua/", ""):gsub("%.lua$", ""):gsub("/", ".")
    modules[name] = tap.read(path)
  end
  pipe:close()
  return modules
end

local function room_of(module) return module:match("^[^.]+") end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- The modules that a text requires, and how many requires name none because they compute it.
local function required(text)
  local names, computed = {}, 0
  for place in text:gmatch("%f[%w_.]require%f[^%w_]()") do
    local name = text:match('^%s*"([%w_.]+)"', place) or text:match('^%s*%(%s*"([%w_.]+)"%s*%)', place)
    if name then names[#names + 1] = name else computed = computed + 1 end
  end
  return names, computed
end

-- ---- what is wrong with it

-- Lines of the table that name a room below them: they could close a circle.
local function check_table(table_of_rooms)
  local bad, above = {}, {}
  for _, line in ipairs(table_of_rooms) do
    for _, other in ipairs(line[2]) do
      if not above[other] then bad[#bad + 1] = ("%s may require %s, which is not above it"):format(line[1], other) end
    end
    above[line[1]] = true
  end
  return bad
end

-- What stands between a module and one that it requires; nil if nothing does.
local function objection(modules, allowed, from, to)
  local room, other = room_of(from), room_of(to)
  if not modules[to] then return ("%s requires %s, which is no module"):format(from, to) end
  if scripts[other] then return ("%s requires the script %s"):format(from, to) end
  if room ~= other and not allowed[room][other] then return ("%s requires %s"):format(from, to) end
  return nil
end

local function check_rooms(modules)
  local bad, allowed = {}, {}
  for _, line in ipairs(rooms) do
    allowed[line[1]] = {}
    for _, other in ipairs(line[2]) do allowed[line[1]][other] = true end
  end
  for _, from in ipairs(sorted_keys(modules)) do
    local names, computed = required(modules[from])
    if not allowed[room_of(from)] then
      bad[#bad + 1] = from .. " is in a room without a line"
    else
      for _, to in ipairs(names) do bad[#bad + 1] = objection(modules, allowed, from, to) end
    end
    if computed > 0 then bad[#bad + 1] = from .. " computes what it requires" end
  end
  return bad
end

-- The first circle of modules that require each other, as "a -> b -> a"; nil if there is none.
local function find_circle(modules)
  local done, path, index = {}, {}, {}
  local function visit(name)
    if done[name] or not modules[name] then return nil end
    path[#path + 1] = name
    if index[name] then return table.concat(path, " -> ", index[name]) end
    index[name] = #path
    for _, to in ipairs((required(modules[name]))) do
      local circle = visit(to)
      if circle then return circle end
    end
    path[#path], index[name], done[name] = nil, nil, true
    return nil
  end
  for _, name in ipairs(sorted_keys(modules)) do
    local circle = visit(name)
    if circle then return circle end
  end
  return nil
end

-- ---- the tree as it is

local modules = read_modules()
local of_room = {}
for _, name in ipairs(sorted_keys(modules)) do of_room[room_of(name)] = of_room[room_of(name)] or name end

tap.is(table.concat(check_table(rooms), "; "), "", "rooms require rooms above them")
tap.is(table.concat(check_rooms(modules), "; "), "", "every require is one that the table allows")
tap.is(find_circle(modules), nil, "no module requires itself by way of others")
for i = #rooms, 1, -1 do print(("# %-10s -> %s"):format(rooms[i][1], table.concat(rooms[i][2], " "))) end

-- ---- that this test can fail: plants in copies of the tree

-- A copy where `name` requires `what`, a piece of Lua.
local function planted(name, what)
  local copy = {}
  for key, text in pairs(modules) do copy[key] = text end
  copy[name] = (copy[name] or "") .. "\nlocal _ = require" .. what .. "\n"
  return copy
end

local function is_caught(name, what, words)
  tap.is(table.concat(check_rooms(planted(name, what)), "; "), words, ("caught: in %s, require%s"):format(name, what))
end

for _, line in ipairs(rooms) do
  local room, may = line[1], {[line[1]] = not scripts[line[1]]}
  for _, other in ipairs(line[2]) do may[other] = true end
  tap.ok(of_room[room], room .. " has a module")
  for _, other in ipairs(rooms) do
    local from, to = of_room[room], of_room[other[1]]
    if not may[other[1]] then
      is_caught(from, (" %q"):format(to), ("%s requires %s%s"):format(from, scripts[other[1]] and "the script " or "", to))
    end
  end
end
is_caught("cli.options", ' "explain.tap"', "cli.options requires explain.tap, which is no module")
is_caught("cli.options", '("explain.tap" .. "s")', "cli.options computes what it requires")
is_caught("scripting.script", ' "text.output", require "text.prose"', "scripting.script requires text.output; scripting.script requires text.prose")
is_caught("cli.options", " (name)", "cli.options computes what it requires")
is_caught("attic.old", ' "text.output"', "attic.old is in a room without a line")
tap.is(table.concat(check_table {{"text", {"reports"}}, {"reports", {"text"}}}, "; "), "text may require reports, which is not above it",
  "caught: two rooms that may require each other")

-- Each module that another one requires, made to require that one.
local circles, found = 0, 0
for from, text in pairs(modules) do
  for _, to in ipairs((required(text))) do
    circles = circles + 1
    if find_circle(planted(to, (" %q"):format(from))) then found = found + 1 end
  end
end
tap.ok(circles > 0, "there are modules that require others")
tap.is(found, circles, "caught: a require back, for each that there is")
tap.is(find_circle(planted("explain.taps", ' "explain.explain"')):match("explain%.taps.*"), "explain.taps -> explain.explain",
  "caught: a circle of several modules, and named")

-- ---- runner/README.md says the same

local page = tap.read("runner/README.md")
for _, room in ipairs(rooms) do
  local row = ("    %-10s -> %s"):format(room[1], table.concat(room[2], " ")):gsub(" $", "")
  tap.has(page, "\n" .. row .. "\n", "runner/README.md has " .. room[1])
end

tap.done()
