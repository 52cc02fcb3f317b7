#!/usr/bin/env lua5.4
-- rooms.t: who may include whom. Each room of the source names the rooms below it. The table reads
-- from the bottom upwards, and a room may only name rooms above it in the table, so there can be no circle.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- A room: its files, the rooms that it may include besides itself, and what else it may see.
-- `libc`: headers of the C library and of the system. Everything may include `include/`.
local rooms = {
  {name = "include", at = "include/*.h", may = {}, system = {"^dlpack/", "^std%w+%.h$", "^string%.h$", "^CL/cl%.h$",
    "^cuda%.h$", "^cuda_runtime%.h$", "^dlfcn%.h$", "^hip/hip_runtime", "^sycl/sycl%.hpp$", "^array$", "^cstdio$", "^memory$"}},
  {name = "oracle", at = "oracle/*.[ch]", may = {"include"}, system = {"^dlpack/", "libc"}},
  {name = "call", at = "runner/call/*.[ch]", may = {"include"}, system = {"^dlpack/", "libc"}},
  {name = "covering", at = "runner/covering/*.[ch]", may = {}, system = {"libc"}},
  {name = "data", at = "runner/data/*.[ch]", may = {"include", "call"}, system = {"libc", "^Random123/", "^xxhash%.h$"}},
  {name = "suite", at = "runner/suite/*.[ch]", may = {"include", "call", "covering"}, system = {"libc", "^yaml%.h$", "^lua", "^lauxlib", "^xxhash%.h$"}},
  {name = "expect", at = "runner/expect/*.[ch]", may = {"include", "call", "data", "suite"}, system = {"libc"}},
  {name = "twin", at = "runner/twin/*.[ch]", may = {"include", "call"}, system = {"libc"}},
  {name = "judge", at = "runner/judge/*.[ch]", may = {"include", "call", "data", "expect"}, system = {"libc"}},
  {name = "sandbox/wire", at = "runner/sandbox/wire/*.[ch]", may = {"include", "call"}, system = {"libc"}},
  {name = "sandbox/worker", at = "runner/sandbox/worker/*.[ch]", may = {"include", "call", "sandbox/wire"},
    system = {"libc", "^valgrind/", "^sanitizer/"}},
  {name = "sandbox/supervisor", at = "runner/sandbox/supervisor/*.[ch]", may = {"include", "call", "sandbox/wire"},
    system = {"libc", "^valgrind/"}},
  {name = "run", at = "runner/run/*.[ch]", may = {"include", "call", "data", "suite", "expect", "judge", "sandbox/wire", "sandbox/supervisor"},
    system = {"libc", "^jansson%.h$", "^xxhash%.h$"}},
  {name = "api", at = "runner/api/*.[ch]",
    may = {"include", "call", "covering", "data", "suite", "expect", "twin", "judge", "sandbox/wire", "sandbox/supervisor", "run"},
    system = {"libc", "^lua", "^lauxlib", "^jansson%.h$", "^libxml/", "^Random123/", "^xxhash%.h$", "^zstd%.h$", "^onnx%.pb%-c%.h$"}},
  {name = "main", at = "runner/*.[ch]", may = {"include", "api", "call"}, system = {"libc", "^lua", "^lauxlib"}},
}

local libraries = {"^lua", "^lauxlib", "^yaml%.h$", "^jansson%.h$", "^libxml/", "^Random123/", "^xxhash%.h$", "^zstd%.h$", "^valgrind/",
  "^sanitizer/", "^dlpack/", "^mpfr%.h$", "^onnx%.pb%-c%.h$"}

local function matches(text, patterns)
  for _, p in ipairs(patterns) do if text:find(p) then return true end end
  return false
end

local function files(pattern)
  local pipe = assert(io.popen("ls " .. pattern .. " 2>/dev/null"))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

-- {{"name", system = boolean}, ...} of a source text
local function includes(text)
  local list = {}
  for mark, name in text:gmatch('#%s*include%s+(["<])([^">]+)[">]') do list[#list + 1] = {name, system = mark == "<"} end
  return list
end

local room_of_header = {} -- "call/job.h" -> room
for _, room in ipairs(rooms) do
  room.files = files(room.at)
  for _, path in ipairs(room.files) do
    if path:find("%.h$") then
      room_of_header[path] = room
      room_of_header[path:gsub("^runner/", "")] = room
      if room.name == "include" then room_of_header[path:gsub("^include/", "")] = room end
    end
  end
end

local function may_see_system(room, name)
  for _, p in ipairs(room.system) do
    if p ~= "libc" and name:find(p) then return true end
    if p == "libc" and not matches(name, libraries) then return true end
  end
  return false
end

-- The room that an include leads to, from a file: its own, or that of the header; nil: none of ours.
local function target(path, include)
  local beside = path:gsub("[^/]*$", "") .. include
  while beside:find("[^/]+/%.%./") do beside = beside:gsub("[^/]+/%.%./", "", 1) end
  return room_of_header[beside] or room_of_header[include]
end

-- What is wrong with an include of a file of a room, or nil.
local function fault(room, path, include)
  local name = include[1]
  local to = target(path, name)
  if not to then
    if may_see_system(room, name) then return nil end
    return ("%s includes %s, which is neither ours nor allowed there"):format(path, name)
  end
  if to == room then return nil end
  for _, allowed in ipairs(room.may) do if allowed == to.name then return nil end end
  return ("%s includes %s, of the room %s"):format(path, name, to.name)
end

-- ---- the table itself reads from the bottom upwards

local above = {}
for i, room in ipairs(rooms) do
  for _, name in ipairs(room.may) do
    tap.ok(above[name], ("%s may include %s, which stands below it"):format(room.name, name))
  end
  above[room.name] = i
end

-- ---- each room

for _, room in ipairs(rooms) do
  local bad = {}
  for _, path in ipairs(room.files) do
    for _, include in ipairs(includes(tap.read(path))) do bad[#bad + 1] = fault(room, path, include) end
  end
  tap.is(table.concat(bad, "; "), "", room.name .. " includes what it may")
  tap.ok(#room.files > 0, room.name .. " has files")
end

-- ---- and would be found out: an include of every room above and beside it, planted

local function header_of(room)
  for _, path in ipairs(room.files) do if path:find("%.h$") then return (path:gsub("^runner/", ""):gsub("^include/", "")) end end
end

for _, room in ipairs(rooms) do
  local missed, planted = {}, 0
  for _, other in ipairs(rooms) do
    local allowed, header = other == room or matches(other.name, {"^main$"}), header_of(other)
    for _, name in ipairs(room.may) do allowed = allowed or name == other.name end
    if not allowed and header then
      planted = planted + 1
      local text = ('#include "%s"\n'):format(header)
      if not fault(room, room.files[1], includes(text)[1]) then missed[#missed + 1] = header end
    end
  end
  tap.is(table.concat(missed, " "), "", ("%s: %d planted includes are found"):format(room.name, planted))
end
tap.ok(fault(rooms[2], "oracle/exact.c", {"lua.h", system = true}), "the oracle may not see a library")

-- ---- every source belongs to a room

local known = {}
for _, room in ipairs(rooms) do for _, path in ipairs(room.files) do known[path] = true end end
local homeless = {}
for _, path in ipairs(files("include/*.h oracle/*.[ch] runner/*.[ch] runner/*/*.[ch] runner/*/*/*.[ch]")) do
  if not known[path] then homeless[#homeless + 1] = path end
end
tap.is(table.concat(homeless, " "), "", "every source belongs to a room")

-- ---- what else holds

local function room(name, pattern, allowed)
  local bad, found = {}, files(pattern)
  for _, path in ipairs(found) do
    for _, include in ipairs(includes(tap.read(path))) do
      if not matches(include[1], allowed) then bad[#bad + 1] = path .. " includes " .. include[1] end
    end
  end
  tap.is(table.concat(bad, "; "), "", name)
  tap.ok(#found > 0, name .. ": there are such files")
end

room("the sample needs the ABI and libc", "adapters/naive.c", {"conv2d_abi%.h$", "^[%w_]+%.h$"})

local reaching = {}
for _, path in ipairs(files("oracle/*.[ch] adapters/*.[chp]*")) do
  if tap.read(path):find('#%s*include%s+"[^"]*runner/') then reaching[#reaching + 1] = path end
end
tap.is(table.concat(reaching, " "), "", "nothing but tests and the runner includes the runner")

local opening = {}
for _, path in ipairs(files("runner/*.c runner/*/*.c runner/*/*/*.c oracle/*.c")) do
  if tap.read(path):find("dlopen%s*%(") then opening[#opening + 1] = path end
end
tap.is(table.concat(opening, " "), "runner/sandbox/worker/load.c", "one file opens subjects")

local printing = {}
for _, path in ipairs(files("oracle/*.[ch]")) do
  if tap.read(path):find("printf%s*%(") or tap.read(path):find("<stdio.h>") then printing[#printing + 1] = path end
end
tap.is(table.concat(printing, " "), "", "the oracle does no input or output")

-- ---- runner/README.md says the same

local page = tap.read("runner/README.md")
for _, room in ipairs(rooms) do
  local row = room.name .. (" "):rep(math.max(0, 18 - #room.name)) .. " " .. table.concat(room.may, " ")
  tap.has(page, "\n    " .. row:gsub("%s+$", "") .. "\n", "runner/README.md has " .. room.name)
end

-- ---- the picture, from the top downwards

print("# rooms, each with those that it includes:")
for i = #rooms, 1, -1 do print(("#   %-18s %s"):format(rooms[i].name, table.concat(rooms[i].may, " "))) end

tap.done()
