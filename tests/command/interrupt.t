#!/usr/bin/env lua5.4
-- interrupt.t: Ctrl-C and SIGTERM end the program within a second, whatever it is doing, and it says what that was.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()

-- Six axes of 40 values at strength 5: no array of it is ever built.
local axes = {}
for _, name in ipairs {"stride", "dilation", "padding", "kernel_size", "seed", "out_channels"} do
  local values = {}
  for i = 1, 40 do values[i] = i end
  axes[#axes + 1] = ("    %s: [%s]"):format(name, table.concat(values, ", "))
end
local endless = folder .. "/endless.yaml"
tap.write(endless, "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 90, 90], out_channels: 1, kernel_size: 1}\nsweep:\n  axes:\n"
  .. table.concat(axes, "\n") .. "\n  strength: 5\n")
os.execute(("mkdir -p %s/below && cp %s %s/below"):format(folder, endless, folder))
local large = "conv2d:in=16x128x64x64,out=128,k=9,p=4,data=normal"
tap.write(folder .. "/large.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [16, 128, 64, 64], out_channels: 128, kernel_size: 9, "
  .. "padding: 4, data: normal}\ncases: [{name: a}]\n")
tap.write(folder .. "/loop.lua", "while true do pcall(function() while true do end end) end\n")
tap.write(folder .. "/hook.lua", "return {before = function() while true do end end}\n")

-- A log that is long to read: its lines again and again.
local log = folder .. "/log"
tap.run(("run --impl %s --log %s cases/padding.yaml"):format(tap.sample, log))
local lines = {}
for line in io.lines(log) do lines[#lines + 1] = line end
local middle = table.concat(lines, "\n", 2, #lines - 1) .. "\n"
tap.write(folder .. "/long", lines[1] .. "\n" .. middle:rep(20000))

-- Arguments, and words of what the program was at.
local sample = " --impl " .. tap.sample .. " "
local commands = {
  {"list --count " .. endless, "building the covering array of " .. endless},
  {"list --count " .. folder .. "/below", "building the covering array of " .. folder .. "/below/endless.yaml"},
  {"list --tier exhaustive", "interrupted while"},
  {"list --hash --tier exhaustive", "interrupted while"},
  {"list --count --tier exhaustive --filter 'stride[1] > 99'", "interrupted while"},
  {"list --filter '(function() while true do end end)()' cases/padding.yaml", "filtering cases, at conv2d:in=2x2x4x5,out=3,k=3,p=1"},
  {"coverage " .. endless, "building the covering array of " .. endless},
  {"coverage --tier exhaustive cases/sweeps", "interrupted while"},
  {"report --html " .. folder .. "/x " .. folder .. "/long", "reading " .. folder .. "/long"},
  {"report --junit " .. folder .. "/x " .. folder .. "/long", "reading " .. folder .. "/long"},
  {("diff %s/long %s/long"):format(folder, folder), "reading " .. folder .. "/long"},
  {"show " .. large, "computing the right answer of " .. large},
  {"repro" .. sample .. large, "testing " .. large},
  {"explain" .. sample .. large, "testing " .. large},
  {"shrink" .. sample .. large, "testing " .. large},
  {"lua " .. folder .. "/loop.lua", "running " .. folder .. "/loop.lua"},
  {"run" .. sample .. endless, "building the covering array of " .. endless},
  {"run" .. sample .. "--time-limit 900 " .. folder .. "/large.yaml", ""},
  {"run" .. sample .. "--tap --tier exhaustive", ""},
  {"run" .. sample .. "--hook " .. folder .. "/hook.lua cases/padding.yaml", ""},
  {"run --impl-cmd 'sleep 100'", "opening sleep 100"},
}

-- Runs the command, sends the signal after `wait` seconds; status, seconds from signal to end, and what was said.
local function interrupt(arguments, signal, wait)
  local _, out, err = tap.shell(([[%s %s >/dev/null 2>%s/err & pid=$!
    sleep %s; kill -0 $pid && echo lives; a=$(date +%%s%%N); kill -%s $pid; wait $pid; echo "$? $(( ($(date +%%s%%N) - a) / 1000000 ))"
    cat %s/err >&2]]):format(tap.program, arguments, folder, wait, signal, folder))
  local lives, status, milliseconds = out:match "^(%l*)\n?(%d+) (%d+)"
  return lives == "lives", tonumber(status), tonumber(milliseconds) / 1000, err
end

-- The signal comes later where the program has not got so far.
local function interrupt_at(words, arguments, signal)
  local found
  for _, wait in ipairs {0.6, 3, 12} do
    found = table.pack(interrupt(arguments, signal, wait))
    if found[4]:find(words, 1, true) and found[3] < 1.5 then break end
  end
  return table.unpack(found)
end

for i, c in ipairs(commands) do
  local signal = i % 2 == 0 and "TERM" or "INT"
  local lives, status, seconds, said = interrupt_at(c[2], c[1], signal)
  local name = ("%s, SIG%s"):format(c[1]:gsub(folder, "DIR"), signal)
  tap.ok(lives, name .. ": it was at work")
  tap.is(status, 3, name .. ": status")
  if not tap.ok(seconds < 1.5 * tap.business(), ("%s: ended after %.2f s"):format(name, seconds)) then print("#   " .. said) end
  if c[2] ~= "" then tap.has(said, "conv2d-cts: interrupted while ", name .. ": says so") end
  tap.has(said, c[2], name .. ": says what it was at")
end

-- A run ends in order where it can, and its log with it: interrupted when the log has some cases.
local _, out = tap.shell(("%s run --tier exhaustive --log %s %s cases/dilation.yaml cases/sweeps >/dev/null 2>&1 & pid=$!; "
  .. "until [ $(cat %s 2>/dev/null | wc -l) -ge 20 ]; do sleep 0.1; done; kill -INT $pid; wait $pid; echo $?"):format(tap.program, log .. 2, sample, log .. 2))
tap.is(out, "3\n", "a run that is interrupted")
local last
for line in io.lines(log .. 2) do last = line end
tap.has(last, '"interrupted":true', "its log has its last line, and says so")

tap.done()
