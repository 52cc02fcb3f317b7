#!/usr/bin/env lua5.4
-- pages.t: the pages for who works on the source name files that exist, and state the rooms as the
-- tests of rooms hold them.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function exists(path)
  local f = io.open((path:gsub("/$", ""))) -- folders open, too
  if f then f:close() end
  return f ~= nil
end

local names = {} -- of every file
local _, listing = tap.shell("ls; find include oracle runner reports adapters tests docs specs cases proofs bench -type f")
for path in listing:gmatch("[^\n]+") do names[path:match("[^/]*$")] = true end

local kinds = {c = true, h = true, t = true, lua = true, md = true, yaml = true, py = true, mk = true, txt = true}

-- Whether text in backticks is no path, or that of something: from the root, from runner/, or a file's name.
local function leads_somewhere(path)
  if path:find("NAME", 1, true) then return true end
  if path:find("/", 1, true) then return exists(path) or exists("runner/" .. path) end
  return names[path] or not kinds[path:match("^[%w_-]+%.(%l+)$")]
end

local function dead_paths(text)
  local dead = {}
  for path in text:gmatch("`([%w_./-]+)`") do
    if not leads_somewhere(path) then dead[#dead + 1] = path end
  end
  return table.concat(dead, " ")
end

for _, page in ipairs {"runner/README.md", "docs/design.md", "docs/versions.md", "CONTRIBUTING.md"} do
  tap.is(dead_paths(tap.read(page)), "", page .. " names files that exist")
end
tap.is(dead_paths("`runner/call/case.c`, `call/case.c`, `case.c`, `word`, `call/gone.c`, `gone/`, `gone.c`"), "call/gone.c gone/ gone.c",
  "caught: files and a folder that do not exist")

-- ---- who may include whom

-- The lines of the picture that a test prints, without the spaces that only align them.
local function picture(test)
  local lines = {}
  local _, text = tap.shell("lua5.4 " .. test)
  for line in text:gmatch("[^\n]+") do
    local row = line:match("^#   (.*)") or line:match("^# ([%w_]+ *%->.*)")
    if row then lines[#lines + 1] = (row:gsub("%s+", " "):gsub("%s$", "")) end
  end
  return lines
end

local readme = "\n" .. tap.read("runner/README.md"):gsub("[ \t]+", " "):gsub(" \n", "\n")
for _, test in ipairs {"tests/abi/rooms.t", "tests/abi/lua-rooms.t"} do
  local missing, lines = {}, picture(test)
  for _, line in ipairs(lines) do
    if not readme:find("\n " .. line .. "\n", 1, true) then missing[#missing + 1] = line end
  end
  tap.ok(#lines > 10, test .. " prints its rooms")
  tap.is(table.concat(missing, "; "), "", "runner/README.md has the rooms of " .. test)
end

tap.done()
