#!/usr/bin/env lua5.4
-- hostile.t: files made to hurt the reader: a clear error, in bounded time and memory.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

local head = "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\n"
local axes = {}
for i, key in ipairs {"stride", "padding", "dilation", "kernel_size", "groups", "batch", "size", "out_channels", "seed", "in_channels"} do
  local values = {}
  for v = 1, 64 do values[v] = v end
  axes[i] = key .. ": [" .. table.concat(values, ", ") .. "]"
end

local files = {
  {"nested brackets", ("["):rep(100000), "nested too deeply"},
  {"nested maps", ("{a: "):rep(100000), "nested too deeply"},
  {"nested blocks", (function () local t = {} for i = 0, 2000 do t[#t + 1] = (" "):rep(i) .. "a:\n" end return table.concat(t) end)(), "nested too deeply"},
  {"an alias bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "anchors and tags are not allowed"},
  {"two million items", head .. "cases: [" .. ("1,"):rep(2000000) .. "]\n", "too many values"},
  {"a long key", ("a"):rep(3000000) .. ": 1\n", ""},
  {"many keys", "x: {" .. (function () local t = {} for i = 1, 100000 do t[i] = "k" .. i .. ": 1" end return table.concat(t, ", ") end)() .. "}\n", "more than 256 keys"},
  {"NUL bytes", "about: x\0y\n", "control characters are not allowed"},
  {"invalid UTF-8", "about: \xff\xfe\n", "invalid leading UTF-8 octet"},
  {"an overlong form", "about: \xc0\xaf\n", ""},
  {"binary", ("\1\2\3\4"):rep(1000), "not YAML"},
  {"a sweep of 10^18 cases", head .. "sweep: {axes: {" .. table.concat(axes, ", ") .. "}}\n", "more than 2^40 combinations"},
  {"a where that never ends", head .. "sweep: {axes: {stride: [1, 2]}, where: '(function () while true do end end) ()'}\n", "takes too long"},
  {"a where that eats memory", head .. "sweep: {axes: {stride: [1, 2]}, where: '(function () local t = {} while true do t[#t + 1] = {} end end) ()'}\n", "where:"},
  {"25 axes", head .. "sweep: {axes: {" .. (function () local t = {} for i = 1, 25 do t[i] = "a" .. i .. ": [{name: x, stride: 1}]" end return table.concat(t, ", ") end)() .. "}}\n", "axes: more than 24"},
  {"65 values", head .. "sweep: {axes: {stride: [" .. ("1,"):rep(65) .. "]}}\n", "a list of 1 to 64 values"},
}

for _, f in ipairs(files) do
  local path = folder .. "/case.yaml"
  tap.write(path, f[2])
  local status, _, err = tap.shell(("%s %s list %s"):format(tap.bounds, tap.program, path))
  tap.is(status, 2, f[1] .. ": status")
  tap.has(err, f[3], f[1] .. ": message")
  tap.ok(#err < 2000, f[1] .. ": a short message")
end

tap.shell(("mkdir %s/dir; ln -s . %s/dir/again; cp cases/padding.yaml %s/dir/"):format(folder, folder, folder))
local status, _, err = tap.run("list " .. folder .. "/dir")
tap.is(status, 2, "a folder that holds itself")
tap.has(err, "nested too deeply", "a folder that holds itself: message")

-- root reads everything
local root = select(2, tap.shell("id -u")) == "0\n"
tap.shell(("mkdir %s/closed; chmod 0 %s/closed"):format(folder, folder))
status, _, err = tap.run("list " .. folder .. "/closed")
tap.ok(root or (status == 2 and err:find("Permission denied", 1, true)), "an unreadable folder" .. (root and " (not as root)" or ""))

-- A writer at work: either a good read, or a clear error; never half a file taken for a whole.
tap.shell(("(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do cat cases/padding.yaml; sleep 0.01; done) > %s/changing.yaml &"):format(folder))
local answers = {}
for _ = 1, 20 do
  status, _, err = tap.run("list " .. folder .. "/changing.yaml")
  answers[#answers + 1] = (status == 0 or (status == 2 and err:find("changing.yaml", 1, true)) or status == 4) and "" or status .. err
end
tap.is(table.concat(answers), "", "a file that changes")

tap.done()
