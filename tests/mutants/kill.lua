-- kill.lua: runs the suite on every mutant and prints which cases caught it.
-- usage: lua5.4 kill.lua PROGRAM FOLDER [TIER] [NAME ...]
-- FOLDER holds LIST and NAME.so. If no NAME is given, the matrix of mutants and case files goes to
-- FOLDER/MATRIX.tsv, that of mutants and cases to FOLDER/KILLS.tsv for `conv2d-cts coverage --mutants`.
-- Exit status 1 if a mutant survives, or if the engine without a mistake does not pass.

io.stdout:setvbuf("line")

local program, folder, tier = arg[1], arg[2], arg[3] or "quick"
local harmless = {pass = true, unsupported = true, ["not declared"] = true, unchecked = true}

-- The mutants of LIST, all or those named on the command line.
local function read_list()
  local wanted, list = {}, {}
  for i = 4, #arg do wanted[arg[i]] = true end
  for line in io.lines(folder .. "/LIST") do
    local name, group, about = line:match("^(.-)\t(.-)\t(.*)$")
    if #arg < 4 or wanted[name] then
      list[#list + 1] = {name = name, group = group, about = about}
    end
  end
  return list
end

-- Runs the suite on one, with time for large cases where others work the machine too; returns its
-- exit status, the cases that failed, {case =, file =} each, and how many there were.
local function run(name)
  local log = os.tmpname()
  local _, _, status = os.execute(("%s run --impl %s/%s.so --tier %s --time-limit 100 --log %s >/dev/null 2>&1")
    :format(program, folder, name, tier, log))
  local failed, complete = {}, false
  for line in io.lines(log) do
    local case, verdict = line:match('^{"case":"(.-)",'), line:match('"verdict":"(.-)"')
    if case and not harmless[verdict] then
      failed[#failed + 1] = {case = case, file = line:match('"file":"(.-)"') or "-"}
    end
    complete = complete or line:find('^{"end":true') ~= nil
  end
  os.remove(log)
  if not complete then error(("%s: the run did not end (status %s)"):format(name, status)) end
  return status, failed
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

-- Of which cases the matrix is: how many, and the hash of their ids.
local function identify_suite()
  local pipe = assert(io.popen(("%s list --hash --tier %s"):format(program, tier)))
  local count, hash = pipe:read("a"):match("^(%d+) (%x+)\n$")
  assert(pipe:close() and hash, "no hash of the suite")
  return count, hash
end

-- Lines "suite COUNT HASH", "case NUMBER ID" of the cases that caught anything, "mutant NAME GROUP NUMBERS"
-- of all mutants.
local function write_kills(mutants)
  local number, count = {}, 0
  local out = assert(io.open(folder .. "/KILLS.tsv", "w"))
  out:write(("suite\t%s\t%s\n"):format(identify_suite()))
  for _, m in ipairs(mutants) do
    for _, f in ipairs(m.failed) do
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
    out:write(("mutant\t%s\t%s\t%s\n"):format(m.name, m.group, table.concat(numbers, " ")))
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

local function print_survivors(mutants)
  local survivors = 0
  for _, m in ipairs(mutants) do
    if #m.failed == 0 then
      survivors = survivors + 1
      print(("SURVIVES %s (%s): %s"):format(m.name, m.group, m.about))
    end
  end
  print(("\n%d of %d mutants are caught by tier %s"):format(#mutants - survivors, #mutants, tier))
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


local status, failed = run "none"
if status ~= 0 then
  print(("the engine without a mistake fails %d cases, first %s"):format(#failed,
    failed[1] and failed[1].case or "none"))
  os.exit(1)
end
local mutants = read_list()
for _, m in ipairs(mutants) do
  m.failed = select(2, run(m.name))
  m.by_file = count_by_file(m.failed)
  print(("%-15s %-36s %5d  %s"):format(m.group, m.name, #m.failed, main_files(m.by_file)))
end
if #arg < 4 then
  write_matrix(mutants)
  write_kills(mutants)
end
print_indispensable(mutants)
os.exit(print_survivors(mutants) == 0)
