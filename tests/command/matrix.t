#!/usr/bin/env lua5.4
-- matrix.t: what is published of each subject, and when it is taken instead of a run.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local function matrix(options)
  local status, out, err = tap.run(("matrix --shard 1/400 --publish %s %s build/adapters/naive.so"):format(folder, options or ""))
  tap.is(status, 0, "the table is made " .. (options or ""))
  return out:match "\nnaive +(%d+)", err
end

local path = folder .. "/naive.json"
local function read()
  local f <close> = assert(io.open(path))
  return f:read "a"
end

local passed = matrix()
local text = read()
tap.ok(tonumber(passed) > 0, "cases pass")
tap.has(text, '"topics":{', "the result has the topics")

local function change(from, to)
  local other, count = text:gsub(from, to)
  tap.is(count, 1, "changed: " .. from)
  tap.write(path, other)
end

change('"passed":' .. passed .. ',"shard"', '"passed":12345,"shard"')
tap.is(matrix "--keep", "12345", "what was published is taken")
change('"url":""', '"url":"elsewhere"')
tap.is(matrix "--keep", passed, "of another subject it is not")
tap.write(path, "{")
tap.is(matrix "--keep", passed, "nor is half a file")
change('"passed":' .. passed .. ',"shard"', '"passed":12345,"shard"')
tap.is(matrix(), passed, "nor anything without --keep")
tap.done()
