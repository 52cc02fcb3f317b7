-- invariances.lua: run by invariances.t.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

-- What ends in which surrounding; each plant has one dependence.
local plants = {
  switches = {"batch", "among 5 images"}, neighbours = {"neighbours", "beside other images"}, changing = {"repetition", "in call %d"},
  layout = {"layout", "in layout nhwc"}, alignment = {"alignment", "in memory that is aligned to one number only"},
  threads = {"threads", "with 2 threads"},
}

for plant, want in pairs(plants) do
  local name, words = table.unpack(want)
  local status, out = tap.run(("invariances --json --time-limit 100 --claim %s --impl build/plants/order_%s.so"):format(name, plant))
  local ends = json.decode(out).ends
  tap.is(status, 1, plant .. ": the claim fails")
  tap.ok(ends[name] and ends[name].words:find(words) and ends[name].case:find("^conv2d:in=1x"), plant .. ": told where it begins", out)
end

local status, out = tap.run "invariances --claim batch,neighbours,repetition,layout,alignment,threads --time-limit 100 --impl build/plants/order_chain.so"
tap.is(status, 0, "a plain order has no dependence")
tap.ok(not out:find("other bits", 1, true), "and none is reported", out)
-- A claim of the subject's own is judged without the option.
local folder = tap.folder()
tap.write(folder .. "/claims.c", [[
#include <conv2d_abi.h>
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *in, int64_t *out) {
  if (ndim != 4 || p->groups != 1)
    return CONV2D_UNSUPPORTED;
  out[0] = in[0], out[1] = p->out_channels;
  for (int i = 2; i < 4; i++)
    out[i] = in[i] - p->kernel_size[i - 2] + 1;
  return CONV2D_OK;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  const int64_t *out = y->shape;
  (void) p, (void) w, (void) b;
  for (int64_t i = 0; i < out[0] * out[1] * out[2] * out[3]; i++)
    ((float *) y->data)[i] = (float) out[0] * *(const float *) x->data;
  return CONV2D_OK;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS, CONV2D_FORWARD };
CONV2D_IMPLEMENT(.name = "claims", .version = "1", .output_shape = shape, .forward = forward, .capabilities = &offers, .claims = CLAIMS);
]])
for _, row in ipairs {{"CONV2D_BATCH_INVARIANT", 1, "  batch        CLAIMED, but other bits among 2 images: "},
  {"CONV2D_REPETITION_INVARIANT | CONV2D_THREAD_INVARIANT", 0, "  repetition   claimed: no dependence was found"}} do
  local claims, want, words = table.unpack(row)
  tap.is(tap.shell(("gcc -shared -fPIC -Iinclude '-DCLAIMS=%s' %s/claims.c -o %s/claims.so"):format(claims, folder, folder)), 0, claims)
  local code, said = tap.run(("invariances --time-limit 100 --impl %s/claims.so"):format(folder))
  tap.is(code, want, claims .. ": status")
  tap.has(said, words, claims .. ": what is said")
  tap.is(tap.shell(("echo 'claims - --impl %s/claims.so' | sh adapters/run_all.sh %s/logs 'conv2d:in=1x1x3x3,out=1,k=1'"):format(folder,
    folder)), 0, "run_all.sh")
  local bits = tap.read(folder .. "/logs/claims.invariances.json")
  tap.is(json.decode(bits).ends.batch ~= nil, true, claims .. ": a table is made of it, whether the claim holds or not")
  os.remove(folder .. "/logs/claims.invariances.json")
end

status, out = tap.run "invariances --json --seconds 0.000001 --impl build/plants/order_chain.so"
tap.is(status, 4, "time runs out: the status")
tap.is(json.decode(out).out_of_time, true, "... and it is said")

tap.is(tap.run "invariances --claim colour --impl build/plants/order_chain.so", 2, "an unknown name: status")

-- What cannot be told is not called good.
status, out = tap.run "invariances --impl build/plants/unrepeatable.so --claim batch"
tap.ok(status == 4 and out:find "batch +claimed: not known, since repetition gives other bits", "other bits when repeated: nothing else is told", out)
package.path = "runner/lua/?.lua;" .. package.path
local silent = {ask = function() return {} end}
local _, is_whole, compared = require("reveal.invariances").find(silent, function() return silent end, function() return false end)
tap.ok(is_whole and next(compared) == nil, "where no call is answered, nothing was compared")

tap.done()
