#!/usr/bin/env lua5.4
-- cuda.t: the plain CUDA subject and its planted faults, compiled for the host, on a pretend CUDA
-- (runtime.cpp): with guards around each tensor, as on a card whose driver has cuMemMap, and without.

package.path = "tests/sandbox/device/?.lua;tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap, plants = require "hostile", require "tap", require "plants"

local guarded = "LD_LIBRARY_PATH=build/pretend-cuda"
local plain = guarded .. " CONV2D_PRETEND_VMM=0"
local illegal = "the device reports: CUDA: an illegal memory access was encountered (cudaErrorIllegalAddress)"

local function play(rows, prefix)
  for _, row in ipairs(rows) do
    plants.check(("build/pretend-cuda/%s.so"):format(row[1]), row[2], row[3], row[4], prefix)
  end
end

local both = {
  {"direct", "pass", ""},
  {"direct", "pass", "", "--paranoid"},
  {"direct", "pass", "", "--threads 3"},
  {"direct", "pass", "", "--isolation case"},
  {"plant-unwritten", "unwritten", "1 of 120 elements of output are not written, first output[0,0,0,2]"},
  {"plant-late", "kept pointer", ""},
  {"plant-stream", "kept pointer", ""},
  {"plant-input", "write to input", "1 of 216 elements of input are changed by the call, first input[0,0,0,2]"},
  {"plant-config", "crash", "the device reports: CUDA: invalid configuration argument (cudaErrorInvalidConfiguration)"},
  {"plant-address", "crash", illegal},
  {"plant-address", "crash", illegal, "--threads 3"},
  {"plant-touch", "crash", "SIGSEGV"},
}
play(both, guarded)
play(both, plain)
play({
  {"plant-past", "crash", illegal},
  {"plant-before", "crash", illegal},
  {"plant-beyond", "crash", illegal},
}, guarded)
play({
  {"plant-past", "write outside", "4 bytes are written just past the end of output"},
  {"plant-before", "read outside", ""},
  {"plant-beyond", "read outside", ""},
}, plain)

-- compute-sanitizer's reports, which a stand-in prints: the case in which a kernel of 64 threads runs gets them
local tool = "PATH=tests/sandbox/device/cuda/bin:$PATH " .. guarded
play({
  {"plant-races", "pass", ""},
  {"plant-unset", "pass", ""},
  {"plant-diverges", "pass", ""},
  {"plant-races", "write outside", "Invalid __global__ write of size 4 bytes, at out_of_bounds_function", "--sanitizer compute"},
  {"plant-races", "memory error", "Error: Race reported between Write access at sumKernel", "--sanitizer compute:racecheck"},
  {"plant-unset", "memory error", "Uninitialized __global__ memory read of size 4 bytes, at vectorAdd", "--sanitizer compute:initcheck"},
  {"plant-diverges", "memory error", "Barrier error detected", "--sanitizer compute:synccheck"},
  {"direct", "pass", "", "--sanitizer compute:racecheck"},
  {"plant-address", "crash", illegal, "--sanitizer compute:racecheck"},
  {"plant-touch", "crash", "SIGSEGV inside of output", "--sanitizer compute"},
}, tool)
local missing = stage.shell(("%s PATH=/nowhere %s run --impl build/pretend-cuda/direct.so --sanitizer compute cases/padding.yaml")
  :format(guarded, tap.program))
tap.has(missing, "compute-sanitizer cannot be executed: is it installed?", "a tool that is missing is named")

-- which device
for _, row in ipairs {
  {"cuda:1", 0, "conforms"},
  {"cuda:2", 2, "there is no device cuda:2 here"},
  {"opencl:0", 2, "there is no device opencl:0 here"},
} do
  local text, status = stage.shell(("%s %s run --impl build/pretend-cuda/direct.so --device %s cases/padding.yaml")
    :format(guarded, tap.program, row[1]))
  tap.ok(status == row[2] and text:find(row[3], 1, true), ("%s: %s"):format(row[1], row[3]))
end

local some_cases = "cases/groups.yaml cases/stride.yaml cases/reflect.yaml cases/dtypes.yaml cases/precision.yaml"

-- the tensor cores' kernel, by what it says of its arithmetic; without that, TF32 is told
for _, row in ipairs {
  {"", 0, "implicit GEMM CUDA 1 conforms"},
  {"--numerics float32:operands=24", 1, "does not conform"},
} do
  local text, status = stage.shell(("%s %s run --impl build/pretend-cuda/gemm.so %s %s"):format(guarded, tap.program, row[1], some_cases))
  tap.ok(status == row[2] and text:find(row[3], 1, true), ("gemm %s: %s"):format(row[1], row[3]))
end

-- Triton's kernel, which its interpreter runs on the processor
local python = os.getenv "CONV2D_TRITON_PYTHON" or "python3"
local title = "a kernel of Triton conforms under its interpreter"
if stage.shell(("%s -c 'import triton, torch'"):format(python)):find "^0" then
  local text, status = stage.shell(("TRITON_INTERPRET=1 %s run --memory-limit 0 --time-limit 60 --impl-cmd '%s adapters/python/triton_conv.py' %s")
    :format(tap.program, python, "cases/padding.yaml cases/groups.yaml cases/dilation.yaml"))
  tap.ok(status == 0 and text:find("Triton [%d.]+ conforms"), title)
else
  tap.skip(title, "Triton or PyTorch is missing (CONV2D_TRITON_PYTHON names a Python that has them)")
end

-- every mistake is found by the file that is about it, and none in the file without a mistake
for name, cases in tap.read("tests/sandbox/device/cuda/mutants.txt"):gmatch("\n(%S+)%s+(%S+)[^\n]*") do
  for subject, want in pairs {["mutant-" .. name] = 1, direct = 0} do
    local _, status = stage.shell(("%s %s run --max-failures 1 --filter 'dtype == \"float32\"' --impl build/pretend-cuda/%s.so cases/%s")
      :format(guarded, tap.program, subject, cases))
    tap.is(status, want, ("%s in %s"):format(subject, cases))
  end
end
stage.finish()
