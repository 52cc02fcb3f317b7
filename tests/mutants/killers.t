#!/usr/bin/env lua5.4
-- killers.t: killers.tsv names mutants that there are and cases that can be read.
-- `make mutants` runs them; `make killers` writes the file.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local known = {}
for line in io.lines "build/mutants/LIST" do known[line:match "^[^\t]+"] = true end

local strange, ids = {}, {}
for line in io.lines "tests/mutants/killers.tsv" do
  local name, id = line:match "^([^\t]+)\t(conv2d:[^\t]+)$"
  if not name or not known[name] then
    strange[#strange + 1] = line
  else
    ids[#ids + 1] = id
  end
end
tap.is(table.concat(strange, "\n"), "", "every line is a mutant and an id")

local script = os.tmpname()
tap.write(script, "for id in io.lines(arg[1]) do case.parse(id) end")
local list = os.tmpname()
tap.write(list, table.concat(ids, "\n") .. "\n")
tap.is(tap.run(("lua %s %s"):format(script, list)), 0, "every id can be read")
os.remove(script)
os.remove(list)
tap.done()
