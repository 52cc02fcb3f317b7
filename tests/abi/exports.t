#!/usr/bin/env lua5.4
-- exports.t: each shared object exports what its header declares and nothing else, so that no name of ours meets a
-- user's: a program with functions of the oracle's own names gets the right answer.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- The names that a file defines for others, sorted; sanitizers add some of their own.
local function names(command)
  local status, out = tap.shell(command)
  assert(status == 0, command)
  local list = {}
  for name in out:gmatch("%x+ %a ([%w_]+)") do
    if not (os.getenv "CONV2D_SANITIZER" and name:find "^__") then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

local function exported(path) return table.concat(names("nm -D --defined-only " .. path), " ") end

local declared = {}
for name in tap.read("include/conv2d_oracle.h"):gmatch "\nCONV2D_ORACLE_API [^;]-([%w_]+) %(" do
  declared[#declared + 1] = name
end
table.sort(declared)
tap.ok(#declared >= 8, "the header declares the oracle's functions")
local all = table.concat(declared, " ")

tap.is(exported "build/libconv2d-oracle.so.0", all, "the shared library exports these")
tap.is(table.concat(names "nm -g --defined-only build/libconv2d-oracle.a", " "), all, "the archive defines these")
local _, dynamic = tap.shell "readelf -d build/libconv2d-oracle.so"
tap.has(dynamic, "soname: [libconv2d-oracle.so.0]", "the shared library has a soname with a version")
for _, subject in ipairs {"naive", "oracle", "pipe"} do
  tap.is(exported("build/adapters/" .. subject .. ".so"), "conv2d_subject", subject .. ".so exports the subject")
end
tap.is(exported "build/conv2d-cts", "", "conv2d-cts exports nothing")
-- The worker defines these four in place of the C library's, for the subject and all that it links: it so learns which
-- handlers of signals and of the end of the process a call sets (specs/isolation.md).
-- It also defines what compilers call for each edge of code (sandbox/worker/coverage.h).
local calls, intercepted = 0, {}
for name in exported("build/conv2d-worker"):gmatch "%S+" do
  if name:find "^__sanitizer_cov_" then calls = calls + 1 else intercepted[#intercepted + 1] = name end
end
tap.is(table.concat(intercepted, " "), "__cxa_at_quick_exit __cxa_atexit on_exit sigaction signal", "conv2d-worker exports what it intercepts")
tap.is(calls, 19, "and what compilers call")

-- Every name that the oracle's files share with each other, as a function that must not be called.
local folder, program, own = tap.folder(), {}, 0
for _, name in ipairs(names "nm -g --defined-only build/oracle/*.o") do
  if not name:find "^conv2d_oracle_" then
    program[#program + 1] = ('void %s (void) { puts ("called %s"); abort (); }'):format(name, name)
    own = own + 1
  end
end
tap.ok(own > 20, "the oracle's files share names that a user may have, too")
tap.has(table.concat(program, "\n"), "void pack_row (void)", "pack_row among them")

tap.write(folder .. "/user.c", "#include <conv2d_oracle.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
  .. table.concat(program, "\n") .. [[

int main (void) {
  float x[4] = { 1, 2, 3, 4 }, w[1] = { 3 }, y[4] = { 0 };
  int64_t plane[4] = { 1, 1, 2, 2 }, one[4] = { 1, 1, 1, 1 };
  DLDataType real = { kDLFloat, 32, 1 };
  DLDevice cpu = { kDLCPU, 0 };
  DLTensor input = { x, cpu, 4, real, plane, NULL, 0 }, weight = { w, cpu, 4, real, one, NULL, 0 },
           output = { y, cpu, 4, real, plane, NULL, 0 };
  conv2d_params p = { .in_channels = 1, .out_channels = 1, .kernel_size = { 1, 1 }, .stride = { 1, 1 },
                      .dilation = { 1, 1 }, .groups = 1, .device = cpu, .dtype = real };
  int32_t status = conv2d_oracle_forward (&p, &input, &weight, NULL, &output, NULL, NULL);
  printf ("%d: %g %g %g %g", status, y[0], y[1], y[2], y[3]);
  return 0;
}
]])
for _, library in ipairs {"build/libconv2d-oracle.a", "-Lbuild -lconv2d-oracle"} do
  local status, _, err = tap.shell(("%s %s -rdynamic -Iinclude %s/user.c -o %s/user %s -lm"):format(os.getenv "CC" or "gcc",
    os.getenv "CFLAGS" or "", folder, folder, library))
  tap.is(status, 0, "a program with functions of these names links " .. library)
  if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end
  local _, out = tap.shell(("env LD_LIBRARY_PATH=build %s/user"):format(folder))
  tap.is(out, "0: 3 6 9 12", "and gets the right answer")
end
tap.done()
