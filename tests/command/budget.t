#!/usr/bin/env lua5.4
-- budget.t: a run that has only so much time does the most telling cases first, and says how far it came.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local log = folder .. "/log.jsonl"
local sample = " --impl " .. tap.sample
local files = " cases/padding.yaml cases/groups.yaml cases/sweeps/even-kernels.yaml"

local function cases_of(path)
  local list, seen = {}, {}
  for line in io.lines(path) do
    local case = line:match('^{"case":"([^"]*)"')
    if case then list[#list + 1], seen[case] = line, (seen[case] or 0) + 1 end
  end
  return list, seen
end

-- ---- the telling order

local status, out = tap.run("run --tier full --order telling --log " .. log .. sample .. files)
tap.is(status, 0, "the telling order conforms")
tap.has(out, "one case of each clause: ", "... says how many cases each pass had")
tap.has(out, "the tier quick: ", "... the first tier")
tap.has(out, "the tier full: ", "... and the next")
tap.ok(not out:find("when the time was over", 1, true), "... each whole")
local telling, seen = cases_of(log)
local clauses, new = {}, 0
local first_pass = tonumber(out:match "one case of each clause: (%d+)")
for i = 1, first_pass or 0 do
  local before = new
  for clause in telling[i]:match('"clauses":%[(.-)%]'):gmatch '"([^"]+)"' do
    if not clauses[clause] then clauses[clause], new = true, new + 1 end
  end
  tap.ok(new > before, "case " .. i .. " has a clause that none before it had")
end
local _, listed = tap.run("list --ids --tier full" .. files)
local all = 0
for id in listed:gmatch "[^\n]+" do all = all + (seen[id] and 0 or 1) end
tap.is(all, 0, "every case of the suite has come")
local quick, order_kept = {}, true
for id in select(2, tap.run("list --ids --tier quick" .. files)):gmatch "[^\n]+" do quick[id] = true end
local beyond = false
for i, line in ipairs(telling) do
  local is_quick = quick[line:match '^{"case":"([^"]*)"'] or false
  if i > (first_pass or 0) then
    order_kept = order_kept and not (beyond and is_quick)
    beyond = beyond or not is_quick
  end
end
tap.ok(order_kept, "those of quick come before the others of full")
tap.ok(tap.read(log):find('"--order=telling"', 1, true), "the order is part of the log")

-- ---- so much time

status, out = tap.run("run --seconds 0.000001 --log " .. log .. sample .. files)
tap.is(status, 4, "no time at all: the status")
for _, seconds in ipairs {1.5, 6, 24} do -- on a busy machine none may be begun in the first
  status, out = tap.run(("run --tier exhaustive --seconds %g --log %s%s cases/padding.yaml cases/sweeps/product.yaml "
    .. "cases/accuracy.yaml"):format(seconds, log, sample))
  if status ~= 4 then break end
end
tap.is(status, 0, "a run that has 1.5 seconds conforms")
tap.has(out, "when the time was over", "... and says where the time was over")
tap.has(tap.read(log), '"out_of_time":true', "... in its log, too")
tap.has(tap.read(log), '"interrupted":false', "... which is no interruption")
local before = #(cases_of(log))
for _, seconds in ipairs {1.5, 6, 24} do -- a busy machine may need most of it to begin
  status = tap.run(("run --seconds %g --resume %s"):format(seconds, log))
  if #(cases_of(log)) > before then break end
end
tap.is(status, 0, "it goes on with another 1.5 seconds")
tap.ok(#(cases_of(log)) > before, "... with more cases")
status, _, out = tap.run(("merge -o %s/m %s"):format(folder, log))
tap.is(status, 2, "such a log is no part of a whole: the status")
tap.has(out, "is not the suite's", "... the message")

-- ---- an end to it

tap.write(folder .. "/slow.c", [[
#include <conv2d_abi.h>
#include <time.h>
static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *input, int64_t *output) {
  nanosleep (&(struct timespec){ 0, 400000000 }, 0);
  return CONV2D_UNSUPPORTED;
}
static int32_t forward (const conv2d_params *p, const DLTensor *i, const DLTensor *w, const DLTensor *b, DLTensor *o) {
  return CONV2D_UNSUPPORTED;
}
const conv2d_implementation conv2d_subject = { .abi = CONV2D_ABI, .size = sizeof (conv2d_implementation), .name = "slow",
  .output_shape = shape, .forward = forward };
]])
local built = tap.shell(("${CC:-cc} -Iinclude -shared -fPIC %s/slow.c -o %s/slow.so"):format(folder, folder))
tap.is(built, 0, "a subject that takes its time")
local started = os.time()
status, out = tap.run(("run --jobs 1 --total-limit 2 --impl %s/slow.so --log %s cases/padding.yaml"):format(folder, log))
tap.is(status, 3, "a run that has 2 seconds in all: the status")
tap.has(out, "is not judged: the run came to its time limit", "... says so")
tap.has(out, "the limit of 2 s for the whole run (--total-limit) is over: ", "... and how many cases did not run")
tap.has(out, "go on with: conv2d-cts run --resume " .. log, "... and how it goes on")
tap.ok(os.time() - started < 20 * tap.business(), "... and ends")
tap.has(tap.read(log), '"interrupted":true', "... with a last line in its log")

local early = os.time()
status, out = tap.run(("run --jobs 2 --seconds 4 --impl %s/slow.so cases/padding.yaml cases/same.yaml cases/circular.yaml"):format(folder))
tap.has(out, "when the time was over", "a slow subject that has 4 seconds: what was covered")
tap.ok(os.time() - early < 12 * tap.business(), "... it ends soon after", os.time() - early)

status, _, out = tap.run("run --order backwards" .. sample)
tap.is(status, 2, "an order that does not exist: the status")
tap.has(out, "suite or telling is expected", "... the message")
tap.done()
