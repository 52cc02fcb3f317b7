-- kill.lua: runs the suite on every mutant and prints which cases caught it.
-- usage: conv2d-cts lua kill.lua FOLDER [TIER] [NAME ...]
-- FOLDER holds LIST and NAME.so. If no NAME is given, the matrix of mutants and case files goes to
-- FOLDER/MATRIX.tsv, that of mutants and cases to FOLDER/KILLS.tsv for `conv2d-cts coverage --mutants`.
-- The suite is read once: to read it and to build its covering arrays takes longer than most runs.
-- Mistakes that hang on sizes are looked for in a few cases of the tier that found them before, which
-- killers.tsv beside this file names; then in the cases of sizes, until enough have found one, and only
-- then in the others. All other mistakes are looked for in all other cases, and KILLS.tsv has these alone.
-- FOLDER/KILLERS.tsv gets the lines that killers.tsv should have, `make killers` puts them there.
-- Exit status 1 if a mutant survives or dies by a single case of sizes, or if the engine without a
-- mistake does not pass.

io.stdout:setvbuf("line")

local folder, tier = arg[1], arg[2] or "quick"
local enough = 4
local of_sizes = {sizes = true, gradients = true, options = true, limits = true, sequences = true} -- groups of mutants
local files_of_sizes = {}
for _, file in ipairs {"limits", "limits-large", "limits-unfolded", "sweeps/blocks", "sweeps/channels",
                       "sweeps/even-kernels", "sweeps/options", "sweeps/sequences", "sweeps/threads", "sweeps/widths"} do
  files_of_sizes[file .. ".yaml"] = true
end

local root = cts.root .. "/cases"
local all = suite.load(root, {tier = tier})
local others = suite.load(root, {tier = tier, filter = function(c) return not files_of_sizes[c.file] end})
local sizes = suite.load(root, {tier = tier, filter = function(c) return files_of_sizes[c.file] end})

-- By mutant the ids of cases that killed it when they were last looked for.
local function read_killers()
  local killers = {}
  for line in io.lines(cts.root .. "/tests/mutants/killers.tsv") do
    local name, id = line:match("^(.-)\t(.*)$")
    killers[name] = killers[name] or {}
    killers[name][id] = true
  end
  return killers
end

-- The cases of the tier that killers.tsv names, by mutant. What the tier has lost is not among them.
local function list_killers()
  local killers, cases = read_killers(), {}
  for c in all:cases() do
    for name, ids in pairs(killers) do
      if ids[c.id] then
        cases[name] = cases[name] or {}
        table.insert(cases[name], c)
      end
    end
  end
  return cases
end

-- The mutants of LIST, all or those named on the command line.
local function read_list()
  local wanted, list = {}, {}
  for i = 3, #arg do wanted[arg[i]] = true end
  for line in io.lines(folder .. "/LIST") do
    local name, group, about = line:match("^(.-)\t(.-)\t(.*)$")
    if #arg < 3 or wanted[name] then
      list[#list + 1] = {name = name, group = group, about = about}
    end
  end
  return list
end

-- Runs cases on one, with time for large ones where others work the machine too; returns the cases
-- that failed, {case =, file =} each, at most `limit`, and how many passed.
local function run(name, cases, limit)
  local failed, passed = {}, 0
  local tested = subject.open {path = ("%s/%s.so"):format(folder, name), time_limit = 100}
  local done, message = pcall(tested.run, tested, cases, {all = true, each = function(result)
    if result.class == "failed" or result.class == "broken" then
      failed[#failed + 1] = {case = result.case.id, file = result.case.file or "-"}
      if #failed == limit then error "enough" end
    elseif result.class == "passed" then
      passed = passed + 1
    end
  end})
  if not done and #failed ~= limit then error(message) end
  return failed, passed
end

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

local function write_matrix(mutants)
  local files = {}
  for _, m in ipairs(mutants) do
    for file in pairs(m.by_file) do files[file] = true end
  end
  files = sorted_keys(files)
  local out = assert(io.open(folder .. "/MATRIX.tsv", "w"))
  out:write("group\tmutant\tcases\t", table.concat(files, "\t"), "\n")
  for _, m in ipairs(mutants) do
    local row = {m.group, m.name, tostring(#m.failed)}
    for _, file in ipairs(files) do row[#row + 1] = tostring(m.by_file[file] or 0) end
    out:write(table.concat(row, "\t"), "\n")
  end
  out:close()
  return files
end

-- Lines "suite COUNT HASH", "case NUMBER ID" of the cases that caught anything, "mutant NAME GROUP NUMBERS"
-- of the mutants that do not hang on sizes.
local function write_kills(mutants)
  local number, count = {}, 0
  local out = assert(io.open(folder .. "/KILLS.tsv", "w"))
  local hash, number_of_cases = all:hash()
  out:write(("suite\t%d\t%s\n"):format(number_of_cases, hash))
  for _, m in ipairs(mutants) do
    for _, f in ipairs(of_sizes[m.group] and {} or m.failed) do
      if not number[f.case] then
        count = count + 1
        number[f.case] = count
        out:write(("case\t%d\t%s\n"):format(count, f.case))
      end
    end
  end
  for _, m in ipairs(mutants) do
    local numbers = {}
    for i, f in ipairs(m.failed) do numbers[i] = number[f.case] end
    if not of_sizes[m.group] then
      out:write(("mutant\t%s\t%s\t%s\n"):format(m.name, m.group, table.concat(numbers, " ")))
    end
  end
  out:close()
end

-- A mutant that dies by one file alone would survive without it, and so of a single case.
local function print_indispensable(mutants)
  print("\nfiles that alone catch a mutant:")
  local only = {}
  for _, m in ipairs(mutants) do
    local file = next(m.by_file)
    if file and not next(m.by_file, file) then
      only[file] = (only[file] or "") .. " " .. m.name
    end
  end
  for _, file in ipairs(sorted_keys(only)) do print(("  %-44s%s"):format(file, only[file])) end
  print("\ncases that alone catch a mutant:")
  for _, m in ipairs(mutants) do
    if #m.failed == 1 then print(("  %-36s %s"):format(m.name, m.failed[1].case)) end
  end
end

-- How many live, or die by a single case of sizes, which luck may have put there.
local function print_survivors(mutants)
  local survivors, lucky = 0, 0
  for _, m in ipairs(mutants) do
    if #m.failed == 0 then
      survivors = survivors + 1
      print(("SURVIVES %s (%s): %s"):format(m.name, m.group, m.about))
    elseif #m.failed == 1 and of_sizes[m.group] then
      lucky = lucky + 1
      print(("by luck? %s (%s): %s"):format(m.name, m.group, m.about))
    end
  end
  print(("\n%d of %d mutants are caught by tier %s"):format(#mutants - survivors, #mutants, tier))
  return survivors + lucky
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

local failed, passed = run("none", all)
if #failed > 0 or passed == 0 then
  print(("the engine without a mistake fails %d cases, first %s"):format(#failed,
    failed[1] and failed[1].case or "none"))
  return 1
end

-- The cases that kill a mutant that hangs on sizes, `enough` or all there are.
local killers = list_killers()
local function kill(m)
  local failed = killers[m.name] and run(m.name, killers[m.name], enough) or {}
  if #failed >= 2 then return failed end
  m.searched = true
  failed = run(m.name, sizes, enough)
  if #failed < 2 then table.move(run(m.name, others), 1, enough, #failed + 1, failed) end
  return failed
end

local function write_killers(mutants)
  local out = assert(io.open(folder .. "/KILLERS.tsv", "w"))
  for _, m in ipairs(mutants) do
    for _, f in ipairs(of_sizes[m.group] and m.failed or {}) do
      out:write(("%s\t%s\n"):format(m.name, f.case))
    end
  end
  out:close()
end

local mutants = read_list()
for _, m in ipairs(mutants) do
  if of_sizes[m.group] then
    m.failed = kill(m)
  else
    m.failed = run(m.name, others)
  end
  m.by_file = count_by_file(m.failed)
  do local f=io.open("/proc/self/stat"):read("a"):match("%) (.*)") local k=0 local v={} for w in f:gmatch("%S+") do k=k+1 v[k]=w end io.stderr:write(m.name," ",(v[12]+v[13]+v[14]+v[15])/100,"\n") end
  print(("%-15s %-36s %5d  %s"):format(m.group, m.name, #m.failed, main_files(m.by_file)))
end
if #arg < 3 then
  write_matrix(mutants)
  write_kills(mutants)
  write_killers(mutants)
end
print_indispensable(mutants)
return print_survivors(mutants) == 0 and 0 or 1
