#!/usr/bin/env lua5.4
-- fresh.t: --fresh gives every case other data, told and repeatable, and a table of known answers is of no use.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local files = "cases/padding.yaml cases/groups.yaml cases/regressions/torch-values.yaml"

local function lines(command)
  local list, status, out = {}, tap.run(command)
  for line in out:gmatch "[^\n]+" do list[#list + 1] = line end
  return list, status
end

local plain, seven, again, eight = lines("list --ids " .. files), lines("list --ids --fresh 7 " .. files),
  lines("list --ids --fresh 7 " .. files), lines("list --ids --fresh 8 " .. files)
tap.is(#seven, #plain, "as many cases")
tap.is(table.concat(seven, "\n"), table.concat(again, "\n"), "the same for the same seed")
local other, literal, differ = 0, 0, 0
for i, id in ipairs(plain) do
  if id:find "#" then
    literal = literal + (seven[i] == id and 1 or 0)
  else
    other = other + (seven[i]:gsub(",data=[%w+]*/%d+", "") == id:gsub(",data=[%w+/]*", "") and seven[i] ~= id and 1 or 0)
    differ = differ + (seven[i] ~= eight[i] and 1 or 0)
  end
end
tap.ok(literal > 3, "cases with literal values stay")
tap.is(other + literal, #plain, "all others differ in their seed alone")
tap.is(differ, other, "and between seeds")

for seed = 1, 5 do
  local status, out = tap.run(("run --fresh %d --impl %s %s"):format(seed, tap.sample, files))
  tap.is(status, 0, "a right subject passes, with seed " .. seed)
  tap.has(out, "are of --fresh " .. seed, "which is reported")
end
local status, out = tap.run(("run --tap --fresh random --impl %s cases/padding.yaml"):format(tap.sample))
local told = out:match "# the data [^\n]* of %-%-fresh (%d+)\n"
tap.ok(status == 0 and told, "a seed that is chosen is reported in TAP, too")
tap.ok(told ~= select(2, tap.run(("run --fresh random --impl %s cases/padding.yaml"):format(tap.sample))):match "%-%-fresh (%d+)",
  "and is another each time")

-- A failure is reported by an id that holds its data.
_, out = tap.run("run --max-failures 0 --fresh 7 --impl build/mutants/padding-swapped.so cases/padding.yaml")
local repro = out:match "repro%s+build/conv2d%-cts ([^\n]+)"
tap.has(repro, "data=", "the line that runs it again has the seed")
local name = out:match "FAIL ([^\n]+)"
tap.has(name, "data=", "so has what it is called")
tap.is(tap.run(repro), 1, "and it fails again")

-- A subject that knows the answers of the published cases by heart.
tap.write(folder .. "/table.c", [[
#include <conv2d_abi.h>
static int32_t shape (const conv2d_params *p, int32_t n, const int64_t *in, int64_t *out) {
  if (n != 4) return CONV2D_UNSUPPORTED;
  out[0] = in[0], out[1] = p->out_channels, out[2] = in[2], out[3] = in[3];
  return CONV2D_OK;
}
static int32_t forward (const conv2d_params *p, const DLTensor *x, const DLTensor *w, const DLTensor *b, DLTensor *y) {
  (void) p, (void) x, (void) w, (void) b;
  static const float known[] = {ANSWERS};
  for (int i = 0; i < 9; i++) ((float *) y->data)[i] = known[i];
  return CONV2D_OK;
}
static const conv2d_capabilities offers = { CONV2D_F32, CONV2D_NCHW, 1 << CONV2D_ZEROS, CONV2D_FORWARD };
CONV2D_IMPLEMENT (.name = "table", .version = "1", .output_shape = shape, .forward = forward, .capabilities = &offers);
]])
tap.write(folder .. "/one.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 3, 3], out_channels: 1, kernel_size: 1}\ncases: [{name: a}]\n")
tap.write(folder .. "/answers.lua", ([[
for c in suite.load("%s/one.yaml"):cases() do
  local t = c:tensors()
  print(table.concat(oracle.forward(c, t.input, t.weight, t.bias):totable(), ","))
end
return 0]]):format(folder))
local _, answers, problem = tap.run("lua " .. folder .. "/answers.lua")
tap.is(problem, "", "the answers are read from the oracle")
local built, _, said = tap.shell(("gcc -shared -fPIC -Iinclude '-DANSWERS=%s' -o %s/table.so %s/table.c")
  :format(answers:gsub("%s", ""), folder, folder))
tap.is(built, 0, "a table of answers is built " .. said)
local known = ("--impl %s/table.so %s/one.yaml"):format(folder, folder)
tap.is(tap.run("run " .. known), 0, "it passes the case as it is written")
tap.is(tap.run("run --fresh 3 " .. known), 1, "and fails with fresh data")

for _, bad in ipairs {"0", "-1", "x", "1.5", "1e10", "''"} do
  local wanted = bad == "''" and "a value is expected" or "an integer from 1 to 1e9, or random, is expected"
  local refused, _, err = tap.run("list --fresh " .. bad)
  tap.is(refused, 2, "--fresh " .. bad)
  tap.has(err, "--fresh: " .. wanted, "is refused")
end

tap.done()
