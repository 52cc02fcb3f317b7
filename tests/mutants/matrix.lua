-- matrix.lua: runs a tier on every mutant and prints how many cases of which files caught it.
-- usage: conv2d-cts lua matrix.lua FOLDER [TIER]
-- The matrix of mutants and case files goes to FOLDER/MATRIX.tsv, that of mutants and cases to
-- FOLDER/KILLS.tsv for `conv2d-cts coverage --mutants`. It is about what a call means: mutants whose mistake
-- hangs on sizes, and the cases that were written for these, are left to kill.lua.
-- Exit status 1 if a mutant survives, or if the engine without a mistake does not pass.

package.path = cts.root .. "/tests/mutants/?.lua;" .. package.path
local mutants = require "mutants"

io.stdout:setvbuf("line")

local folder, tier = arg[1], arg[2] or "quick"
local root = cts.root .. "/cases"
local all = suite.load(root, {tier = tier})
local others = suite.load(root, {tier = tier, filter = function(c) return not mutants.is_of_sizes(c) end})

local function count_by_file(failed)
  local count = {}
  for _, f in ipairs(failed) do count[f.file] = (count[f.file] or 0) + 1 end
  return count
end

local function sorted_keys(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  return keys
end

local function write_matrix(list)
  local files = {}
  for _, m in ipairs(list) do
    for file in pairs(m.by_file) do files[file] = true end
  end
  files = sorted_keys(files)
  local out = assert(io.open(folder .. "/MATRIX.tsv", "w"))
  out:write("group\tmutant\tcases\t", table.concat(files, "\t"), "\n")
  for _, m in ipairs(list) do
    local row = {m.group, m.name, tostring(#m.failed)}
    for _, file in ipairs(files) do row[#row + 1] = tostring(m.by_file[file] or 0) end
    out:write(table.concat(row, "\t"), "\n")
  end
  out:close()
  return files
end

-- Lines "suite COUNT HASH", "case NUMBER ID" of the cases that caught anything, "mutant NAME GROUP NUMBERS".
local function write_kills(list)
  local number, count = {}, 0
  local out = assert(io.open(folder .. "/KILLS.tsv", "w"))
  local hash, number_of_cases = all:hash()
  out:write(("suite\t%d\t%s\n"):format(number_of_cases, hash))
  for _, m in ipairs(list) do
    for _, f in ipairs(m.failed) do
      if not number[f.case] then
        count = count + 1
        number[f.case] = count
        out:write(("case\t%d\t%s\n"):format(count, f.case))
      end
    end
  end
  for _, m in ipairs(list) do
    local numbers = {}
    for i, f in ipairs(m.failed) do numbers[i] = number[f.case] end
    out:write(("mutant\t%s\t%s\t%s\n"):format(m.name, m.group, table.concat(numbers, " ")))
  end
  out:close()
end

-- A mutant that dies by one file alone would survive without it, and so of a single case.
local function print_indispensable(list)
  print("\nfiles that alone catch a mutant:")
  local only = {}
  for _, m in ipairs(list) do
    local file = next(m.by_file)
    if file and not next(m.by_file, file) then
      only[file] = (only[file] or "") .. " " .. m.name
    end
  end
  for _, file in ipairs(sorted_keys(only)) do print(("  %-44s%s"):format(file, only[file])) end
  print("\ncases that alone catch a mutant:")
  for _, m in ipairs(list) do
    if #m.failed == 1 then print(("  %-36s %s"):format(m.name, m.failed[1].case)) end
  end
end

local function print_survivors(list)
  local survivors = 0
  for _, m in ipairs(list) do
    if #m.failed == 0 then
      survivors = survivors + 1
      print(("SURVIVES %s (%s): %s"):format(m.name, m.group, m.about))
    end
  end
  print(("\n%d of %d mutants are caught by tier %s"):format(#list - survivors, #list, tier))
  return survivors
end

-- "FILE count" for the three files that caught it most often.
local function main_files(by_file)
  local files = sorted_keys(by_file)
  table.sort(files, function(a, b)
    return by_file[a] > by_file[b] or by_file[a] == by_file[b] and a < b
  end)
  local words = {}
  for i = 1, math.min(3, #files) do words[i] = ("%s %d"):format(files[i], by_file[files[i]]) end
  if #files > 3 then words[4] = ("and %d more"):format(#files - 3) end
  return table.concat(words, ", ")
end

local failed, passed = mutants.run(folder, "none", others)
if #failed > 0 or passed == 0 then
  print(("the engine without a mistake fails %d cases, first %s"):format(#failed,
    failed[1] and failed[1].case or "none"))
  return 1
end

local list = {}
for _, m in ipairs(mutants.list(folder, {})) do
  if not mutants.of_sizes[m.group] then
    m.failed = mutants.run(folder, m.name, others)
    m.by_file = count_by_file(m.failed)
    print(("%-15s %-36s %5d  %s"):format(m.group, m.name, #m.failed, main_files(m.by_file)))
    list[#list + 1] = m
  end
end
write_matrix(list)
write_kills(list)
print_indispensable(list)
return print_survivors(list) == 0 and 0 or 1
