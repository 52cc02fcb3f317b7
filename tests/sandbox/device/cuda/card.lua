-- card.lua FOLDER RESULTS: what `make check-cuda` does, in under 8 minutes, with the subjects of FOLDER on the
-- first card: planted faults, mutants, races under compute-sanitizer, and the tier quick on every subject. The logs of
-- the last, a result of each to publish, the table and the card's name go to RESULTS. CONV2D_CUDA_PYTHON names a Python
-- that has PyTorch and Triton. What there is no time or no means for is skipped with the reason.

package.path = "tests/sandbox/device/?.lua;tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap, plants = require "hostile", require "tap", require "plants"

local folder, results = arg[1], arg[2]
local began, budget = os.time(), tonumber(os.getenv "CONV2D_CUDA_SECONDS" or "450")
local options = "--memory-limit 0"
local python = os.getenv "CONV2D_CUDA_PYTHON" or "python3"

local function seconds_left() return budget - (os.time() - began) end

local function path_of(name) return ("%s/%s.so"):format(folder, name) end

os.execute(("mkdir -p '%s'"):format(results))
local card = stage.shell("nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader"):match("[^\n]*")
tap.write(results .. "/card.txt", card .. "\n")
print("# " .. card)

-- ---- planted faults. Where the driver guards tensors, a step too far is the device's own error.

local guarded = plants.verdict_of(path_of "plant-past", options)
guarded = guarded.verdict == "crash"
print(guarded and "# tensors lie against addresses that nothing is mapped to" or "# there are no guards in the device's memory")
local illegal = "the device reports: CUDA: an illegal memory access was encountered"

local function outside(name, verdict, words)
  if guarded then return {name, "crash", illegal} end
  return {name, verdict, words}
end

for _, row in ipairs {
  {"direct", "pass", ""},
  {"direct", "pass", "", "--paranoid"},
  {"direct", "pass", "", "--threads 3"},
  outside("plant-past", "write outside", "4 bytes are written just past the end of output"),
  outside("plant-before", "read outside", ""),
  outside("plant-beyond", "read outside", ""),
  {"plant-unwritten", "unwritten", "1 of 120 elements of output are not written, first output[0,0,0,2]"},
  {"plant-late", "kept pointer", ""},
  {"plant-stream", "kept pointer", ""},
  {"plant-input", "write to input", "1 of 216 elements of input are changed by the call, first input[0,0,0,2]"},
  {"plant-config", "crash", "the device reports: CUDA: invalid configuration argument"},
  {"plant-address", "crash", illegal},
  {"plant-touch", "crash", "SIGSEGV"},
} do
  plants.check(path_of(row[1]), row[2], row[3], options .. " " .. (row[4] or ""))
end

-- ---- what only the tool sees

if tap.has_program "compute-sanitizer" then
  plants.check(path_of "plant-races", "memory error", "Race reported between", options .. " --sanitizer compute:racecheck")
  plants.check(path_of "plant-past", "write outside", "Invalid __global__ write of size 4 bytes", options .. " --sanitizer compute")
else
  tap.skip("races", "compute-sanitizer is missing")
end

-- ---- mutants, each by the file that is about its mistake

for name, cases in tap.read("tests/sandbox/device/cuda/mutants.txt"):gmatch("\n(%S+)%s+(%S+)[^\n]*") do
  local _, status = stage.shell(("%s run --max-failures 1 %s --filter 'dtype == \"float32\"' --impl %s cases/%s")
    :format(tap.program, options, path_of("mutant-" .. name), cases))
  tap.is(status, 1, ("%s is found by %s"):format(name, cases))
end

-- ---- how many cases are judged in a second where the kernel itself is cheap

local fast = {}
for _, lanes in ipairs {"--jobs 1", ""} do
  local text = stage.shell(("%s run %s --seconds 10 %s --filter 'dtype == \"float32\" and direction == \"forward\"' --impl %s cases/sweeps/geometry.yaml")
    :format(tap.program, options, lanes, path_of "direct"))
  local passed, seconds = text:match("([%d,]+) passed.- in ([%d.]+) s")
  local row = passed and ("%.0f judged cases a second, %s"):format((passed:gsub(",", "")) / math.max(tonumber(seconds), 0.01),
    lanes == "" and "all lanes" or "one lane") or text:sub(-200)
  print("# " .. row)
  table.insert(fast, row .. "\n")
end
tap.write(results .. "/throughput.txt", table.concat(fast))

-- ---- the tier quick, as much of it as there is time for, the most telling cases first

local subjects = {
  {"direct", "--impl " .. path_of "direct"},
  {"gemm", "--impl " .. path_of "gemm"},
  {"cudnn-fma", "--impl " .. path_of "cudnn-fma", path_of "cudnn-fma"},
  {"cudnn", "--impl " .. path_of "cudnn", path_of "cudnn"},
  {"pytorch-cuda", ("--impl-cmd '%s adapters/pytorch.py --cuda'"):format(python), nil, "torch"},
  {"pytorch-cuda-tf32", ("--impl-cmd '%s adapters/pytorch.py --cuda --tf32'"):format(python), nil, "torch"},
  {"triton", ("--impl-cmd '%s adapters/python/triton_conv.py'"):format(python), nil, "triton"},
  {"triton-tf32", ("--impl-cmd '%s adapters/python/triton_conv.py --tf32'"):format(python), nil, "triton"},
}

local function obstacle(subject)
  if subject[3] and not io.open(subject[3]) then return subject[3] .. " is not built" end
  if subject[4] and stage.shell(("%s -c 'import torch, %s; assert torch.cuda.is_available()'"):format(python, subject[4])):match("(%d+)%s*$") ~= "0" then
    return ("%s has no %s that finds a card (CONV2D_CUDA_PYTHON names another Python)"):format(python, subject[4])
  end
end

local logs = {}
for i, subject in ipairs(subjects) do
  local reason = obstacle(subject)
  local share = seconds_left() // (#subjects - i + 1)
  if not reason and share < 5 then reason = "there is no time left" end
  if reason then
    tap.skip("quick: " .. subject[1], reason)
  else
    local log = ("%s/%s.jsonl"):format(results, subject[1])
    local text, status = stage.shell(("%s run %s --time-limit 60 --seconds %d --log %s %s"):format(tap.program, options, share, log, subject[2]))
    logs[#logs + 1] = log
    local own = subject[1] == "direct" or subject[1] == "gemm"
    local summary = text:match("([^\n]* conforms?[:,][^\n]*)") or text:match("([^\n]* does not conform[^\n]*)") or text:sub(-300)
    print("# " .. summary)
    -- other people's libraries may have findings, which are to be looked at, and are no fault of this script
    tap.ok(status == 0 or (status == 1 and not own), ("quick: %s: exit status %s"):format(subject[1], status))
  end
end
local table_text = stage.shell(("%s matrix --publish %s %s"):format(tap.program, results, table.concat(logs, " ")))
tap.write(results .. "/table.txt", table_text)
print((table_text:gsub("[^\n]+", "# %0")))
print(("# %d seconds; the results are in %s"):format(os.time() - began, results))
tap.ok(os.time() - began < 480, "it took less than 8 minutes")
stage.finish()
