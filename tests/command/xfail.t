#!/usr/bin/env lua5.4
-- xfail.t: failures that are expected of a subject don't count, are shown as such, and are reported when they have
-- gone. Under --strict a subject must offer what it declares.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local function path(name, text)
  tap.write(folder .. "/" .. name, text)
  return folder .. "/" .. name
end

-- The sample, but for a wrong value at stride 2 and no groups.
path("spoilt.c", [[
#include <conv2d_abi.h>
extern const conv2d_implementation sample;
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *input, int64_t *output) {
  return sample.output_shape(p, ndim, input, output);
}
static int32_t forward (const conv2d_params *p, const DLTensor *input, const DLTensor *weight,
                        const DLTensor *bias, DLTensor *output) {
  if (p->groups > 1)
    return CONV2D_UNSUPPORTED;
  int32_t status = sample.forward(p, input, weight, bias, output);
  if (p->stride[0] == 2)
    ((float *) output->data)[0] += 1;
  return status;
}
static const conv2d_capabilities has = { LIST };
CONV2D_IMPLEMENT (.name = "spoilt", .version = "1", .output_shape = shape, .forward = forward, .capabilities = &has,
                  .environment = "made=here");]])
local function compile(name, list)
  local status, _, err = tap.shell(([[
    folder=%s
    gcc -fPIC -Iinclude -Dconv2d_subject=sample -c adapters/naive.c -o $folder/sample.o &&
    gcc -shared -fPIC -Iinclude '-DLIST=%s' $folder/spoilt.c $folder/sample.o -o $folder/%s.so -lm]]):format(
    folder, list, name))
  assert(status == 0, err)
  return "run --impl " .. folder .. "/" .. name .. ".so "
end
local spoilt = compile("spoilt", "CONV2D_F32, CONV2D_NCHW, 15, CONV2D_FORWARD")
local modest = compile("modest", "CONV2D_F32, CONV2D_NCHW, 15, 0")

local cases = path("small.yaml", [[
about: Three cases, of which one fails and one is not offered.
clauses: [FWD-1]
base: {input: [1, 2, 6, 7], out_channels: 2, kernel_size: 3}
cases:
  - {name: plain}
  - {name: stride, stride: 2, clauses: [SHAPE-1]}
  - {name: groups, groups: 2}
]])

-- ---- what is declared must be offered

local function verdict_of(name, command)
  tap.run(command .. " --log " .. folder .. "/log " .. cases)
  return tap.read(folder .. "/log"):match('"name":"' .. name .. '".-"verdict":"([^"]*)"')
end
tap.is(verdict_of("groups", spoilt), "unsupported", "UNSUPPORTED is a skip")
tap.is(verdict_of("groups", spoilt .. "--strict"), "undeclared gap", "a failure, under --strict")
tap.is(verdict_of("groups", modest .. "--strict"), "unsupported", "but a skip if not all is declared")

-- ---- expected failures

local function run(list, options)
  local file = path("xfail.yaml", list)
  local status, out, err = tap.run(("%s --log %s/log --xfail %s %s %s"):format(
    spoilt, folder, file, options or "", cases))
  return status, out .. err, tap.read(folder .. "/log")
end

local by_name = "- {case: '*small/stride', reason: 'rounds #1', link: 'https://example.org/1'}"
local status, out, log = run(by_name)
tap.is(status, 0, "an expected failure is no failure")
tap.has(out, "1 passed, 1 failed as expected, 1 skipped of 3 cases", "but is counted")
tap.has(log, '"verdict":"wrong value","xfail":"rounds #1"', "the log has verdict and reason")
tap.has(log, '"failed":0,"broken":0,"expected":1', "and the counts")

local _, junit = tap.run("report --junit - " .. folder .. "/log")
tap.has(junit, "fails as expected, rounds #1: ", "and a report made of it knows")
tap.ok(not junit:find("<failure", 1, true), "that it is none of its failures")

status, out = run(by_name, "--tap")
tap.is(status, 0, "the same as TAP")
tap.has(out, "small/stride: wrong value # TODO rounds :1\n", "a TODO with its reason")

for _, condition in ipairs {"case: '*stride*'", "case: 'conv2d:*s=2*'", "clause: SHAPE-1", "verdict: wrong value",
                            "case: '*', clause: FWD-1, verdict: wrong value"} do
  local entry = "- {" .. condition .. ", reason: known}"
  tap.is(run(entry), 0, entry)
end
for _, condition in ipairs {"case: stride", "clause: PAD-1", "verdict: crash", "case: '*stride', clause: PAD-1"} do
  local entry = "- {" .. condition .. ", reason: known}"
  tap.is(run(entry), 1, entry .. " names another")
end

for where, expected in pairs {["stride[1] == 2"] = 0, ["stride[1] == 3"] = 1, ["stride[1] == 2 and groups > 1"] = 1,
                              ["math.max(stride[1], stride[2]) > 1"] = 0} do
  local entry = ("- {where: '%s', reason: known}"):format(where)
  tap.is(run(entry), expected, entry)
end
for where, message in pairs {["stride[1] =="] = "xfail.yaml:1: where: where:1: unexpected symbol",
                             ["stride > 1"] = "xfail.yaml:1: where: where:1: attempt to compare"} do
  local bad_status, bad_message = run(("- {where: '%s', reason: known}"):format(where))
  tap.is(bad_status, 2, where)
  tap.has(bad_message, message, "and where it stands")
end

-- ---- conditions on the machine and the subject

for when, expected in pairs {["NO_SUCH=*"] = 1, ["!NO_SUCH=*"] = 0, ["OMP_DYNAMIC=false"] = 0, ["!OMP_DYNAMIC=*"] = 1,
                             ["made=here"] = 0, ["made=*  !made=there"] = 0, ["made=here NO_SUCH"] = 1} do
  local entry = ("- {verdict: wrong value, reason: known, when: '%s'}"):format(when)
  local file = path("xfail.yaml", entry)
  tap.is(tap.shell(("OMP_DYNAMIC=false %s %s --xfail %s %s"):format(tap.program, spoilt, file, cases)), expected, entry)
end

-- ---- expected failures that pass

local passing = by_name .. "\n- {case: '*/plain', reason: mended}"
status, out = run(passing)
tap.is(status, 0, "a pass where a failure was expected")
tap.has(out, "xfail.yaml:2: mended", "is reported")
tap.is(run(passing, "--strict-xpass"), 1, "and fails under --strict-xpass")
tap.is(run(by_name .. "\n- {case: '*/plain', reason: races, sometimes: with threads}", "--strict-xpass"), 0,
  "unless it fails sometimes only")
tap.is(run(by_name, "--strict-xpass"), 0, "which asks no more of the others")
tap.is(run("- {clause: FWD-1, reason: some fail}", "--strict-xpass"), 0, "one failure fulfils an entry")
tap.is(run(by_name .. "\n- {case: 'other/*', reason: elsewhere}", "--strict-xpass"), 0,
  "what did not run is not missed")

-- ---- bad files

for _, bad in ipairs {
  {"", "xfail.yaml"},
  {"[]", "a list of expected failures is expected"},
  {"- {case: '*'}", "1:3: a reason is missing"},
  {"- {reason: all}", "case, clause, verdict or where is missing"},
  {"- {clause: PAD-99, reason: x}", "specs/ have no clause 'PAD-99'"},
  {"- {verdict: pass, reason: x}", "'pass' is no verdict of a failure"},
  {"- {cases: x, reason: x}", "unknown key 'cases'"},
  {"- {case: [x], reason: x}", "case: a text is expected"},
  {"- stride", "an entry is expected"},
  {("["):rep(100000), "nested too deeply"},
  {"- {case: 'a\0b', reason: x}", "control characters are not allowed"},
  {"- {case: &a x, reason: *a}", "anchors and tags are not allowed"},
  {("- {case: x, reason: y}\n"):rep(400000), "larger than 8 MiB"},
} do
  local code, text = run(bad[1])
  tap.is(code, 2, "no list of expected failures: " .. bad[1]:sub(1, 60):gsub("%c", "?"))
  tap.has(text, bad[2], "which is said")
end

tap.done()
