-- new: writes the beginning of an adapter.

local adapter = require "scaffold.adapter"
local escape = require "text.escape"
local options = require "cli.options"
local output = require "text.output"

local about = {
  c = "in C: a shared object", cpp = "in C++17: a shared object", cuda = "in CUDA C++: a shared object that copies to the device",
  python = "in Python, for a function on NumPy arrays: a process", rust = "in Rust: a shared object, without dependencies",
  go = "in Go: a process, without dependencies",
}

local command = {
  name = "new",
  arguments = {2, 2, "what to make, and its name"},
  usage = "adapter --c|--cpp|--cuda|--python|--rust|--go NAME",
  about = "Writes a folder NAME with a subject that builds and conforms, and a place in it for your kernel.",
  options = {},
  more = "NAME consists of letters, digits, '_' and '-', and begins with a letter. What is there is never overwritten.",
}
for i, language in ipairs(adapter.languages) do command.options[i] = {language, about = about[language]} end

local function usage_error(words) cts.fail(2, ("new: %s (conv2d-cts new --help)"):format(words)) end

local function chosen_language(got)
  local chosen
  for _, language in ipairs(adapter.languages) do
    if got[language] and chosen then usage_error(("--%s or --%s, not both"):format(chosen, language)) end
    if got[language] then chosen = language end
  end
  return chosen or usage_error("a language must be chosen: --" .. table.concat(adapter.languages, ", --"))
end

local function make_folder(name)
  if not os.execute(("mkdir %s"):format(escape.shell(name))) then cts.fail(2, ("new: the folder %s can't be made"):format(name)) end
end

local got = options.read(command)
local what, name = got[1], got[2]
if what ~= "adapter" then usage_error(("'%s' is nothing that can be made, only: adapter"):format(escape.line(what))) end
local language = chosen_language(got)
if not name:find("^%a[%w_-]*$") then usage_error(("'%s' is no name: letters, digits, '_' and '-'"):format(escape.line(name))) end

local files = adapter.files(language, name)
make_folder(name)
for _, file in ipairs(files) do
  output.write(file.path, file.text)
  print(("%-24s %s"):format(file.path, file.about))
end
print(("\nnext:\n  make -C %s check"):format(name))
return 0
