#!/usr/bin/env lua5.4
-- kinds.t: a list, a map or a word where something else is expected, at each place of a case file, of a table of layers
-- and of the table of clauses, has its message with line and column.

package.path = "tests/?.lua;tests/suite/?.lua;" .. package.path
local check_mistakes, tap = require "mistakes", require "tap"

local base = "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\n"
local good = base .. "cases:\n"
local sweep = base .. "sweep: "
local models = "about: x\nmodels:\n  networks: [a]\n"
local layer = "  layers:\n  - keys: {kernel_size: 3}\n    shapes: [[1, 5, 5, 1, 0]]\n"

-- {name, file, message after the file's name}
local mistakes = {
  {"a list in a shape", good .. "  - {name: a, input: [1, [1], 4, 5]}\n", ":4:26: input: an integer is expected here"},
  {"a shape of six", good .. "  - {name: a, input: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n", ":4:22: input: a list of at most"},
  {"a word for a shape", good .. "  - {name: a, input: x}\n", ":4:22: input: a list of integers is expected"},
  {"a word without end", good .. "  - {name: a, data: " .. ("x"):rep(500) .. "}\n", ":4:21: data: too long"},
  {"a list for a tier", "about: x\ntier: [quick]\ncases: []\n", ":2:7: one of quick, full, exhaustive, models, large is expected, got 'a list'"},
  {"a map for a tier", "about: x\ntier: {a: 1}\ncases: []\n", ":2:7: one of quick, full, exhaustive, models, large is expected, got 'a map'"},
  {"a list for a clause", good .. "  - {name: a, clauses: [[PAD-1]]}\n", ":4:25: a clause id is expected"},
  {"a word for clauses", good .. "  - {name: a, clauses: PAD-1}\n", ":4:24: clauses: a list of clause ids is expected"},
  {"a list for values", good .. "  - {name: a, values: [1]}\n", ":4:23: values: a map of lists is expected"},
  {"a distance below 0", good .. "  - {name: a, values: {output: [1], within: -1}}\n", ":4:45: within: a number >= 0 is expected"},
  {"a word for numbers", good .. "  - {name: a, values: {input: one}}\n", ":4:31: input: a list of numbers is expected"},
  {"a list for axes", sweep .. "{axes: [stride]}\n", ":3:15: axes: a map of lists is expected"},
  {"a list for a sweep", sweep .. "[stride]\n", ":3:8: sweep: a map is expected"},
  {"a sweep without axes", sweep .. "{where: 'true'}\n", ":3:8: axes: must be given"},
  {"a map for a where", sweep .. "{axes: {stride: [1, 2]}, where: {a: 1}}\n",
    ":3:40: where: a Lua expression of at most 1000 characters is expected"},
  {"a where that no combination fulfils", sweep .. "{axes: {stride: [1, 2]}, where: 'false', strength: 1}\n",
    ": sweep: no valid combination"},
  {"a list for models", "about: x\nmodels: [a]\n", ":2:9: "},
  {"a word for networks", "about: x\nmodels:\n  networks: a\n" .. layer, ":3:13: networks: a list of 1 to"},
  {"a word for samples", models .. "  samples: a\n" .. layer, ":4:12: samples: a list of at most"},
  {"a list for keys", models .. "  layers:\n  - keys: [3]\n    shapes: [[1, 5, 5, 1, 0]]\n", ": keys: a map of keys of a case is expected"},
  {"a list for layers of one kernel", models .. "  layers:\n  - [a]\n", ":5:5: layers: a map of keys and shapes is expected"},
}

local folder = tap.folder()
check_mistakes(mistakes, "list", folder .. "/case.yaml")

-- The table of clauses is read before anything else. A tree has all that the program reads, but for this table.
local clauses = {
  {"a list", "- a\n", ":1:1: "},
  {"clauses that are no list", "clauses: a\n", ":1:1: clauses: a list is expected"},
  {"a clause that is no map", "clauses:\n- a\n", ":2:3: a clause is a map"},
  {"a clause without a class", "clauses:\n- {id: PAD-1, title: x}\n", ":2:3: a clause has id, title and class"},
  {"a class that is none", "clauses:\n- {id: PAD-1, title: x, class: may}\n", ":2:3: class: must, free or quirk is expected"},
}
tap.shell(("mkdir %s/specs && for f in cases runner reports include build; do ln -s $PWD/$f %s/$f; done"):format(folder, folder))
for _, m in ipairs(clauses) do
  tap.write(folder .. "/specs/conv2d.yaml", m[2])
  local status, out, err = tap.shell(("CONV2D_CTS_ROOT=%s %s list cases/padding.yaml"):format(folder, tap.program))
  tap.ok(status == 3 and out == "", "clauses: " .. m[1] .. ": status 3, as the suite itself is broken, and nothing on standard output, got " .. status)
  tap.has(err, "specs/conv2d.yaml" .. m[3], "clauses: " .. m[1] .. ": message")
end

tap.done()
