#!/usr/bin/env lua5.4
-- options.t: every option of every command, read from the table that --help prints. A word that is not an option, or
-- not a value of one, is refused with status 2, and never taken for another.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local commands = {"run", "list", "show", "repro", "explain", "shrink", "probe", "reveal", "twin", "map", "hunt", "invariances", "lua", "matrix", "oracle",
  "coverage",
  "report", "diff", "import", "new", "version"}

-- {name =, value =} of each option.
local function options_of(command)
  local status, out = tap.run(command .. " --help")
  tap.is(status, 0, command .. " --help: status")
  local list = {}
  for name, value in out:gmatch "\n  %-%-([%w-]+) ?(%u*[%l|]*[^ \n]*)" do
    list[#list + 1] = {name = name, value = value ~= "" and value or nil}
  end
  return list
end

local function refused(arguments, words)
  local status, out, err = tap.run(arguments)
  if tap.ok(status == 2 and out == "" and err:find(words, 1, true), arguments .. ": refused") then return end
  print(("#   status %d, message: %s#   lacks: %s"):format(status, err, words))
end

local numbers = {SECONDS = true, N = true, MIB = true, F = true, T = true}
local total = 0
for _, command in ipairs(commands) do
  local list, known = options_of(command), {}
  for _, o in ipairs(list) do known[o.name] = true end
  for _, o in ipairs(list) do
    total = total + 1
    local option = command .. " --" .. o.name
    local unlike = {o.name .. "x", o.name .. "_x", o.name .. "5", o.name:upper(), o.name .. "-"}
    if o.name:find("-", 1, true) then unlike[#unlike + 1] = o.name:gsub("-", "_") end
    if #o.name > 1 and not known[o.name:sub(1, -2)] then unlike[#unlike + 1] = o.name:sub(1, -2) end
    for _, name in ipairs(unlike) do
      refused(("%s --%s"):format(command, name), "unknown option --" .. name)
    end
    refused(("%s --%s_x=1"):format(command, o.name), "unknown option --" .. o.name .. "_x")
    if o.value then
      refused(option, ("--%s needs a value"):format(o.name))
      refused(option .. " --help", ("--%s needs a value"):format(o.name))
    else
      refused(option .. "=1", ("--%s takes no value"):format(o.name))
    end
    if o.value and numbers[o.value] and command ~= "oracle" then
      for _, bad in ipairs {"many", "-1", "1e999", "nan", "1x", "''", "2e9"} do
        refused(("%s %s"):format(option, bad), ("--%s: a"):format(o.name))
      end
      if o.value == "SECONDS" or o.name == "seconds" then
        refused(option .. " 0", ("--%s: a number above 0 is expected, got '0'"):format(o.name))
      end
    end
  end
  refused(command .. " --frobnicate", "unknown option --frobnicate")
  refused(command .. " --=1", "unknown option --")
end
tap.ok(total > 80, ("%d options"):format(total))

for _, whole in ipairs {"run --jobs", "run --max-failures", "run --threads", "run --subject-threads", "run --memory-limit",
  "coverage --strength", "diff --max-changes"} do
  refused(whole .. " 1.5", "an integer of at least")
end

refused("run --threads 64 --impl build/adapters/naive.so cases/padding.yaml", "threads: at most 63 are expected")

-- An empty word, as of a variable of the shell that is not set, is neither a file nor the whole suite.
for _, c in ipairs {"run ''", "list ''", "run cases/padding.yaml ''", "matrix ''", "report ''", "diff '' ''", "history ''", "import ''", "lua ''",
  "show ''", "coverage ''", "merge ''", "twin ''", "repro ''"} do
  refused(c, "an argument is an empty word")
end
for _, c in ipairs {"hunt --corpus ''", "run --impl ''", "run --log=", "run --filter ''", "run --impl-cmd=", "report --html ''", "run --tier ''"} do
  refused(c, "got an empty word")
end

-- Arguments beyond those that a command takes.
for _, c in ipairs {"show x y", "shrink x y", "probe x", "reveal x y", "version x", "help x", "oracle x"} do
  local words = c:sub(1, 4) == "help" and "no command is called 'x'" or "is one argument too many"
  refused(c, words)
end

-- What ends options, and values with a '='.
tap.is(tap.run("list --count -- cases/padding.yaml"), 0, "-- ends the options")
refused("list -- --count", "--count: no such case file, neither here nor in ")
tap.is(tap.run("list --count --filter='stride[1] == 1 and name ~= \"a=b\"' cases/padding.yaml"), 0, "a value may hold a '='")

tap.done()
