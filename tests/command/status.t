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
  {"run --strict-xpass " .. sample .. small, 2, "--strict-xpass asks about the list of --xfail"},
  {"run --hook-time-limit 1 " .. sample .. small, 2, "--hook-time-limit is a limit of --hook"},
  {"run --resume-elsewhere " .. sample .. small, 2, "--resume-elsewhere goes on with the log of --resume"},
  {"explain --impl " .. refuses .. " conv2d:in=1x1x4x5,out=1,k=3", 1, ""},
  {"invariances --claim batch --impl " .. refuses, 4, ""},
  {"oracle --input x.npy --weight w.npy --grad-input g.npy -o y.npy", 2, "x.npy: No such file"},
  {"shrink --name 'a: b' --impl build/mutants/stride-swapped.so conv2d:in=1x1x4x6,out=1,k=1,s=1x2", 2, "only a-z, 0-9, '.' and '-' may stand in a name"},
  {"shrink --yaml /nowhere/x.yaml --impl build/mutants/stride-swapped.so conv2d:in=1x1x4x6,out=1,k=1,s=1x2", 2, "there is no folder /nowhere"},
  {"hunt --seconds 1 " .. sample .. "/nowhere", 2, "/nowhere: no hunt has left a corpus there"},
  {"hunt --seconds 1 --yaml /nowhere/x.yaml " .. sample, 2, "there is no folder /nowhere"},
  {"matrix --commands " .. folder .. "/nothing", 2, "Is a directory"},
  {"report --html " .. folder .. "/r --markdown " .. folder .. "/r x.jsonl", 2, "/r can't hold two reports"},
}
for _, f in ipairs(failures) do
  local status, _, err = tap.run(f[1])
  tap.is(status, f[2], "status of: " .. f[1]:gsub(folder, "DIR"))
  tap.has(err, f[3], "message of: " .. f[1]:gsub(folder, "DIR"))
end

local status, out, err = tap.run("run --impl " .. refuses .. " " .. small)
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

-- A call that is not answered has no right answer, and no invariance.
_, out = tap.run("explain --impl " .. refuses .. " conv2d:in=1x1x4x5,out=1,k=3")
tap.has(out, "There is no answer to explain.", "explain: a call that is refused")
_, out = tap.run("invariances --claim batch --impl " .. refuses)
tap.has(out, "claimed: not known: no two calls were answered", "invariances: likewise")

-- repro is right of what run names: another direction, a file of one's own with the name of one of the suite's.
status, out = tap.run "repro --impl build/mutants/padding-swapped-in-shape.so conv2d:in=1x2x4x5,out=1,k=3,p=1x0,dir=shape"
tap.is(status, 1, "a wrong shape that was asked for alone")
tap.has(out, "output, right: of shape [1, 1, 4, 3]", "and the right one")
path("padding.yaml", "about: x\nclauses: [FWD-1]\ncases:\n  - {name: both, input: [1, 1, 2, 3], out_channels: 1, kernel_size: 1, stride: [1, 2], "
  .. "data: uniform, values: {input: [.1, .2, .3, .4, .5, .6]}}\n")
status = tap.shell(("p=$(realpath %s) m=$(realpath build/mutants/stride-swapped.so); cd %s && $p repro --quiet --impl $m padding.yaml#both"):format(
  tap.program, folder))
tap.is(status, 1, "a file of one's own stands before the suite's of that name")

-- What is to be rejected and was not, as a file and as a program.
status, _, err = tap.run(("shrink --impl build/mutants/accepts-out-channels.so --yaml %s/broken.yaml --c %s/broken.c conv2d:in=1x4x4x5,out=3,k=3,g=2"):format(
  folder, folder))
tap.is(status, 0, "an invalid call is shrunk")
tap.has(err, "no C program: a call that is to be rejected has none", "there is no program of it")
tap.is(tap.run(("run %s %s/broken.yaml"):format(sample, folder)), 0, "and the file says that it is to be rejected")

for _, command in ipairs {"list --count", "list", "list --help", "help", "version", "show --keys", "coverage --strength 1 cases/padding.yaml",
  "run --tap " .. sample .. small, "run --help"} do
  tap.is(tap.run(command .. " >/dev/full"), 3, "what can't be written is a failure of the harness: " .. command:gsub(folder, "DIR"))
end

local usage = tap.shell(tap.program .. " run --help | grep -q 'Exit status'")
tap.is(usage, 0, "--help has the exit statuses")

tap.done()
