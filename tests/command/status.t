#!/usr/bin/env lua5.4
-- status.t: every way in which a run can go wrong has its message and its exit status, never a pass.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local function path(name, text)
  tap.write(folder .. "/" .. name, text)
  return folder .. "/" .. name
end

-- Compiles C to a shared object.
local function subject(name, source)
  local c = path(name .. ".c", source)
  local status, _, err = tap.shell(("gcc -shared -fPIC -Iinclude -o %s/%s.so %s"):format(folder, name, c))
  assert(status == 0, err)
  return folder .. "/" .. name .. ".so"
end

local small = path("small.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\ncases:\n  - {name: a}\n")
local empty = path("empty.yaml", "")
local none = path("none.yaml", "about: x\ncases: []\n")
local wrong = path("wrong.yaml", "about: x\nclauses: [FWD-1]\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\ncases:\n  - {name: a, output_shape: [1, 1, 2, 2]}\n")
os.execute(("mkdir %s/nothing; mkfifo %s/fifo.yaml; head -c 9000000 /dev/zero >%s/large.yaml"):format(folder, folder, folder))

local no_symbol = subject("no_symbol", "int x;")
local old_abi = subject("old_abi", [[
#include <conv2d_abi.h>
static int32_t s (const conv2d_params *p, int32_t n, const int64_t *i, int64_t *o) { return 1; }
static int32_t f (const conv2d_params *p, const DLTensor *i, const DLTensor *w, const DLTensor *b, DLTensor *o) { return 1; }
const conv2d_implementation conv2d_subject = { 99, sizeof (conv2d_implementation), "old", "1", s, f };]])
local refuses = subject("refuses", [[
#include <conv2d_abi.h>
static int32_t s (const conv2d_params *p, int32_t n, const int64_t *i, int64_t *o) { return 1; }
static int32_t f (const conv2d_params *p, const DLTensor *i, const DLTensor *w, const DLTensor *b, DLTensor *o) { return 1; }
CONV2D_IMPLEMENT (.name = "refuses", .version = "1", .output_shape = s, .forward = f);]])
local missing_library = subject("undefined", [[extern int conv2d_no_such_function (void); int g (void) { return conv2d_no_such_function (); }
__attribute__ ((constructor)) static void c (void) { g (); }]])
local no_function = subject("no_function", [[
#include <conv2d_abi.h>
CONV2D_IMPLEMENT (.name = "hollow", .version = "1");]])

local sample = "--impl " .. tap.sample .. " "
-- {arguments, status, words in the message}
local failures = {
  {"frobnicate", 2, "unknown command 'frobnicate'"},
  {"run", 2, "either --impl or --impl-cmd must be given"},
  {"run --impl", 2, "--impl needs a value"},
  {"run --frob " .. sample, 2, "unknown option --frob"},
  {"run --jobs many " .. sample, 2, "--jobs: an integer of at least 1 is expected, got 'many'"},
  {"run --jobs 0 " .. sample, 2, "--jobs: an integer of at least 1 is expected, got '0'"},
  {"run --tier slow " .. sample, 2, "tier: one of quick, full, exhaustive, models, large is expected, got 'slow'"},
  {"run --shard 3/2 " .. sample, 2, "shard: I/N with 1 <= I <= N is expected, got '3/2'"},
  {"run --filter 'stride =' " .. sample, 2, "--filter:"},
  {"run --filter 'stride > 1' " .. sample, 2, "stride is a list: stride[1], stride[2]"},
  {"list --filter 'name + 1'", 2, "--filter: attempt to add"},
  {"list --filter 'error(1)'", 2, "--filter:"},
  {"list --filter 'input[9] > 1'", 2, "input is a list"},
  {"run --filter nonsense==1 " .. sample, 2, "a case has no field 'nonsense'"},
  {"run --impl /nowhere/x.so " .. small, 2, "/nowhere/x.so"},
  {"run --impl " .. small .. " " .. small, 2, "small.yaml"},
  {"run --impl " .. no_symbol .. " " .. small, 2, "conv2d_subject"},
  {"run --impl " .. old_abi .. " " .. small, 2, "99"},
  {"run --impl " .. missing_library .. " " .. small, 2, "conv2d_no_such_function"},
  {"run --impl " .. no_function .. " " .. small, 2, "output_shape"},
  {"run " .. sample .. "/nowhere.yaml", 2, "/nowhere.yaml: no such case file, neither here nor in "},
  {"run " .. sample .. empty, 2, "empty.yaml:1:1: the file is empty"},
  {"run " .. sample .. none, 2, "none.yaml:2:8: cases: a list of at least one case is expected"},
  {"run " .. sample .. folder .. "/nothing", 4, "no *.yaml below it"},
  {"run " .. sample .. folder .. "/fifo.yaml", 2, "not a regular file"},
  {"run " .. sample .. folder .. "/large.yaml", 2, "larger than 8 MiB"},
  {"run " .. sample .. "--filter 'groups == 99' " .. small, 4, "no case is selected"},
  {"run " .. sample .. "--log /nowhere/log " .. small, 2, "/nowhere/log: No such file or directory"},
  {"run " .. sample .. "--log /dev/full " .. small, 3, "log"},
  {"run " .. sample .. small .. " >/dev/full", 3, ""},
  {"list --tap", 2, "unknown option --tap"},
  {"show", 2, "a case must be named"},
  {"show conv2d:in=1x1x4x5", 2, "out_channels: must be given"},
  {"show conv2d:in=1x1x4x5,out=1,k=3,k=3", 2, "'kernel_size' is given twice"},
  {"show conv2d:in=1x1x4x5,out=1,kk=3", 2, "column 25: KEY=VALUE is expected, got 'kk=3'"},
  {"show conv2d:in=1x1x4x5,out=1,k=99999999999999999999", 2, "kernel_size: an integer or a pair of integers is expected"},
  {"show padding.yaml#nowhere", 2, "no case 'nowhere' in "},
  {"repro " .. sample, 2, "a case must be named"},
}
for _, f in ipairs(failures) do
  local status, _, err = tap.run(f[1])
  tap.is(status, f[2], "status of: " .. f[1]:gsub(folder, "DIR"))
  tap.has(err, f[3], "message of: " .. f[1]:gsub(folder, "DIR"))
end

local status, out = tap.run("run --impl " .. refuses .. " " .. small)
tap.is(status, 4, "a subject that offers nothing is no success")
tap.has(out, "nothing could be run", "and is said")

status, out = tap.run("run " .. sample .. wrong)
tap.is(status, 2, "a case whose own expectation is wrong")
tap.has(out, "the case says 'output_shape: [1, 1, 2, 2]', but the output is [1, 1, 2, 3]", "is mistrusted, with the reason")

-- A case without a verdict is never part of a success, whatever kept it from having one.
local forgetful = path("forgetful.lua", "return {verdict = function(r) if r.case.name == 'both' then return 'not run' end end}\n")
local log = folder .. "/log"
local forgets = ("run %s--hook %s --log %s cases/padding.yaml"):format(sample, forgetful, log)
status, out = tap.run(forgets)
tap.is(status, 3, "a case that did not run, without an interruption")
tap.has(out, "is not judged: the run was interrupted", "is no conforming run")
tap.has(tap.read(log), '"interrupted":true', "and its log says that it is not whole")
tap.is(tap.run("report --tap " .. log), 3, "a report of it neither")
tap.is(tap.run(("merge -o %s/merged %s"):format(folder, log)), 3, "nor what it is merged into")
for _, how in ipairs {"--tap", "--json", "--order telling"} do
  tap.is(tap.run(("%s %s"):format(forgets, how)), 3, "nor with " .. how)
end

status = tap.run("run " .. sample .. small)
tap.is(status, 0, "a conforming subject")

for _, command in ipairs {"list --count", "list", "list --help", "help", "version", "show --keys", "coverage --strength 1 cases/padding.yaml",
  "run --tap " .. sample .. small, "run --help"} do
  tap.is(tap.run(command .. " >/dev/full"), 3, "what can't be written is a failure of the harness: " .. command:gsub(folder, "DIR"))
end

local usage = tap.shell(tap.program .. " run --help | grep -q 'Exit status'")
tap.is(usage, 0, "--help has the exit statuses")

tap.done()
