#!/usr/bin/env lua5.4
-- headers.t: the headers that bring a memory table, in every language that they say they are in, and a subject by each
-- of CUDA's, HIP's and SYCL's. They are compiled against the few declarations of tests/sandbox/device, and against the
-- real ones where those are installed.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local here, folder = "tests/sandbox/device", tap.folder()
local strict = "-Iinclude -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fPIC -shared"
local cc, cxx = os.getenv "CC" or "gcc", os.getenv "CXX" or "g++"

local function try(command, title)
  local status, out, err = tap.shell(command)
  if not tap.ok(status == 0, title) then print("# " .. (out .. err):gsub("\n", "\n# ")) end
end

-- A subject of C and C++ that has a table and offers nothing.
local function empty(name)
  return ([[
#include <conv2d_%s.h>
static int32_t shape (const conv2d_params *p, int32_t n, const int64_t *in, int64_t *out) {
  (void) p; (void) n; (void) in; (void) out;
  return CONV2D_UNSUPPORTED;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  (void) p; (void) x; (void) w; (void) b; (void) y;
  return CONV2D_UNSUPPORTED;
}
#ifdef __cplusplus
CONV2D_IMPLEMENT ("a", "1", shape, forward, nullptr, nullptr, 0, 0, nullptr, nullptr, nullptr, nullptr, 0, nullptr,
                  nullptr, nullptr, &conv2d_%s_memory);
#else
CONV2D_IMPLEMENT (.name = "a", .version = "1", .output_shape = shape, .forward = forward, .memory = &conv2d_%s_memory);
#endif
]]):format(name, name, name)
end

local pretend = {
  cuda = ("-isystem %s/cuda/include"):format(here),
  hip = ("-isystem %s/hip/include -isystem %s/cuda/include"):format(here, here),
  sycl = ("-isystem %s/sycl/include"):format(here),
}

local function compile(name, language, includes, title)
  local path = ("%s/%s.%s"):format(folder, name, language:find "%+%+" and "cpp" or "c")
  tap.write(path, empty(name))
  try(("%s -std=%s %s %s %s -o %s/out.so"):format(language:find "%+%+" and cxx or cc, language, strict, includes, path, folder), title)
end

for name, languages in pairs {cuda = {"c11", "c17", "c++17"}, hip = {"c11", "c17", "c++17"}, sycl = {"c++17"}} do
  for _, language in ipairs(languages) do compile(name, language, pretend[name], ("conv2d_%s.h is %s"):format(name, language)) end
end

-- ---- the kernel of docs/how-to/gpu.md, on the pretend CUDA, and by another name on the pretend HIP

local page = tap.read("docs/how-to/gpu.md"):match("%-%- file: window%.cu %-%->\n```c\n(.-)```")
local listing, launches = page:gsub("conv2d<<<(.-), (%S-), 0, (%S-)>>>%(", "pretend_launch(conv2d, %1, %2, %3, ")
tap.is(launches, 1, "the page launches a kernel")
local by_hip = page:gsub("cuda", "hip")
tap.write(folder .. "/hip-window.cpp", by_hip)
for name, text in pairs {cuda = listing, hip = listing:gsub("cuda", "hip")} do
  local path = ("%s/%s-pretend"):format(folder, name)
  tap.write(path .. ".cpp", text)
  try(("%s -std=c++17 -Iinclude -Wall -Wextra -Werror -fPIC -shared %s %s.cpp -o %s.so build/pretend-cuda/libcuda.so.1")
    :format(cxx, pretend[name], path, path), ("the page's kernel on the pretend %s"):format(name))
  local status, out = tap.shell(("LD_LIBRARY_PATH=build/pretend-cuda %s run --impl %s.so cases/*.yaml"):format(tap.program, path))
  tap.is(status, 0, name .. ": it conforms")
  tap.has(out, "window 1 conforms", name .. ": and says so")
end

-- ---- a kernel of SYCL, right and wrong

local sycl = [[
#include <conv2d_sycl.h>
#include <stdexcept>
static int32_t shape (const conv2d_params *p, int32_t n, const int64_t *in, int64_t *out) {
  if (n != 4 || p->groups != 1 || p->bias || p->in_channels != 1 || p->out_channels != 1 || p->padding_kind != CONV2D_PADDING_EXPLICIT
      || p->padding[0] + p->padding[1] > 0 || p->kernel_size[0] * p->kernel_size[1] != 1 || p->stride[0] * p->stride[1] != 1)
    return CONV2D_UNSUPPORTED;
  for (int i = 0; i < 4; i++)
    out[i] = in[i];
  return CONV2D_OK;
}
static int32_t forward (const conv2d_params *, const DLTensor *x, const DLTensor *w, const DLTensor *, DLTensor *y) {
  const float *from = static_cast<float *>(x->data), *by = static_cast<float *>(w->data);
  float *to = static_cast<float *>(y->data);
  std::size_t count = EXTRA;
  for (int i = 0; i < 4; i++)
    count *= static_cast<std::size_t>(x->shape[i]);
  conv2d_sycl_queue().parallel_for(sycl::range<1>(count), [=] (sycl::id<1> at) { DEED; to[at] = from[at] * by[0]; });
  return CONV2D_OK;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW | CONV2D_ODD, 1 << CONV2D_ZEROS, CONV2D_FORWARD };
CONV2D_IMPLEMENT("scale", "1", shape, forward, nullptr, nullptr, 0, 0, &offers, nullptr, nullptr, nullptr, 0, nullptr,
                 nullptr, nullptr, &conv2d_sycl_memory);
]]
tap.write(folder .. "/scale.yaml", [[
about: A layer of one pixel, one channel.
clauses: [FWD-1]
base: {input: [2, 1, 4, 5], out_channels: 1, kernel_size: 1, bias: false}
cases:
  - {name: scale}
]])
for _, row in ipairs {
  {"-DEXTRA=1 '-DDEED=(void) 0'", 0, "scale 1 conforms"},
  {"-DEXTRA=1 '-DDEED=if (at == 3) return'", 1, "1 of 40 elements of output are not written"},
  {"-DEXTRA=1 '-DDEED=if (at == 3) throw std::runtime_error(\"a kernel failed\")'", 1, "the device reports: SYCL: a kernel failed"},
} do
  tap.write(folder .. "/scale.cpp", sycl)
  try(("%s -std=c++17 -Iinclude -Wall -Wextra -Werror -fPIC -shared %s %s %s/scale.cpp -o %s/scale.so")
    :format(cxx, pretend.sycl, row[1], folder, folder), "a subject of the pretend SYCL")
  local status, out, err = tap.shell(("%s run --impl %s/scale.so %s/scale.yaml"):format(tap.program, folder, folder))
  tap.is(status, row[2], "SYCL: the status")
  tap.has(out .. err, row[3], "SYCL: " .. row[3])
end

-- ---- the real declarations

local function there(name, header, flags)
  tap.write(folder .. "/there.cpp", ("#include <%s>\n"):format(header))
  return tap.shell(("%s %s -E %s/there.cpp -o /dev/null"):format(cxx, flags, folder)) == 0, ("%s: %s is missing"):format(name, header)
end

local _, nvcc = tap.shell "sh adapters/cuda/nvcc.sh"
local real = {
  {"cuda", "cuda_runtime.h", nvcc ~= "" and ("-isystem %s/../include"):format(nvcc:match("^(.*)/")) or "", {"c11", "c++17"}},
  {"hip", "hip/hip_runtime_api.h", "-D__HIP_PLATFORM_AMD__ -D__HIP_PLATFORM_HCC__", {"c11", "c++17"}},
  {"opencl", "CL/cl.h", "", {"c11", "c++17"}},
}
for _, row in ipairs(real) do
  local found, reason = there(row[1], row[2], row[3])
  for _, language in ipairs(row[4]) do
    local title = ("conv2d_%s.h with the real %s is %s"):format(row[1], row[2], language)
    if found then compile(row[1], language, row[3], title) else tap.skip(title, reason) end
  end
end
local hip_title = "the page's kernel by hipcc"
if tap.has_program "hipcc" then
  try(("hipcc --offload-arch=gfx900 -std=c++17 -Iinclude -fPIC -shared %s/hip-window.cpp -o %s/out.so"):format(folder, folder), hip_title)
else
  tap.skip(hip_title, "hipcc is missing")
end
local cuda_title = "the page's kernel by nvcc"
if nvcc ~= "" then
  tap.write(folder .. "/window.cu", page)
  try(("%s -std=c++17 -Iinclude -Werror all-warnings -Xcompiler -Wall,-Wextra,-fPIC -c %s/window.cu -o %s/out.o"):format(nvcc:match "%S+", folder, folder), cuda_title)
else
  tap.skip(cuda_title, "nvcc is missing")
end
for _, compiler in ipairs {{"icpx -fsycl", "icpx"}, {"acpp", "acpp"}, {"clang++ -fsycl -fsycl-targets=spir64", "sycl-ls"}} do
  local title = "conv2d_sycl.h with " .. compiler[1]
  if tap.has_program(compiler[2]) then
    tap.write(folder .. "/sycl.cpp", empty "sycl")
    try(("%s -std=c++17 -Iinclude -fPIC -shared %s/sycl.cpp -o %s/out.so"):format(compiler[1], folder, folder), title)
  else
    tap.skip(title, compiler[2] .. " is missing")
  end
end
tap.done()
