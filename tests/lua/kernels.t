#!/usr/bin/env lua5.4
-- kernels.t: explain on mistakes as people make them (plants/kernel.c): each is reported, by what it is or by where it shows.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local wide, large = "conv2d:in=1x7x57x33,out=9,k=1", "conv2d:in=1x40x50x51,out=2,k=3"

-- plant, case, what must be said
for _, row in ipairs {
  {"tail_of_columns_4", wide, "as if output columns beyond a multiple of 4 were never written"},
  {"tail_of_columns_8", wide, "as if output columns beyond a multiple of 8 were never written"},
  {"tail_of_columns_16", wide, "as if output columns beyond a multiple of 16 were never written"},
  {"zero_tail_of_columns", wide, "as if output columns beyond a multiple of 8 were left zero"},
  {"tail_of_channels_4", wide, "as if output channels beyond a multiple of 4 were never written"},
  {"tail_of_channels_8", wide, "as if output channels beyond a multiple of 8 were never written"},
  {"tail_of_pixels", wide, "as if pixels of the output, counted through all rows, beyond a multiple of 8 were never written"},
  {"tail_of_inputs", wide, "as if only full blocks of 4 input channels were summed"},
  {"accumulates", wide, "as if all elements of the output were never written, or were added to what the output held (a sum must begin with 0)"},
  {"pitch_of_output", "conv2d:in=2x2x8x9,out=3,k=2,s=2", "as if rows of the input were as long as those of the output (a wrong leading dimension)"},
  {"twice", wide, "as if output columns that the last tile of 8, moved back to fit, shares with the one before were added twice"},
  {"seam", wide, "as if the first column of each tile of 8 but the first were wrong"},
  {"narrow_index", large, "as if an index had 16 bits: right while the input has at most 65536 elements, wrong from there on"},
} do
  local plant, id, words = table.unpack(row)
  local status, out = tap.run(("explain --seconds 300 --impl build/plants/kernel-%s.so '%s'"):format(plant, id))
  tap.is(status, 0, plant .. " is explained")
  tap.has(out, words, words)
end

-- ---- threads

local _, raced = tap.run("explain --seconds 300 --impl build/plants/kernel-race.so --subject-threads 4 conv2d:in=33x1x1x33,out=1,k=1")
tap.has(raced, "different answers with several threads, and is right with one: threads race", "a race is reported")
tap.has(raced, "\n  columns         8, 16, 24", "and where it shows")
local _, alone = tap.run("explain --seconds 300 --impl build/plants/kernel-race.so conv2d:in=33x1x1x33,out=1,k=1")
tap.has(alone, "there is nothing to explain", "with one thread it is right")

-- ---- where it died

for _, command in ipairs {"run --max-failures 1 --impl build/plants/kernel-overrun.so cases/padding.yaml",
  "repro --impl build/plants/kernel-overrun.so padding/both", "explain --seconds 300 --impl build/plants/kernel-overrun.so padding/both"} do
  local _, out = tap.run(command)
  local lines = tap.shell "command -v addr2line" == 0
  if lines then
    tap.ok(out:find("\n  where       input_at at kernel.c:%d+\n              product_sum at kernel.c:%d+\n"), command:match "^%S+" .. " says where it died", out)
  else
    tap.ok(out:find("\n  where       kernel%-overrun.so%+0x%x+\n"), command:match "^%S+" .. " says where in the file it died", out)
  end
end
local folder = tap.folder()
tap.shell(("mkdir -p %s && strip -o %s/bare.so build/plants/kernel-overrun.so"):format(folder, folder))
local _, bare = tap.run(("repro --impl %s/bare.so padding/both"):format(folder))
tap.ok(bare:find("\n  where       "), "without debugging symbols a place is reported all the same", bare)

-- in a library that the adapter calls
local library, adapter = io.open(folder .. "/reader.c", "w"), io.open(folder .. "/adapter.c", "w")
library:write "float reader_past (const float *x, long n);\nfloat reader_past (const float *x, long n) { return x[n]; }\n"
library:close()
adapter:write [[
#include <conv2d_abi.h>
float reader_past (const float *x, long n);
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *in, int64_t *out) {
  for (int i = 0; i < ndim; i++)
    out[i] = i < ndim - 3 ? in[i] : i == ndim - 3 ? p->out_channels : in[i] - p->kernel_size[i - ndim + 2] + 1;
  return CONV2D_OK;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  long n = 1;
  for (int i = 0; i < x->ndim; i++)
    n *= x->shape[i];
  (void) p, (void) w, (void) b;
  *(float *) y->data = reader_past(x->data, n);
  return CONV2D_OK;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS, CONV2D_FORWARD };
CONV2D_IMPLEMENT (.name = "reader", .version = "1", .output_shape = shape, .forward = forward, .capabilities = &offers);
]]
adapter:close()
for _, row in ipairs {{"-g", "reader_past at reader.c:2"}, {"-s", "reader_past at libreader.so"}} do
  local flags, words = table.unpack(row)
  tap.is(tap.shell(("cd %s && gcc -O1 %s -shared -fPIC -o libreader.so reader.c && "
    .. "gcc -O1 -shared -fPIC -I$OLDPWD/include -o reader.so adapter.c -L. -lreader -Wl,-rpath,%s"):format(folder, flags, folder)), 0, "a library and its adapter")
  local _, said = tap.run(("repro --impl %s/reader.so 'conv2d:in=1x2x4x4,out=1,k=2'"):format(folder))
  if tap.shell "command -v addr2line" ~= 0 then words = "libreader.so+0x" end
  tap.has(said, "\n  where       " .. words, flags .. ": where in the library it died")
end

-- ---- time

local start = os.time()
local status, late = tap.run("explain --seconds 5 --impl build/plants/kernel-stuck.so conv2d:in=1x2x17x33,out=2,k=1")
tap.is(status, 1, "a search that finds nothing in time")
tap.has(late, "--seconds gives it more", "says so")
tap.ok(os.time() - start <= 10 * tap.business(), "and ends")
local signalled = tap.shell("timeout -s INT 3 " .. tap.program .. " explain --impl build/plants/kernel-stuck.so conv2d:in=1x2x17x33,out=2,k=1; date +%s >" .. folder .. "/end")
tap.ok(os.time() - start <= 15 * tap.business(), "Ctrl-C ends it at once", tostring(signalled))

tap.done()
