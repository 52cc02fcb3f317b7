-- adapter.lua: the files of a new adapter, made of the templates beside this file.
-- Each language has a folder of templates NAME.in. All of them compute the same plain loops, which conform: so the first
-- test passes, and what fails after the user has put his own kernel in is the kernel's.

local output = require "text.output"

local adapter = {}

-- Each file, and what it is for. NAME.py and the like get the adapter's name.
local languages = {
  c = {
    {"kernel.c", "put your kernel here; plain loops stand there now"},
    {"kernel.h", "what the kernel is given"},
    {"subject.c", "what the suite calls: says what is offered, and calls the kernel"},
    {"Makefile", "make builds it, make check tests it"},
  },
  cpp = {
    {"kernel.cpp", "put your kernel here; plain loops stand there now"},
    {"kernel.h", "what the kernel is given"},
    {"subject.cpp", "what the suite calls: says what is offered, and calls the kernel"},
    {"Makefile", "make builds it, make check tests it"},
  },
  cuda = {
    {"kernel.cu", "put your kernel here; one thread an output stands there now"},
    {"kernel.h", "what the kernel is given"},
    {"subject.cu", "what the suite calls: copies to the device and back, and calls the kernel"},
    {"Makefile", "make builds it, make check tests it"},
  },
  python = {
    {"NAME.py", "put your function here; NumPy stands there now"},
    {"Makefile", "make check tests it"},
  },
  rust = {
    {"kernel.rs", "put your kernel here; plain loops stand there now"},
    {"lib.rs", "what the suite calls: says what is offered, and calls the kernel"},
    {"abi.rs", "conv2d_abi.h in Rust"},
    {"Cargo.toml", "a shared object without dependencies"},
    {"Makefile", "make builds it, make check tests it"},
  },
  go = {
    {"kernel.go", "put your kernel here; plain loops stand there now"},
    {"main.go", "what the suite calls: says what is offered, and calls the kernel"},
    {"pipe.go", "the protocol of specs/pipe.md"},
    {"go.mod", "a program without dependencies"},
    {"Makefile", "make builds it, make check tests it"},
  },
}

--- The languages, in the order in which help texts name them.
adapter.languages = {"c", "cpp", "cuda", "python", "rust", "go"}

-- The folders of the headers and of the Python module: in the source tree, or beside share/conv2d-cts.
local function folders(root)
  local source = cts.exists(root .. "/include/conv2d_abi.h")
  return source and root .. "/include" or (root:gsub("/share/conv2d%-cts$", "")) .. "/include",
    source and root .. "/adapters" or root .. "/python"
end

--- {{path =, text =, about =}} of an adapter `name` in a language. `name` is letters, digits, '_' and '-'.
function adapter.files(language, name)
  local include, python = folders(cts.root)
  local values = {NAME = name, IDENTIFIER = name:gsub("-", "_"), PROGRAM = cts.program, INCLUDE = include, PYTHON = python}
  local files = {}
  for i, file in ipairs(languages[language]) do
    local template = output.read_own(("runner/lua/scaffold/%s/%s.in"):format(language, file[1]))
    files[i] = {path = name .. "/" .. file[1]:gsub("^NAME", name), text = template:gsub("@(%u+)@", values), about = file[2]}
  end
  return files
end

return adapter
