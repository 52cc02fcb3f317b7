#!/usr/bin/env lua5.4
-- progress.t: whoever waits is reported how far it is: on a terminal, and as JSON for another program; never in a pipe.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

-- A command that takes longer than two seconds and is then interrupted.
local long = "list --hash --tier exhaustive cases/sweeps/product.yaml"
local function watch(arguments)
  local _, out, err = tap.shell(("timeout --signal=INT 4.5 %s %s"):format(tap.program, arguments))
  return out, err
end

local out, err = watch(long .. " --progress json")
local lines = {}
for line in err:gmatch "[^\n]+" do if line:find '^{"progress"' then lines[#lines + 1] = line end end
tap.ok(#lines >= 1, "a line a second from two seconds on")
tap.has(lines[1] or "", '{"progress":"hashing the ids of the cases","done":', "... says what it is at, and how far it is")
tap.ok((lines[1] or ""):find '"seconds":[%d.]+', "... and for how long")
tap.is(out, "", "... on standard error alone")
out, err = watch(long)
tap.is(out, "", "in a pipe: no progress")
tap.has(err, "interrupted while hashing the ids of the cases\n", "... on standard error neither")
tap.ok(not err:find("\27", 1, true), "... nor a command for a terminal")

-- As on a terminal.
local function on_terminal(arguments)
  local file = folder .. "/screen"
  tap.shell(("script -qec 'timeout --foreground --signal=INT 4.5 %s %s' %s"):format(tap.program, arguments, file))
  return tap.read(file)
end

local screen = on_terminal(long)
tap.ok(screen:find("\r\27%[2K%d+, %d+/s, %d+ s: hashing the ids"), "on a terminal: a line that is written again and again")
tap.ok(screen:find("\r\27%[2K[^\n]*interrupted while hashing"), "... and is removed before a message")
tap.ok(not on_terminal(long .. " --progress none"):find("hashing the ids of the cases: ", 1, true), "--progress none: no line")

tap.write(folder .. "/slow.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [2, 64, 64, 64], out_channels: 64, kernel_size: 7, padding: 3}\n"
  .. "cases:\n" .. ("  - {name: a%d, seed: %d}\n"):rep(40):gsub("%%d", (function()
    local n = 0
    return function() n = n + 1 return tostring((n + 1) // 2) end
  end)()))
local _, json_lines = watch(("run --impl %s --progress=json %s/slow.yaml"):format(tap.sample, folder))
tap.has(json_lines, '"total":40', "a run says how many cases there are")
tap.has(on_terminal(("run --impl %s %s/slow.yaml"):format(tap.sample, folder)), " of 40", "... on a terminal, too")

local status, _, message = tap.run("list --count --progress much")
tap.is(status, 2, "another word: the status")
tap.has(message, "--progress: auto, json or none is expected", "... the message")
tap.is((tap.run("list --count --progress")), 2, "no word: the status")
status, _, message = tap.run("list --count -- --progress")
tap.has(message, "--progress: no such case file", "behind -- it is a file")
tap.done()
