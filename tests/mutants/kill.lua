-- kill.lua: sees that every mutant dies, by more than one case.
-- usage: conv2d-cts lua kill.lua FOLDER [NAME ...]
-- FOLDER holds LIST and NAME.so. The cases that killed a mutant the last time stand in killers.tsv beside
-- this file; those of them that the suite still has are tried first. If they do not find it twice, all of
-- quick is searched, the cases of sizes first for mistakes that hang on sizes; then full, without the rest.
-- FOLDER/KILLERS.tsv gets the lines that killers.tsv should have; `make killers` puts them there.
-- What only one case forbids has one case: a single one is enough for a mistake that does not hang on sizes.
-- Exit status 1 if a mutant survives, or dies by too few, or if the engine without a mistake fails a case.

package.path = cts.root .. "/tests/mutants/?.lua;" .. package.path
local mutants = require "mutants"

io.stdout:setvbuf("line")

local enough = 4
local folder, wanted = arg[1], {}
for i = 2, #arg do wanted[arg[i]] = true end

-- A tier's cases, as a list, and by id. Covering arrays are built once.
local function load_tier(tier)
  local t = {list = {}, by_id = {}}
  for c in suite.load(cts.root .. "/cases", {tier = tier}):cases() do
    t.list[#t.list + 1], t.by_id[c.id] = c, c
  end
  return t
end

local quick, full = load_tier "quick", nil

local function whole()
  full = full or load_tier "full"
  return full
end

-- Cases of a list for which `test` is true, and then those for which it is not.
local function sorted(list, test)
  local first, last = {}, {}
  for _, c in ipairs(list) do table.insert(test(c) and first or last, c) end
  return table.move(last, 1, #last, #first + 1, first)
end

local function is_other(c) return not mutants.is_of_sizes(c) end
local by_sizes, by_meaning = sorted(quick.list, mutants.is_of_sizes), sorted(quick.list, is_other)

-- Files in which mistakes of a group are looked for first.
local home = {options = "sweeps/options", limits = "^limits", sequences = "sweeps/sequences"}

-- The cases of quick in the order in which a mutant is tried on them.
local function order_for(m)
  if home[m.group] then return sorted(by_sizes, function(c) return c.file:find(home[m.group]) ~= nil end) end
  return mutants.of_sizes[m.group] and by_sizes or by_meaning
end

-- ---- the cases that killed before

local function read_killers()
  local killers = {}
  for line in io.lines(cts.root .. "/tests/mutants/killers.tsv") do
    local name, id = line:match("^(.-)\t(.*)$")
    killers[name] = killers[name] or {}
    table.insert(killers[name], id)
  end
  return killers
end

local killers = read_killers()

-- What is left of them: in quick, and if that is too little, in full.
local function known(m)
  local cases = {}
  for _, id in ipairs(killers[m.name] or {}) do cases[#cases + 1] = quick.by_id[id] end
  if #cases >= 2 then return cases, "quick" end
  for _, id in ipairs(killers[m.name] or {}) do
    if not quick.by_id[id] then cases[#cases + 1] = whole().by_id[id] end
  end
  return cases, "full"
end

-- ---- killing

-- What full has and quick has not, the cases of sizes first.
local function rest_of_full()
  local rest = {}
  for _, c in ipairs(whole().list) do
    if not quick.by_id[c.id] then rest[#rest + 1] = c end
  end
  return sorted(rest, mutants.is_of_sizes)
end

local function is_dead(m, failed)
  return #failed >= 2 or #failed == 1 and not mutants.of_sizes[m.group]
end

local function kill(m)
  local cases, tier = known(m)
  local failed = #cases > 0 and mutants.run(folder, m.name, cases, enough) or {}
  if is_dead(m, failed) then return failed, tier end
  failed = mutants.run(folder, m.name, order_for(m), enough)
  if is_dead(m, failed) then return failed, "quick" end
  local more = mutants.run(folder, m.name, rest_of_full(), enough)
  return table.move(more, 1, #more, #failed + 1, failed), "full"
end

-- The lines of those that were not tried stay as they are.
local function write_killers()
  local out = assert(io.open(folder .. "/KILLERS.tsv", "w"))
  for _, m in ipairs(mutants.list(folder, {})) do
    for _, id in ipairs(killers[m.name] or {}) do out:write(("%s\t%s\n"):format(m.name, id)) end
  end
  out:close()
end

local function ids_of(failed)
  local ids = {}
  for i, f in ipairs(failed) do ids[i] = f.case end
  return ids
end

local function print_fate(m, failed, tier)
  local first = failed[1] and ("%s, %s"):format(tier, failed[1].file) or ""
  print(("%-15s %-40s %s%s  %s"):format(m.group, m.name, #failed == enough and ">=" or "  ", #failed, first))
end

local failed, passed = mutants.run(folder, "none", quick.list)
if #failed > 0 or passed == 0 then
  print(("the engine without a mistake fails %d cases, first %s"):format(#failed,
    failed[1] and failed[1].case or "none"))
  return 1
end

local count = {quick = 0, full = 0, survivor = 0, lucky = 0}
local list = mutants.list(folder, wanted)
for _, m in ipairs(list) do
  local died_of, tier = kill(m)
  local fate = #died_of == 0 and "survivor" or is_dead(m, died_of) and tier or "lucky"
  count[fate] = count[fate] + 1
  killers[m.name] = ids_of(died_of)
  print_fate(m, died_of, tier)
  if fate == "survivor" then print(("SURVIVES %s (%s): %s"):format(m.name, m.group, m.about)) end
  if fate == "lucky" then print(("by luck? %s (%s): %s"):format(m.name, m.group, m.about)) end
  write_killers()
end
print(("\nof %d mutants %d die by cases of quick, %d by cases of full; %d by luck, %d survive")
  :format(#list, count.quick, count.full, count.lucky, count.survivor))
return count.survivor + count.lucky == 0 and 0 or 1
