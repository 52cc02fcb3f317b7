-- corpus.lua: what a hunt leaves in a folder, so that another may go on with it: `corpus` has a line for each case in which
-- something was new, and for how far the hunt had come; `faults.jsonl` a line for each fault. Lines are only ever added,
-- so a hunt that is killed loses nothing, and corpora of several machines are merged by naming their folders.

local escape = require "text.escape"

local corpus = {}

local HEAD = "# conv2d-cts hunt 1"

-- Whole lines, and a last one without its end, which a killed program left.
local function read_lines(path)
  local file = io.open(path)
  if not file then return {} end
  local text, why = file:read "a"
  file:close()
  if not text then cts.fail(2, ("%s: %s"):format(path, why)) end
  local list, cut = {}, text:match "[^\n]*$"
  for line in text:gmatch "(.-)\n" do list[#list + 1] = line end
  return list, cut
end

local function refuse(path, n, what) cts.fail(2, ("%s:%d: %s"):format(path, n, what)) end

-- The ids of a corpus, and the tries that had been made with a seed.
local function read_ids(path, into)
  local lines, cut = read_lines(path)
  if #lines == 0 and cut and cut ~= HEAD:sub(1, #cut) then refuse(path, 1, "this is no corpus of a hunt") end
  for n, line in ipairs(lines) do
    local seed, tries = line:match "^# seed (%-?%d+), tries (%d+)$"
    if n == 1 and line ~= HEAD then refuse(path, n, "this is no corpus of a hunt") end
    if seed then
      seed, tries = math.tointeger(seed), math.tointeger(tries)
      if not seed or not tries then refuse(path, n, "a number is too large") end
      into.tries[seed] = tries
    end
    if line:sub(1, 1) ~= "#" and line ~= "" then
      if not pcall(case.parse, line) then refuse(path, n, "a case is expected, got '" .. line .. "'") end
      into.ids[#into.ids + 1] = line
    end
  end
end

local function is_fault(v)
  if type(v) ~= "table" or type(v.keys) ~= "table" or #v.keys == 0 then return false end
  for _, field in ipairs {"id", "shrunk", "verdict"} do
    if type(v[field]) ~= "string" then return false end
  end
  return pcall(case.parse, v.shrunk)
end

local function read_faults(path, into)
  for n, line in ipairs((read_lines(path))) do
    local good, fault = pcall(json.decode, line)
    if not good or not is_fault(fault) then refuse(path, n, "this is no fault that a hunt has found") end
    into.faults[#into.faults + 1] = fault
  end
end

--- Reads folders, one after the other: {ids = {}, faults = {}, tries = {[seed] = number}}. Folders that are not there are empty.
function corpus.read(folders)
  local all = {ids = {}, faults = {}, tries = {}}
  for _, folder in ipairs(folders) do
    read_ids(folder .. "/corpus", all)
    read_faults(folder .. "/faults.jsonl", all)
  end
  return all
end

local function add(file, line)
  if not file then return end
  local good, why = file:write(line, "\n")
  if good then good, why = file:flush() end
  if not good then cts.fail(3, "the corpus cannot be written: " .. why) end
end

-- Takes away a last line without its end, so that nothing is added to it.
local function drop_cut_line(path)
  local file = io.open(path)
  if not file then return end
  local text = file:read "a"
  file:close()
  if text == "" or text:sub(-1) == "\n" then return end
  local new, why = io.open(path .. ".new", "w")
  if not new then cts.fail(3, why) end
  new:write((text:gsub("[^\n]*$", "")))
  if not new:close() then cts.fail(3, path .. ".new cannot be written") end
  assert(os.rename(path .. ".new", path))
end

--- Begins to add to a folder, which is made; nil: nothing is kept. ids: those that it has.
function corpus.open(folder, ids)
  local kept = {has = {}}
  for _, id in ipairs(ids) do kept.has[id] = true end
  if not folder then return kept end
  os.execute("mkdir -p " .. escape.shell(folder))
  for name, path in pairs {ids = folder .. "/corpus", faults = folder .. "/faults.jsonl"} do
    drop_cut_line(path)
    local file, why = io.open(path, "a")
    if not file then cts.fail(2, why) end
    kept[name] = file
  end
  if kept.ids:seek("end") == 0 then add(kept.ids, HEAD) end
  return kept
end

function corpus.add_id(kept, id)
  if not kept.has[id] then add(kept.ids, id) end
  kept.has[id] = true
end

function corpus.add_tries(kept, seed, tries) add(kept.ids, ("# seed %d, tries %d"):format(seed, tries)) end
function corpus.add_fault(kept, fault) add(kept.faults, json.encode(fault)) end

return corpus
