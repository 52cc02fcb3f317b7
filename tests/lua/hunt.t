#!/usr/bin/env lua5.4
-- hunt.t: hunt finds planted faults of sizes, with and without the subject's edges, reports each once, and goes on with a
-- corpus; a right subject has none.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local odd = "--impl build/mutants/size-odd-channels.so"

-- The values of a field in the lines of JSON that a hunt prints.
local function values(text, field)
  local list = {}
  for v in text:gmatch(('"%s":"([^"]*)"'):format(field)) do list[#list + 1] = v end
  return list
end

-- ---- what it finds

local status, out = tap.run("hunt " .. odd .. " --seed 1 --seconds 2000 --tries 5000 --max-faults 1 --json")
tap.is(status, 1, "a fault is found")
local case, shrunk = values(out, "case")[1], values(out, "shrunk")[1]
tap.ok(shrunk and shrunk:find "^conv2d:in=%d*[3579]x1x1,out=1,k=1", "and shrunk", out)
local _, again = tap.run("hunt " .. odd .. " --seed 1 --seconds 2000 --tries 5000 --max-faults 1 --json")
tap.is(values(again, "case")[1], case, "a seed gives the same again")
local _, other = tap.run("hunt " .. odd .. " --seed 2 --seconds 2000 --tries 5000 --max-faults 1 --json")
tap.ok(values(other, "case")[1] and values(other, "case")[1] ~= case, "another seed has other cases and data", other)
status, out = tap.run("hunt --impl build/adapters/naive.so --seed 1 --seconds 2000 --tries 150")
tap.is(status, 0, "a right subject has no fault")
tap.has(out, " 0 failed; 0 faults", "and that is said")

-- ---- failures that are expected

tap.write(folder .. "/xfail.yaml", '- {where: "in_channels // groups % 2 == 1", verdict: wrong value, reason: "odd numbers of channels"}\n')
status, out = tap.run("hunt " .. odd .. " --seed 1 --seconds 2000 --tries 200 --xfail " .. folder .. "/xfail.yaml")
tap.is(status, 0, "what is expected is no fault")
tap.ok(out:find ", 0 failed, [1-9]%d* as expected; 0 faults", "and is counted apart", out)
tap.write(folder .. "/xfail.yaml", '- {where: "in_channels == 9", reason: "few"}\n')
status, out = tap.run("hunt " .. odd .. " --seed 1 --seconds 2000 --tries 5000 --max-faults 1 --json --xfail " .. folder .. "/xfail.yaml")
tap.is(status, 1, "what is not in the list is found")
tap.ok(values(out, "shrunk")[1]:find "in=1[1357]x1x1", "and not shrunk to what is", out)
local _, refusal
status, _, refusal = tap.run("hunt " .. odd .. " --tries 1 --xfail " .. folder .. "/none.yaml")
tap.is(status, 2, "a list must be there")
tap.has(refusal, "none.yaml: No such file", "and is named")

-- ---- guided by edges

tap.write(folder .. "/kernel.c", [[
#include <conv2d_abi.h>
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *in, int64_t *out) {
  if (ndim != 4 || p->groups != 1 || p->kernel_size[0] * p->kernel_size[1] * p->stride[0] * p->stride[1] != 1
      || p->padding_kind != CONV2D_PADDING_EXPLICIT || p->padding[0] + p->padding[1] > 0)
    return CONV2D_UNSUPPORTED;
  out[0] = in[0], out[1] = p->out_channels, out[2] = in[2], out[3] = in[3];
  return CONV2D_OK;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  const int64_t *in = x->shape, plane = in[2] * in[3];
  const float *from = x->data, *by = w->data, *bias = b ? b->data : 0;
  float *to = y->data;
  for (int64_t n = 0; n < in[0]; n++)
    for (int64_t k = 0; k < p->out_channels; k++)
      for (int64_t i = 0; i < plane; i++) {
        float sum = bias ? bias[k] : 0;
        for (int64_t c = 0; c < in[1]; c++)
          sum += from[(n * in[1] + c) * plane + i] * by[k * in[1] + c];
        if (in[1] == 203)
          if (p->out_channels == 61)
            if (PLANE == 0 || plane == PLANE)
              sum++;
        to[(n * p->out_channels + k) * plane + i] = sum;
      }
  return CONV2D_OK;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS, CONV2D_FORWARD };
CONV2D_IMPLEMENT(.name = "kernel", .version = "1", .output_shape = shape, .forward = forward, .capabilities = &offers);
]])

local tried = 0
for _, row in ipairs {{"gcc", "trace-pc,trace-cmp"}, {"clang", "trace-pc-guard,trace-cmp"}, {"clang", "inline-8bit-counters,trace-cmp"}} do
  local compiler, flags = table.unpack(row)
  local name = compiler .. ", " .. flags
  if tap.shell("command -v " .. compiler) ~= 0 then
    tap.skip(name, compiler .. " is not here")
  else
    local function find(plane)
      tap.is(tap.shell(("%s -O1 -fsanitize-coverage=%s -DPLANE=%d -shared -fPIC -Iinclude %s/kernel.c -o %s/kernel.so"):format(compiler, flags,
        plane, folder, folder)), 0, name .. ": compiled")
      return tap.run(("hunt --impl %s/kernel.so --seed 1 --seconds 2000 --tries 20000 --max-faults 1 --json"):format(folder))
    end
    status, out = find(143)
    tap.is(status, 1, name .. ": a fault behind three conditions, one of a product of sizes, is found")
    tap.ok(tonumber(out:match '"tries":(%d+)') < 2000, "as each leads to the next", out)
    status, out = find(0)
    tap.is(status, 1, name .. ": a fault at two sizes that nobody guesses is found")
    tap.is(values(out, "shrunk")[1], "conv2d:in=1x203x1x1,out=61,k=1,bias=false", "by what it compares them with")
    tap.ok(tonumber(out:match '"edges":(%d+)') > 5, "edges are counted", out)
    tried = tried + 1
  end
end
tap.ok(tried > 0, "with one compiler at least")

-- ---- corpora

local corpus = folder .. "/corpus"
local _, first = tap.run(("hunt %s --seed 5 --seconds 2000 --tries 5000 --max-faults 1 --corpus %s --yaml %s/found.yaml"):format(odd, corpus, folder))
tap.has(first, "found 1: wrong value", "a hunt with a corpus finds")
tap.has(tap.read(corpus .. "/faults.jsonl"), '"verdict":"wrong value"', "and keeps what it finds")
local _, later = tap.run(("hunt %s --seed 5 --seconds 2000 --tries 150 --corpus %s"):format(odd, corpus))
tap.ok(not later:find "found", "a later one reports it no more", later)
tap.has(later, "; 1 fault\n", "but counts it")
local _, merged = tap.run(("hunt %s --seed 6 --seconds 2000 --tries 150 %s"):format(odd, corpus))
tap.ok(not merged:find "found", "nor does one that names the folder", merged)
local ids = {}
for line in tap.read(corpus .. "/corpus"):gmatch "[^\n]+" do
  tap.ok(not ids[line] or line:find "^#", "each case stands once: " .. line)
  ids[line] = true
end
tap.is(tap.run(("run %s %s/found.yaml"):format(odd, folder)), 1, "what was found is a case file: it fails")
tap.is(tap.run(("run --impl build/adapters/naive.so %s/found.yaml"):format(folder)), 0, "and a right subject passes it")

for _, row in ipairs {{"corpus", "nonsense\n", "corpus:1: this is no corpus of a hunt"},
  {"corpus", "# conv2d-cts hunt 1\nconv2d:in=no\nconv2d:in=1x1x1,out=1,k=1\n", "corpus:2: a case is expected, got 'conv2d:in=no'"},
  {"faults.jsonl", "{\"keys\":[]}\n", "faults.jsonl:1: this is no fault that a hunt has found"},
  {"faults.jsonl", "{broken\n{}\n", "faults.jsonl:1: this is no fault"}} do
  tap.shell(("rm -rf %s/bad && mkdir %s/bad"):format(folder, folder))
  tap.write(("%s/bad/%s"):format(folder, row[1]), row[2])
  local code, _, err = tap.run(("hunt %s --seconds 1 --corpus %s/bad"):format(odd, folder))
  tap.ok(code == 2 and err:find(row[3], 1, true), row[3], err)
end
tap.write(folder .. "/bad/faults.jsonl", tap.read(corpus .. "/faults.jsonl") .. '{"id":"conv2d:in')
tap.is(tap.run(("hunt %s --seconds 1 --seed 1 --corpus %s/bad"):format(odd, folder)), 1, "a last line that was cut short is left out")

-- A fault that is no longer there is said to be mended, and is no failure; corpora that are none are refused, and stay.
local known = folder .. "/known"
tap.run(("hunt --impl build/mutants/stride-swapped.so --seed 1 --seconds 60 --max-faults 1 --corpus %s"):format(known))
local mended, said = tap.run(("hunt --impl build/adapters/naive.so --seed 1 --tries 2 --corpus %s"):format(known))
tap.ok(mended == 0 and said:find "no longer: wrong value on conv2d:" and said:find("; 0 faults", 1, true), "a mended fault", said)
tap.is(tap.run(("hunt --impl build/mutants/stride-swapped.so --seed 1 --tries 1 --corpus %s"):format(known)), 1, "one that is still there")
for name, row in pairs {notes = {"notes of mine, one line", "corpus:1: this is no corpus of a hunt"},
  large = {"# conv2d-cts hunt 1\n# seed 99999999999999999999, tries 5\n", "corpus:2: a number is too large"}} do
  os.execute(("mkdir -p %s/%s"):format(folder, name))
  tap.write(("%s/%s/corpus"):format(folder, name), row[1])
  local status, _, err = tap.run(("hunt --impl build/adapters/naive.so --tries 1 --corpus %s/%s"):format(folder, name))
  tap.ok(status == 2 and err:find(row[2], 1, true), name .. ": refused", err)
  tap.is(tap.read(("%s/%s/corpus"):format(folder, name)), row[1], name .. ": as it was")
end

-- Ctrl-C ends it at once; what it had is there.
local _, waited = tap.shell(([[
rm -rf %s
%s hunt --impl build/adapters/naive.so --seconds 1000 --corpus %s 2>%s/said & p=$!
for i in $(seq 600); do test -s %s/corpus && break; sleep 0.1; done
s=$(date +%%s); kill -INT $p; wait $p; echo "$? $(($(date +%%s) - s))"]]):format(corpus, tap.program, corpus, folder, corpus))
local code, seconds = waited:match "(%d+) (%d+)\n$"
tap.ok(code == "3" and tonumber(seconds) < 20, "an interrupted hunt ends", waited)
tap.has(tap.read(folder .. "/said"), "interrupted while ", "says what it was at")
tap.has(tap.read(corpus .. "/corpus"), "# conv2d-cts hunt 1\n", "and its corpus is there")

tap.done()
