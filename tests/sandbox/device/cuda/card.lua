-- card.lua FOLDER RESULTS [STEP or SUBJECT ...]: what `make check-cuda` does, in under 8 minutes, with the subjects of
-- FOLDER on the first card: planted faults, mutants, a new adapter, the how-to page, the rate, races under
-- compute-sanitizer, and the tier quick on every subject; or those steps (faults, mutants, adapter, page, rate, sanitizer)
-- and subjects alone that are named. The logs of the last, a result of each to publish, the table, the rate and the card's name go to
-- RESULTS. CONV2D_CUDA_PYTHON names a Python that has PyTorch, Triton and JAX. What there is no time or no means for is
-- skipped with the reason.

package.path = "tests/sandbox/device/?.lua;tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap, plants = require "hostile", require "tap", require "plants"

local folder, results = arg[1], arg[2]
local began, budget = os.time(), tonumber(os.getenv "CONV2D_CUDA_SECONDS" or "450")
local options = "--memory-limit 0"
local python = os.getenv "CONV2D_CUDA_PYTHON" or "python3"
local program = tap.program

local named = {}
for i = 3, #arg do named[arg[i]] = true end
local function wanted(name) return #arg < 3 or named[name] end

local function seconds_left() return budget - (os.time() - began) end

local function path_of(name) return ("%s/%s.so"):format(folder, name) end

--- No run takes all of the time.
local function limit(seconds) tap.program = ("timeout -k 5 %d %s"):format(seconds, program) end

--- Where the driver guards tensors, a step too far is the device's own error.
local function planted_faults()
  local first = plants.verdict_of(path_of "plant-past", options)
  local guarded = first.verdict == "crash"
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
    {"plant-config", "crash", "the device reports: CUDA: invalid"},
    {"plant-address", "crash", illegal},
    {"plant-touch", "crash", "SIGSEGV"},
  } do
    plants.check(path_of(row[1]), row[2], row[3], options .. " " .. (row[4] or ""))
  end
end

--- What only the tool sees, and that it finds nothing in a kernel that shares memory and waits. It begins slowly.
local function sanitizer()
  if not tap.has_program "compute-sanitizer" then return tap.skip("compute-sanitizer", "it is missing") end
  for _, row in ipairs {
    {"plant-races", "memory error", "Race reported between", "racecheck"},
    {"plant-past", "write outside", "Invalid __global__ write of size 4 bytes", "memcheck"},
    {"plant-unset", "memory error", "Uninitialized __global__ memory read of size 4 bytes", "initcheck"},
    {"plant-diverges", "memory error", "Barrier error detected", "synccheck"},
    {"gemm", "pass", "", "memcheck"},
    {"gemm", "pass", "", "racecheck"},
    {"gemm", "pass", "", "initcheck"},
    {"gemm", "pass", "", "synccheck"},
  } do
    plants.check(path_of(row[1]), row[2], row[3], ("%s --sanitizer compute:%s"):format(options, row[4]))
  end
end

--- Each by the file that is about its mistake.
local function mutants()
  for name, cases in tap.read("tests/sandbox/device/cuda/mutants.txt"):gmatch("\n(%S+)%s+(%S+)[^\n]*") do
    local _, status = stage.shell(("%s run --max-failures 1 %s --filter 'dtype == \"float32\"' --impl %s cases/%s")
      :format(tap.program, options, path_of("mutant-" .. name), cases))
    tap.is(status, 1, ("%s is found by %s"):format(name, cases))
  end
end

--- Cases judged in a second where the kernel itself is cheap.
local function rate()
  local rows = {}
  local seconds_each = math.max(1, math.min(5, seconds_left() // 20))
  for _, lanes in ipairs {1, 2, 4, 8} do
    local text = stage.shell(("%s run %s --seconds %d --jobs %d --filter 'dtype == \"float32\" and direction == \"forward\"' --impl %s %s")
      :format(tap.program, options, seconds_each, lanes, path_of "direct", "cases/sweeps/geometry.yaml"))
    local passed, seconds = text:match("([%d,]+) passed.- in ([%d.]+) s")
    local row = passed and ("%.0f judged cases a second, lanes: %d"):format((passed:gsub(",", "")) / math.max(tonumber(seconds), 0.01), lanes)
      or text:sub(-200)
    print("# " .. row)
    rows[#rows + 1] = row .. "\n"
  end
  tap.write(results .. "/rate.txt", table.concat(rows))
end

-- The folder of nvcc's own, where there is also a card to run what it makes.
local function cuda_root()
  local root = stage.shell("realpath $(sh adapters/cuda/nvcc.sh)"):match("(/[^\n]*)/bin/nvcc")
  return stage.shell("nvidia-smi -L"):find "GPU" and root or nil
end

--- What `new adapter --cuda` writes, as its user builds and checks it.
local function new_adapter()
  local root = cuda_root()
  if not root then return tap.skip("new adapter --cuda", "there is no nvcc or no card") end
  local at, started = os.tmpname(), os.time()
  local make = ("timeout -k 5 90 make -s -C mine check NVCC=%s/bin/nvcc LDLIBS='-L%s/lib -L%s/lib64'"):format(root, root, root)
  local text, status = stage.shell(("cts=$(realpath %s) && rm %s && mkdir %s && cd %s && $cts new adapter --cuda mine && %s")
    :format(program, at, at, at, make))
  os.execute("rm -rf " .. at)
  if not tap.ok(status == 0, ("new adapter --cuda conforms: %d seconds"):format(os.time() - started)) then
    print((text:sub(-1500):gsub("[^\n]+", "# %0")))
  end
end

--- docs/how-to/gpu.md, from a kernel to its verdict, as its reader walks it.
local function page()
  local root = cuda_root()
  if not root then return tap.skip("docs/how-to/gpu.md", "there is no nvcc or no card") end
  local text, status = stage.shell(("CONV2D_HOWTO_PATH=%s/bin:/usr/bin timeout -k 5 150 %s lua tests/how-to/how-to.t gpu")
    :format(root, program))
  tap.is(status, 0, "docs/how-to/gpu.md is what happens")
  for line in text:gmatch("[^\n]+") do
    if line:find("gpu", 1, true) or line:find("^#") then print("# " .. line) end
  end
end

-- name, command line, a file or a Python package that it needs
local subjects = {
  {"direct", "--impl " .. path_of "direct", file = path_of "direct", own = true},
  {"gemm", "--impl " .. path_of "gemm", file = path_of "gemm", own = true},
  {"cudnn-fma", "--impl " .. path_of "cudnn-fma", file = path_of "cudnn-fma"},
  {"cudnn", "--impl " .. path_of "cudnn", file = path_of "cudnn"},
  {"pytorch-cuda", "pytorch.py --cuda", package = "torch"},
  {"pytorch-cuda-tf32", "pytorch.py --cuda --tf32", package = "torch"},
  {"pytorch-cuda-channels-last", "pytorch.py --cuda --channels-last", package = "torch"},
  {"triton", "python/triton_conv.py", package = "triton"},
  {"triton-tf32", "python/triton_conv.py --tf32", package = "triton"},
  {"jax-cuda", "python/jax_lax.py --cuda", package = "jax"},
  {"jax-cuda-highest", "python/jax_lax.py --cuda --highest", package = "jax"},
}

local finds_card = {
  torch = "import torch; assert torch.cuda.is_available()",
  triton = "import torch, triton; assert torch.cuda.is_available()",
  jax = "import jax; assert jax.devices('gpu')",
}

-- Where the answers stand, asked from the start: a first import reads gigabytes.
local asked = os.tmpname()

local function ask_packages()
  for package, words in pairs(finds_card) do
    os.execute(("(timeout 120 %s -c \"%s\" >/dev/null 2>&1; echo $? >%s.%s) &"):format(python, words, asked, package))
  end
end

local function finds(package)
  local answer
  repeat
    local file = io.open(asked .. "." .. package)
    answer = file and file:read("n")
    if file then file:close() end
    if not answer then os.execute("sleep 0.2") end
  until answer
  return answer == 0
end

local function obstacle(subject)
  if subject.file and not io.open(subject.file) then return subject.file .. " is not built" end
  if subject.package and not finds(subject.package) then
    return ("%s has no %s that finds a card (CONV2D_CUDA_PYTHON names another Python)"):format(python, subject.package)
  end
end

local function command_of(subject)
  local listed = ("adapters/cuda/%s.xfail.yaml"):format(subject[1]:gsub("%-cuda.*", "-cuda"))
  return ("%s %s"):format(io.open(listed) and "--xfail " .. listed or "",
    subject.package and ("--impl-cmd '%s adapters/%s'"):format(python, subject[2]) or subject[2])
end

--- Runs the tier quick for so many seconds, the most telling cases first; the log, or nil if it judges nothing.
local function quick(subject, seconds)
  local log = ("%s/%s.jsonl"):format(results, subject[1])
  limit(seconds + 30)
  local text, status = stage.shell(("%s run %s --time-limit 60 --seconds %d --log %s %s")
    :format(tap.program, options, seconds, log, command_of(subject)))
  print("# " .. (text:match("([^\n]* conforms[:,][^\n]*)") or text:match("([^\n]* does not conform[^\n]*)") or text:sub(-300)))
  -- other people's libraries may have findings, which are to be looked at, and are no fault of this script
  tap.ok(status == 0 or (status == 1 and not subject.own), ("quick: %s: exit status %s"):format(subject[1], status))
  return (status == 0 or status == 1) and log or nil
end

local function all_quick(chosen)
  local logs = {}
  for i, subject in ipairs(chosen) do
    local reason = obstacle(subject)
    local share = seconds_left() // (#chosen - i + 1)
    if not reason and share < 5 then reason = "there is no time left" end
    if reason then
      tap.skip("quick: " .. subject[1], reason)
    else
      logs[#logs + 1] = quick(subject, share)
      print(("# %d seconds so far"):format(os.time() - began))
    end
  end
  if #logs == 0 then return end
  local text = stage.shell(("%s matrix --publish %s %s"):format(program, results, table.concat(logs, " "))):gsub("%d+%s*$", "")
  tap.write(results .. "/table.txt", text)
  print((text:gsub("[^\n]+", "# %0")))
end

os.execute(("mkdir -p '%s'"):format(results))
local card = stage.shell("nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader"):match("[^\n]*")
tap.write(results .. "/card.txt", card .. "\n")
print("# " .. card)
ask_packages()
limit(60)
local steps = {{"faults", planted_faults}, {"mutants", mutants}, {"adapter", new_adapter}, {"page", page}, {"rate", rate},
  {"sanitizer", sanitizer}}
for _, step in ipairs(steps) do
  if wanted(step[1]) then
    step[2]()
    print(("# %s: %d seconds so far"):format(step[1], os.time() - began))
  end
end
local chosen = {}
for _, subject in ipairs(subjects) do
  if wanted(subject[1]) then chosen[#chosen + 1] = subject end
end
all_quick(chosen)
os.execute(("rm -f '%s' '%s'.*"):format(asked, asked))
print(("# %d seconds; the results are in %s"):format(os.time() - began, results))
tap.ok(os.time() - began < 480, "it took less than 8 minutes")
stage.finish()
