-- model.lua: logs as tables of rows, slices, and likely causes; runs in `conv2d-cts lua`.

package.path = "tests/?.lua;tests/reports/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"
local collect = require "reports.collect"
local pack = require "reports.pack"

local folder = tap.folder()

local function read(...)
  local paths = {}
  for i, text in ipairs {...} do
    paths[i] = ("%s/%d.jsonl"):format(folder, i)
    tap.write(paths[i], text)
  end
  return collect.read(paths)
end

local function sum(values)
  local n = 0
  for _, v in pairs(values) do n = n + v end
  return n
end

-- ---- rows

local model = read(made.log("a", made.cases(20, {[3] = made.wrong})), made.log("b", made.cases(20)))
tap.is(model.rows, 20, "a case is one row for both subjects")
tap.is(#model.subjects[1].failures, 1, "with the failure of one")
tap.is(#model.subjects[2].failures, 0, "and none of the other")
tap.is(model.subjects[1].failures[1].row, 3, "in its row")

model = read(made.log("a", {made.case(1), made.case(1), made.case(1, made.wrong)}))
tap.is(model.rows, 3, "equal cases of one log keep their own rows")

-- ---- slices: cases of sweeps have no names

local function swept(n, others)
  local lines = {}
  for i, line in ipairs(made.cases(n, others)) do lines[i] = line:gsub('"name":"[^"]*",', "") end
  return lines
end

collect.most_rows = 50
model = read(made.log("a", swept(90, {[7] = made.wrong, [8] = made.wrong, [9] = made.skipped})))
tap.is(model.rows, 3 + 3, "passes that look alike share a row, one for each padding")
tap.is(sum(model.count), 90, "and all cases are counted")
tap.is(#model.subjects[1].failures, 2, "failures keep theirs")
tap.is(model.subjects[1].verdict.words[model.subjects[1].verdict.values[1]], "pass", "a slice of passes passes")

local failing = {}
for i = 1, 90 do failing[i] = i > 30 and made.wrong or nil end
model = read(made.log("a", swept(90, failing)))
tap.ok(model.rows < 40, ("of many failures the later ones share rows, too: %d rows"):format(model.rows))
tap.is(sum(model.count), 90, "and all are counted")
tap.is(model.subjects[1].log.counts.failed, 60, "as failures")
collect.most_rows = 130000

-- ---- fewer profiles

do
  local search = require "reports.causes"
  local usual = search.most_profiles
  search.most_profiles = 4
  local wrong = {}
  for i = 1, 60 do wrong[i] = i % 3 == 2 and made.wrong or nil end
  local coarse = read(made.log("a", made.cases(60, wrong)))
  tap.has(coarse.subjects[1].causes[1].words, "padding is not 0", "of few profiles the cause is found all the same")
  tap.is(coarse.subjects[1].causes[1].failed, 20, "with exact counts")
  search.most_profiles = usual
end


-- ---- causes

local others = {}
for i = 2, 60, 3 do others[i] = made.wrong end -- those with padding 2
model = read(made.log("a", made.cases(60, others)))
local causes = model.subjects[1].causes
tap.is(#causes, 1, "one likely cause")
tap.has(causes[1].words, "padding is not 0", "which the failures have in common")
tap.is(causes[1].failed, 20, "with how many fail")
for i = 1, 60 do others[i] = i % 3 ~= 0 and made.wrong or nil end
model = read(made.log("a", made.cases(60, others)))
tap.is(model.subjects[1].causes[1].words, "padding is not 0", "nothing more is said where it explains all")
tap.is(model.subjects[1].causes[1].run, 40, "of how many that ran")

-- ---- packing: what page/data.js unpacks

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local function number_at(text, at, width)
  local v = 0
  for i = at, at + width - 1 do v = v * 64 + LETTERS:find(text:sub(i, i), 1, true) - 1 end
  return v
end

local function unpack_integers(packed)
  local values, width = {}, packed.width
  if packed.all then
    for at = 1, #packed.all, width do values[#values + 1] = number_at(packed.all, at, width) end
    return values
  end
  for at = 1, #packed.runs, width + 4 do
    for _ = 1, number_at(packed.runs, at + width, 4) do values[#values + 1] = number_at(packed.runs, at, width) end
  end
  return values
end

local columns = {
  ["nothing"] = {}, ["small ones"] = {0, 1, 63, 5, 5, 2}, ["two letters"] = {64, 4095, 0}, ["three"] = {4096, 262143},
  ["four"] = {262144, 16777215, 1}, ["one run"] = {}, ["two runs"] = {},
}
for i = 1, 5000 do columns["one run"][i], columns["two runs"][i] = 7, i < 3000 and 70 or 5000 end
for name, values in pairs(columns) do
  local packed = pack.integers(values, #values)
  tap.is(table.concat(unpack_integers(packed), " "), table.concat(values, " "), "packs " .. name)
end
tap.ok(#pack.integers(columns["one run"], 5000).runs < 10, "a run is short")
tap.done()
