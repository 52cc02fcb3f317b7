#!/usr/bin/env lua5.4
-- names.t: a case is found under every name that is printed or that a shell completes, by every command that takes one.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local wrong = "--impl build/mutants/padding-swapped.so "

tap.write(folder .. "/mine.yaml", "about: x\nclauses: [PAD-1]\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\n"
  .. "cases: [{name: tall, padding: [1, 0]}]\n")
os.execute(("mkdir -p %s/cases/deep && cp %s/mine.yaml %s/cases/deep"):format(folder, folder, folder))

local here = select(2, tap.shell "pwd"):match "[^\n]+"
local names = {
  {"padding/height-only", "cases/padding.yaml#height-only", "padding.yaml#height-only", "./cases/padding.yaml#height-only",
   here .. "/cases/padding.yaml#height-only", "cases/padding/height-only"},
  {"regressions/torch-values/strided-1x1", "regressions/torch-values.yaml#strided-1x1", "cases/regressions/torch-values.yaml#strided-1x1"},
  {folder .. "/mine.yaml#tall", folder .. "/mine/tall", folder .. "/cases/deep/mine.yaml#tall"},
}
for _, same in ipairs(names) do
  for _, command in ipairs {"show", "repro " .. wrong, "explain " .. wrong, "shrink " .. wrong} do
    local _, first, said = tap.run(command .. " " .. same[1])
    tap.ok(#first > 0 and said == "", ("%s %s"):format(command, same[1]:gsub(folder, "DIR")))
    if not command:find "^show" then -- which says of which file the case is
      first = first:gsub("in %d[%d.]* s", "")
      for i = 2, #same do
        tap.is(select(2, tap.run(command .. " " .. same[i])):gsub("in %d[%d.]* s", "") .. "", first,
          ("%s %s is the same"):format(command, same[i]:gsub(folder, "DIR")))
      end
    end
  end
end

-- What a run prints is pasted.
local _, out = tap.run("run --max-failures 0 " .. wrong .. "cases/padding.yaml " .. folder .. "/mine.yaml")
local pasted = 0
for name in out:gmatch "FAIL ([^\n]+)" do
  local status = tap.run(("repro %s %s"):format(wrong, name))
  if status ~= 1 then tap.is(status, 1, "FAIL " .. name .. ", pasted") else pasted = pasted + 1 end
end
tap.is(pasted, select(2, out:gsub("FAIL ", "")), "each case as it is printed fails again")
tap.ok(pasted > 10, "there are many")

-- Files and folders of the suite, from anywhere; what is here comes first.
local function count(file, where)
  return (select(2, tap.shell(("cd %s && %s list --count %s"):format(where, tap.program:gsub("^build", here .. "/build"), file))))
end
local padding = count("cases/padding.yaml", here)
for _, name in ipairs {"padding.yaml", "cases/padding.yaml"} do
  for _, where in ipairs {here, folder} do tap.is(count(name, where), padding, name .. " is the suite's in " .. where:gsub(folder, "DIR")) end
end
tap.is(count("regressions", folder), count("cases/regressions", here), "a folder, too")
tap.write(folder .. "/stride.yaml", tap.read(folder .. "/mine.yaml"))
tap.is(count("stride.yaml", folder), count("mine.yaml", folder), "a file that is here stands before one of the suite")
local code, _, refusal = tap.run("run --impl build/mutants/padding-swapped.so nowhere.yaml")
tap.is(code, 2, "a file that is nowhere")
tap.has(refusal, "nowhere.yaml: no such case file, neither here nor in " .. here .. "/cases", "is reported with where it was looked for")

for _, f in ipairs {
  {"padding/nowhere", "no case 'nowhere' in ", "/cases/padding.yaml (conv2d-cts list "},
  {"nowhere.yaml#x", "nowhere.yaml: no such case file, neither here nor in ", "/cases"},
  {"nowhere", "'nowhere' names no case: an id (conv2d:...), FILE.yaml#NAME or FILE/NAME is expected", ""},
  {folder .. "/mine.yaml#short", "no case 'short' in " .. folder .. "/mine.yaml", ""},
} do
  local status, _, err = tap.run("show " .. f[1])
  tap.is(status, 2, "show " .. f[1]:gsub(folder, "DIR"))
  tap.has(err, f[2], "is reported")
  tap.has(err, f[3], "with where it was looked for")
end

tap.done()
