-- named_case.lua: a case by hand under every name that the program, a case file or a user's shell gives it:
-- padding/height-only, padding.yaml#height-only, cases/padding.yaml#height-only.

local named_case = {}

-- The files that FILE may mean: one that is here, of the suite, of the suite's root.
local function files(file)
  local found = {}
  for _, path in ipairs {file, cts.root .. "/cases/" .. file, cts.root .. "/" .. file} do
    if cts.exists(path) then found[#found + 1] = path end
  end
  return found
end

--- The file or folder that an argument means: one that is here, else one of the suite.
function named_case.file(path)
  if cts.exists(path) then return path end -- what is here and can't be read is the loader's to report
  return files(path)[1] or cts.fail(2, ("%s: no such case file, neither here nor in %s/cases"):format(path, cts.root))
end

-- The file and the name in FILE.yaml#NAME or FILE/NAME; names have neither '/' nor '#'.
local function read(text)
  local file, name = text:match("^(.*)#([^#]*)$")
  if file then return file, name end
  file, name = text:match("^(.*)/([^/]*)$")
  if file then return file .. ".yaml", name end
  cts.fail(2, ("'%s' names no case: an id (conv2d:...), FILE.yaml#NAME or FILE/NAME is expected"):format(text))
end

--- The case; else an error that says where it was looked for.
function named_case.find(text)
  local file, name = read(text)
  local paths = files(file)
  for _, path in ipairs(paths) do
    for _, tier in ipairs {"exhaustive", "large"} do
      local found = suite.load(path, {tier = tier}):find(path .. "#" .. name)
      if found then return found end
    end
  end
  if #paths == 0 then cts.fail(2, ("%s: no such case file, neither here nor in %s/cases"):format(file, cts.root)) end
  cts.fail(2, ("no case '%s' in %s (conv2d-cts list %s)"):format(name, paths[1], paths[1]))
end

return named_case
