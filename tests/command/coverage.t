#!/usr/bin/env lua5.4
-- coverage.t: which clauses cases exercise, and which mutants belong to which clause. What is missing is reported.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local file = folder .. "/small.yaml"
tap.write(file, [=[
about: Two cases that name a clause, one that a clause governs, one that is rejected, and a sweep.
base: {input: [1, 2, 5, 6], out_channels: 3, kernel_size: 2}
cases:
  - {name: plain,    clauses: [FWD-1]}
  - {name: grouped,  clauses: [GROUP-1], groups: 2, out_channels: 4}
  - {name: mirrored, clauses: [FWD-1], padding: 1, padding_mode: reflect}
  - {name: refused,  stride: 0, rejects: VALID-8}
sweep:
  axes:
    padding: [2, 3]
    padding_mode: [reflect, circular]
  strength: all
]=])

local ids = {}
local _, listed = tap.run("list --ids " .. file)
for id in listed:gmatch("[^\n]+") do ids[#ids + 1] = id end
tap.is(#ids, 8, "the suite has eight cases")
local _, hash = tap.run("list --hash " .. file)

-- A matrix in which each mutant is killed by the cases of these numbers.
local function matrix(mutants, suite)
  local lines = {"suite\t" .. (suite or hash:gsub(" ", "\t"):gsub("\n", ""))}
  for i, id in ipairs(ids) do lines[#lines + 1] = ("case\t%d\t%s"):format(i, id) end
  for name, numbers in pairs(mutants) do lines[#lines + 1] = ("mutant\t%s\tgroup\t%s"):format(name, numbers) end
  tap.write(folder .. "/KILLS.tsv", table.concat(lines, "\n") .. "\n")
end

local function coverage(more)
  return tap.run(("coverage --strength 1 --mutants %s/KILLS.tsv %s %s"):format(folder, more or "", file))
end

-- The clause's part of the JSON.
local function clause(id)
  local _, out = coverage "--json"
  tap.write(folder .. "/coverage.json", out)
  local script = ("for _, c in ipairs(json.decode(io.open('%s/coverage.json'):read 'a').clauses) do "
    .. "for _, list in ipairs {c.killed, c.alone, c.alone_by_hand} do table.sort(list) end "
    .. "if c.id == '%s' then print(c.cases, c.by_hand, table.concat(c.killed, ' '), "
    .. "table.concat(c.alone, ' '), table.concat(c.alone_by_hand, ' ')) end end"):format(folder, id)
  tap.write(folder .. "/print.lua", script)
  local _, text, err = tap.run(("lua %s/print.lua"):format(folder))
  return (text .. err):gsub("\n", ""):gsub("\t", "|")
end

matrix {mirror = "3 5 7", hand = "3 8", group = "2", stride = "4", all = "1 2 3 4 5 6 7 8"}
tap.is(clause "PAD-6", "3|1|all hand mirror|mirror|hand mirror", "a clause has the cases that it governs, and not the circular ones")
tap.is(clause "GROUP-1", "1|1|all group|group|group", "a mutant that only its cases kill is its own")
tap.is(clause "VALID-8", "1|1|all stride|stride|stride", "a call that is rejected exercises the clause that it breaks")
tap.is(clause "BACK-1", "0|0|||", "and no clause of other directions")

local status, out = coverage()
tap.is(status, 1, "what is missing fails")
tap.has(out, "5 of 5 mutants are killed, 2 of them by a single case", "the score is reported")
tap.has(out, "missing:", "and what is missing")
tap.has(out, "GROUP-1      exercised by 1 cases by hand", "a clause of one case")
tap.has(out, "DTYPE-1      free", "a reason is reported")

matrix {survivor = ""}
status, out = coverage()
tap.has(out, "0 of 1 mutants are killed", "a mutant that lives is counted")
tap.is(status, 1, "and fails")

matrix({mirror = "3"}, "8\t00000000000000000000000000000000")
local err
status, out, err = coverage()
tap.is(status, 2, "the matrix of another suite is refused")
tap.has(err, "is of other cases", "in words")
tap.write(folder .. "/KILLS.tsv", "nothing\n")
status, out, err = coverage()
tap.is(status, 2, "what is no matrix is refused")
tap.has(err, "not a matrix of kills", "in words")

-- ---- sizes and costs

local sized = folder .. "/sized.yaml"
tap.write(sized, [=[
about: Two calls of forward, one of backward, and one that is rejected.
base: {input: [2, 6, 5, 9], out_channels: 4, kernel_size: [1, 3], dtype: int8}
cases:
  - {name: dense}
  - {name: grouped, groups: 2, dtype: float64}
  - {name: back, direction: backward, gradients: weight, dtype: float32, input: [1, 7, 5, 9]}
  - {name: refused, stride: 0, rejects: VALID-8}
]=])
local _, text = tap.run("coverage --strength 1 " .. sized)
local function row(quantity, population)
  return (text:match("\n" .. quantity .. " +" .. population .. " ([^\n]+)") or "no row"):gsub(" +", " ")
end
tap.is(row("input channels of a group", "forward"), " - 1 1 - - - - - - - - - -", "3 and 6 channels have a class each")
tap.is(row("input channels of a group", "backward"), " - - 1 - - - - - - - - - -", "and so have 7 backward")
tap.is(row("output width", "not float32"), " - - 2 - - - - - - - - - -", "cases of other types are counted")
tap.is(row("products of an output", "forward"), " - - - 1 1 - - - - - - - -", "9 and 18 products")
tap.is(text:match("input channels of a group  backward    ([%d ]+)\n"),
  "3 4 5 8 9 15 16 17 31 32 33 63 64 65 127 128 129 255 256 257", "what is not at a threshold is named")
local _, cost = tap.run("list --cost " .. sized)
-- Products: 280 outputs of 18 and of 9, and 140 of 21. Results: 280 each; 315 and 84. Bytes: 540 + 72 + 280,
-- (540 + 36 + 280) * 8, (315 + 84 + 140) * 4.
tap.is(cost, "4 cases: 10.5 thousand products, 959 elements of results, 9.896 kB of tensors; "
  .. "the largest 5.04 thousand products and 6.848 kB\n", "what the cases cost")

tap.done()
