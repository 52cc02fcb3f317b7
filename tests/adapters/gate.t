#!/usr/bin/env lua5.4
-- gate.t: each third-party subject that is there passes with its expected failures, and none of these is stale.
-- So a library with known deviations can use the suite as a gate. CONV2D_SUBJECTS=all adds subjects that take long.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function exists(path)
  local f = io.open(path)
  return f and f:close()
end

-- {name, what must be there, how it is called, takes long}; `expected` if the file has another name.
local subjects = {}

local function add_native(name, slow)
  local path = ("build/adapters/%s.so"):format(name)
  subjects[#subjects + 1] = {name = name, there = exists(path), call = "--impl " .. path, slow = slow, expected = name}
end

local function add_process(name, command, there, expected)
  local call = ("--impl-cmd '%s'"):format(command)
  subjects[#subjects + 1] = {name = name, there = there, call = call, slow = true, expected = expected or name}
end

local function imports(module)
  return os.execute(("/usr/bin/python3 -c 'import %s' >/dev/null 2>&1"):format(module)) == true
end

for _, name in ipairs {"armnn", "clblast", "darknet", "dlib", "libxsmm", "onednn", "onednn-direct", "onednn-plain",
                       "onednn-winograd", "opencv", "tiny-dnn", "xnnpack"} do
  add_native(name)
end
add_native("libtorch", true)
add_native("libtorch-module", true)
local all = os.getenv("CONV2D_SUBJECTS") == "all"
if all then
  local node = exists("adapters/node_modules/onnxruntime-node/package.json")
  add_process("pytorch", "/usr/bin/python3 adapters/pytorch.py", imports("torch"))
  add_process("scipy_conv", "/usr/bin/python3 adapters/scipy_conv.py", imports("scipy"))
  add_process("scipy_fft", "/usr/bin/python3 adapters/scipy_fft.py", imports("scipy"))
  add_process("onnxruntime", "node adapters/onnxruntime.mjs", node)
  add_process("onnxruntime-initializer", "node adapters/onnxruntime.mjs --initializer", node, "onnxruntime")
  add_process("tfjs", "node adapters/tfjs.mjs", node)
  add_process("tfjs-wasm", "node adapters/tfjs.mjs --wasm", node)
end

local function gate(s)
  local expected = ("adapters/%s.xfail.yaml"):format(s.expected)
  local options = exists(expected) and "--strict-xpass --xfail " .. expected or ""
  local status, out, err = tap.run(("run --time-limit 60 %s %s"):format(options, s.call))
  if not tap.ok(status == 0, s.name) then
    for line in (out .. err):gmatch("[^\n]+") do print("# " .. line) end
  end
end

for _, s in ipairs(subjects) do
  if not s.there then
    tap.skip(s.name, "not built or not installed")
  elseif not s.slow or all then
    gate(s)
  end
end
tap.done()
