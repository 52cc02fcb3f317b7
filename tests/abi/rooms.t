#!/usr/bin/env lua5.4
-- rooms.t: who may include whom: adapters see the ABI alone, the oracle the ABI and libc, and the
-- subject is opened nowhere but in the worker.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function files(pattern)
  local pipe = assert(io.popen("ls " .. pattern .. " 2>/dev/null"))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  pipe:close()
  return list
end

local function includes(path)
  local list = {}
  for name in tap.read(path):gmatch('#%s*include%s+["<]([^">]+)[">]') do list[#list + 1] = name end
  return list
end

-- Every include of the files must match one of the patterns.
local function room(name, pattern, allowed)
  local bad, found = {}, files(pattern)
  for _, path in ipairs(found) do
    for _, include in ipairs(includes(path)) do
      local good = false
      for _, p in ipairs(allowed) do good = good or include:find(p) end
      if not good then bad[#bad + 1] = path .. " includes " .. include end
    end
  end
  tap.is(table.concat(bad, "; "), "", name)
  tap.ok(#found > 0, name .. ": there are such files")
end

local libc = "^[%w_]+%.h$"
room("the ABI header needs DLPack and libc", "include/conv2d_abi.h", {"^dlpack/dlpack%.h$", "^std%w+%.h$"})
room("the oracle needs its own files and libc", "oracle/*.[ch]", {"^%.%./include/conv2d_%w+%.h$", "^conv2d_%w+%.h$", libc, "^dlpack/dlpack%.h$"})
room("the sample needs the ABI and libc", "adapters/naive.c", {"conv2d_abi%.h$", libc})

room("the worker sees what supervisor and worker share, not the suite and not the judge", "runner/worker/*.[ch] runner/wire/*.[ch]",
  {"^[%w_]+%.h$", "^wire/", "^cases/case%.h$", "^lanes/subject%.h$", "^sys/", "^linux/", "^valgrind/", "^sanitizer/"})

local reaching = {}
for _, path in ipairs(files("oracle/*.[ch] adapters/*.*")) do
  if tap.read(path):find('#%s*include%s+"[^"]*runner/') then reaching[#reaching + 1] = path end
end
tap.is(table.concat(reaching, " "), "", "nothing but tests and the runner includes the runner")

local opening = {}
for _, path in ipairs(files("runner/*.c runner/*/*.c oracle/*.c")) do
  if tap.read(path):find("dlopen%s*%(") then opening[#opening + 1] = path end
end
tap.is(table.concat(opening, " "), "runner/worker/load.c", "one file opens subjects")

local printing = {}
for _, path in ipairs(files("oracle/*.[ch]")) do
  if tap.read(path):find("printf%s*%(") or tap.read(path):find("<stdio.h>") then printing[#printing + 1] = path end
end
tap.is(table.concat(printing, " "), "", "the oracle does no input or output")

tap.done()
