-- subjects.lua: the third-party subjects, each with its name, how it is called, and its list of expected failures.
-- Native ones are build/adapters/*.so, processes the lines of subjects.txt.
-- As a program, `lua5.4 adapters/subjects.lua` prints those that are there, one a line: name, list or "-", option and
-- value; `subjects.lua list BEGINNING ...` those whose names begin so, in that order; `subjects.lua processes` what `make processes` says.

local M = {}

local function exists(path)
  local f = io.open(path)
  return f ~= nil and f:close()
end

-- The list of NAME, or of what NAME is a variant of: onnxruntime-web, onnxruntime.
local function list_of(name)
  while name do
    local path = ("adapters/%s.xfail.yaml"):format(name)
    if exists(path) then return path end
    name = name:match("^(.+)%-[^-]*$")
  end
end

-- What a command runs: the last path without its extension, and options. Debian's and Node's have short names.
local function name_of(group, command)
  local script, options = command:match("([^/ ]+)([^/]*)$")
  local name = script:gsub("%.%w+$", "") .. options:gsub(" %-?%-?", "-")
  return (group == "debian" or group == "javascript") and name or group .. "-" .. name
end

local function add(list, s)
  s.list = list_of(s.name)
  list[#list + 1] = s
end

--- All native subjects that are built; the sample, the oracle and the bridge are none of other people's.
function M.native()
  local own, list = {naive = true, oracle = true, opencl = true, pipe = true}, {}
  local files = assert(io.popen("ls build/adapters/*.so 2>/dev/null"))
  for path in files:lines() do
    local name = path:match("([^/]+)%.so$")
    if not own[name] then add(list, {name = name, option = "--impl", value = path, there = true}) end
  end
  files:close()
  return list
end

-- The first of the files, with commas between them, that is missing; nil if all are there.
local function missing(files)
  for path in files:gmatch "[^,]+" do
    if not exists(path) then return path end
  end
end

--- All processes, whether or not what they need is there; lacks: what is missing.
function M.processes()
  local list = {}
  for line in io.lines("adapters/subjects.txt") do
    local group, needs, command = line:match("^(%w+)%s+(%S+)%s+(.+)$")
    if group then
      local lacks = missing(needs)
      add(list, {name = name_of(group, command), option = "--impl-cmd", value = command, group = group, lacks = lacks, there = not lacks})
    end
  end
  return list
end

-- Those whose names begin so, in the order of the beginnings; without one, every name is meant.
local function chosen(list, beginnings)
  local got, seen = {}, {}
  for _, b in ipairs(#beginnings > 0 and beginnings or {""}) do
    for _, s in ipairs(list) do
      if s.there and not seen[s] and s.name:sub(1, #b) == b then
        got[#got + 1], seen[s] = s, true
      end
    end
  end
  return got
end

local function print_all(beginnings)
  local list = M.native()
  table.move(M.processes(), 1, #M.processes(), #list + 1, list)
  for _, s in ipairs(chosen(list, beginnings)) do print(("%s %s %s %s"):format(s.name, s.list or "-", s.option, s.value)) end
end

local function print_processes()
  for _, s in ipairs(M.processes()) do
    if s.there then
      print(("ready    --impl-cmd '%s'"):format(s.value))
    else
      print(("missing  %s: %s is not there; make deps-adapters GROUP=%s"):format(s.value, s.lacks, s.group))
    end
  end
end

if arg and arg[0] and arg[0]:find "subjects%.lua$" then
  if arg[1] == "processes" then
    print_processes()
  else
    print_all {table.unpack(arg, 2)}
  end
end

return M
