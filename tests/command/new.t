#!/usr/bin/env lua5.4
-- new.t: what `new adapter` writes builds, conforms, and no longer does so with a mistake in its kernel.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local _, here = tap.shell("pwd")
here = here:gsub("\n", "")
local program = tap.program:find("^/") and tap.program or here .. "/" .. tap.program
local folder = tap.folder()

local function new(arguments)
  return tap.shell(("cd %s && %s new %s"):format(folder, program, arguments))
end

-- `make check` of an adapter on a few case files, by a sub-make that knows nothing of the one that runs the tests.
local function check(name, more)
  return tap.shell(("env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C %s/%s check CTS=%s %s ARGS='%s/cases/padding.yaml %s/cases/groups.yaml %s/cases/dilation.yaml'")
    :format(folder, name, program, more or "", here, here, here))
end

-- Replaces `from` in a file, which must stand there.
local function plant(path, from, to)
  local text = tap.read(path)
  local start, stop = text:find(from, 1, true)
  assert(start, path .. " has no " .. from)
  tap.write(path, text:sub(1, start - 1) .. to .. text:sub(stop + 1))
end

local languages = {
  {"c", needs = "gcc", kernel = "kernel.c", from = "* l->dilation[1]"},
  {"cpp", needs = "g++", kernel = "kernel.cpp", from = "* l.dilation[1]"},
  {"python", needs = "python3", kernel = "NAME.py", from = "::dilation[1]]", to = "::1]", make = "PYTHON=/usr/bin/python3",
    installed = "/usr/bin/python3 -c 'import numpy'", lacking = "python3-numpy is not installed"},
  {"rust", needs = "cargo", kernel = "kernel.rs", from = "* l.dilation[1]"},
  {"go", needs = "go", kernel = "kernel.go", from = "*l.dilation[1]"},
}

local function is_there(l)
  if not tap.has_program(l.needs) then return false, l.needs .. " is not installed" end
  if l.installed and tap.shell(l.installed) ~= 0 then return false, l.lacking end
  return true
end

local function explain_failure(out, err)
  print("# " .. (out .. err):sub(-2000):gsub("\n", "\n# "))
end

for _, l in ipairs(languages) do
  local language, name = l[1], "my-" .. l[1]
  local status, out = new(("adapter --%s %s"):format(language, name))
  tap.is(status, 0, language .. ": the folder is made")
  tap.has(out, "next:\n  make -C " .. name .. " check", language .. ": what comes next is reported")
  local there, reason = is_there(l)
  if not there then
    tap.skip(language .. ": builds and conforms", reason)
  else
    local code, text, err = check(name, l.make)
    if not tap.ok(code == 0 and text:find(name .. " 0.1 conforms", 1, true), language .. ": builds and conforms") then
      explain_failure(text, err)
    end
    plant(("%s/%s/%s"):format(folder, name, (l.kernel:gsub("NAME", name))), l.from, l.to or "")
    code, text, err = check(name, l.make)
    if not tap.ok(code ~= 0 and text:find(name .. " 0.1 does not conform", 1, true), language .. ": a mistake in the kernel is seen") then
      explain_failure(text, err)
    end
    local _, told = tap.shell("cd / && " .. (text:match "\n  ([^\n]+ explain [^\n]+)" or "echo no command to explain"))
    tap.has("\n" .. told, "\n" .. name .. " 0.1 on conv2d:", language .. ": what is printed to paste works in any folder")
  end
end

-- ---- CUDA: with the compiler where there is one, and always on the host

tap.is(new("adapter --cuda my-cuda"), 0, "cuda: the folder is made")
local function emulate()
  local kernel = folder .. "/my-cuda/kernel.cu"
  tap.write(kernel, (tap.read(kernel):gsub("conv2d<<<(.-), threads>>>%(", "LAUNCH(conv2d, %1, threads, ")
    :gsub('#include "kernel.h"', '%0\n#include <cuda_runtime.h>')))
  return check("my-cuda", ("NVCC='g++ -I%s/tests/command/emulated -x c++ -Wall -Wno-unused' NVCCFLAGS=-O1"):format(here))
end
if tap.has_program("nvcc") and tap.has_program("nvidia-smi") then
  local code, out, err = check("my-cuda")
  if not tap.ok(code == 0 and out:find("my-cuda 0.1 conforms", 1, true), "cuda: conforms on the device") then explain_failure(out, err) end
else
  tap.skip("cuda: conforms on the device", "nvcc or a device of NVIDIA's is not here")
end
plant(folder .. "/my-cuda/Makefile", "-Xcompiler ", "")
local code, out, err = emulate()
if not tap.ok(code == 0 and out:find("my-cuda 0.1 conforms", 1, true), "cuda: conforms on an emulation of the runtime") then
  explain_failure(out, err)
end
plant(folder .. "/my-cuda/kernel.cu", "* l.dilation[1]", "")
code, out, err = emulate()
if not tap.ok(code ~= 0 and out:find("my-cuda 0.1 does not conform", 1, true), "cuda: a mistake in the kernel is seen") then
  explain_failure(out, err)
end

-- ---- what is refused

local refusals = {
  {"adapter --c my-c", "File exists", "a folder that is there"},
  {"adapter my-x", "a language must be chosen", "no language"},
  {"adapter --c --go my-x", "--c or --go, not both", "two languages"},
  {"adapter --c ../x", "is no name", "a path"},
  {"adapter --c 3x", "is no name", "a name that begins with a digit"},
  {"tree --c x", "'tree' is nothing that can be made", "another thing"},
  {"adapter --c", "must be named", "no name"},
}
for _, r in ipairs(refusals) do
  local status, text, message = new(r[1])
  tap.ok(status == 2 and text == "" and message:find(r[2], 1, true), "refused: " .. r[3])
end
tap.is(tap.shell(("test -e %s/my-x"):format(folder)), 1, "and nothing was made of it")

tap.done()
