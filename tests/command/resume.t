#!/usr/bin/env lua5.4
-- resume.t: a run that was interrupted or killed goes on from its log, and ends with the log that an undisturbed run
-- writes, but for times. CONV2D_KILLS says how many runs are killed (default 6).

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"
local folder = tap.folder()
local log, whole = folder .. "/log.jsonl", folder .. "/whole.jsonl"

local sample = " --impl " .. tap.sample
local cases = " cases/padding.yaml cases/sweeps/even-kernels.yaml"

-- A log without what differs from one undisturbed run to the next.
local function timeless(path)
  return (tap.read(path):gsub('"nanoseconds":%d+,?', ""):gsub('"seconds":[%d.e+-]+', ""):gsub('"date":"[^"]*",?', "")
    :gsub(',?"resumed":%b{}', ""):gsub(",}", "}"))
end

-- Whether two logs say the same; shows the first line that differs.
local function same_log(got, want, name)
  local g, w = timeless(got), timeless(want)
  local next_line = w:gmatch("[^\n]*")
  for line in g:gmatch("[^\n]*") do
    local other = next_line()
    if line ~= other then return tap.is(line, other, name) end
  end
  tap.is(#g, #w, name)
end

-- Output without times.
local function untimed(text) return (text:gsub(" in [%d.]+ s %([%d,]+ cases a second%)", ""):gsub(folder .. "/%w+.jsonl", "LOG")) end

local status, before = tap.run("run" .. sample .. cases .. " --log " .. whole)
tap.is(status, 0, "an undisturbed run conforms")
local lines = {}
for line in io.lines(whole, "L") do lines[#lines + 1] = line end

local function prefix(n) return table.concat(lines, "", 1, n) end

-- ---- logs that end early

local interrupted = '{"end":true,"cases":9,"passed":9,"skipped":0,"failed":0,"broken":0,"expected":0,"interrupted":true,"seconds":0.1}\n'
local not_run = lines[#lines - 1]:gsub('"verdict":"pass".*', '"verdict":"not run"}\n')
local early = {
  {"in its first line", lines[1]:sub(1, 30)},
  {"with no byte", ""},
  {"after its first line", prefix(1)},
  {"after a case", prefix(40)},
  {"within a line", prefix(40) .. lines[41]:sub(1, 25)},
  {"with all of a line but its end", prefix(40) .. lines[41]:sub(1, -2)},
  {"before its last line", prefix(#lines - 1)},
  {"by an interruption", prefix(40) .. not_run .. interrupted},
  {"by an interruption before the first case", prefix(1) .. interrupted},
}
for _, e in ipairs(early) do
  tap.write(log, e[2])
  local got, out = tap.run("run" .. sample .. cases .. " --resume " .. log)
  tap.is(got, 0, "a log that ends " .. e[1] .. ": the run conforms")
  tap.is(untimed(out), untimed(before), "... and says what an undisturbed one does")
  same_log(log, whole, "... and so does its log")
end

tap.write(log, prefix(40))
tap.run("run --resume " .. log)
same_log(log, whole, "without a subject, the log says what is run")
local resumed = tap.read(log):match('"resumed":(%b{})')
tap.has(resumed or "", '"cases":39}', "the first line after says where the run went on")
tap.has(resumed or "", '"host":"', "... and on which machine")

local complete = tap.read(log)
local _, again = tap.run("run --resume " .. log)
tap.is(untimed(again), untimed(before), "a complete log has the same end without a call")
tap.is(tap.read(log), complete, "... and stays as it is")

os.remove(log)
tap.is((tap.run("run" .. sample .. cases .. " --resume " .. log)), 0, "a log that does not exist yet is begun")
same_log(log, whole, "... like any other")

-- ---- failures, expected ones and TAP

local function resumed_as_whole(arguments, what)
  local all, part = folder .. "/all.jsonl", folder .. "/part.jsonl"
  local want, out, text = tap.run("run --log " .. all .. arguments)
  local kept = {}
  for line in io.lines(all, "L") do kept[#kept + 1] = line end
  tap.write(part, table.concat(kept, "", 1, #kept * 2 // 3))
  local got, out2, text2 = tap.run("run --resume " .. part .. arguments)
  tap.is(got, want, what .. ": the status")
  tap.is(untimed(out2), untimed(out), what .. ": the output")
  tap.is(text2, text, what .. ": the messages")
  same_log(part, all, what .. ": the log")
end

local failing = " --impl build/mutants/padding-swapped.so cases/padding.yaml"
resumed_as_whole(failing, "a subject that fails")
resumed_as_whole(failing .. " --max-failures 0", "... all failures")
resumed_as_whole(failing .. " --tap", "... in TAP")
resumed_as_whole(sample .. " --tap --slices cases/sweeps/even-kernels.yaml", "slices")
tap.write(folder .. "/xfail.yaml", "- {verdict: wrong value, reason: known}\n- {case: '*p=1*', verdict: crash, reason: none}\n")
resumed_as_whole(failing .. " --xfail " .. folder .. "/xfail.yaml", "failures that are expected")
tap.write(folder .. "/hook.lua", "return {verdict = function(r) if r.class == 'failed' then return 'unsupported', 'by us' end end}\n")
resumed_as_whole(failing .. " --hook " .. folder .. "/hook.lua", "verdicts of a hook")

-- ---- logs that no run goes on with

local function refuses(text, arguments, message, name, want)
  tap.write(log, text)
  local got, _, err = tap.run("run" .. arguments .. " --resume " .. log)
  tap.is(got, want or 2, name .. ": the status")
  tap.has(err, message, "... the message")
  tap.is(tap.read(log), text, "... the log is as it was")
end

local others = {
  {"another subject", '"subject":"naive"', '"subject":"other"', 'subject was "other"'},
  {"another version of it", '"subject_version":"1.0"', '"subject_version":"0.9"', 'subject_version was "0.9"'},
  {"another version of the suite", '"suite":"[%d.]+"', '"suite":"0.0.1"', 'suite was "0.0.1"'},
  {"another machine", '"host":"[^"]*"', '"host":"elsewhere"', 'host was "elsewhere"'},
  {"other capabilities", '"dtypes":%d+', '"dtypes":1', '"dtypes":1'},
}
for _, o in ipairs(others) do
  refuses(lines[1]:gsub(o[2], o[3]) .. prefix(40):sub(#lines[1] + 1), sample .. cases, o[4], o[1])
end
local elsewhere = lines[1]:gsub('"host":"[^"]*"', '"host":"elsewhere"')
tap.write(log, elsewhere .. prefix(40):sub(#lines[1] + 1))
tap.is((tap.run("run --resume-elsewhere --resume " .. log)), 0, "--resume-elsewhere goes on on another machine")
tap.has(tap.read(log), '"changed":"host was \\"elsewhere\\"', "... and the log says so")
refuses(lines[1]:gsub('"suite":"[%d.]+"', '"suite":"0.0.1"') .. prefix(40):sub(#lines[1] + 1), sample .. cases .. " --resume-elsewhere",
  "--resume-changed goes on", "... but not of another suite")
tap.is((tap.run("run --resume-changed --resume " .. log)), 0, "--resume-changed goes on all the same")
tap.has(tap.read(log), '"changed":"suite was', "... and the log says so")

refuses(prefix(40), sample .. " cases/article.yaml", "where this run has", "other cases")
refuses(prefix(40), sample .. " cases/padding.yaml --filter 'stride[1] == 77'", "no case is selected", "no case", 4)
refuses(prefix(#lines - 1), sample .. " cases/padding.yaml", "the log has ", "fewer cases")
refuses(prefix(40) .. lines[#lines], sample .. cases, "the log is complete, and has fewer cases", "a last line too early")
refuses(prefix(40) .. "{]\n" .. prefix(41):sub(#prefix(40) + 1), sample .. cases, ":41: column ", "a line that is no JSON")
refuses(prefix(40) .. '{"case":7}\n', sample .. cases, ":41: this is neither", "a line of another kind")
refuses(prefix(40) .. lines[41]:gsub('"pass"', '"fine"'), sample .. cases, ":41: this is neither", "a verdict that does not exist")
refuses("all is well\n", sample .. cases, "this is no result log", "no log")
refuses('{"format":"conv2d-cts result log","version":2}\n', sample .. cases, "this is no result log", "a log of another version")
local got, _, err = tap.run("run --resume " .. folder .. "/none.jsonl")
tap.is(got, 2, "neither a log nor a subject: the status")
tap.has(err, "a subject must be named", "... the message")
got, _, err = tap.run("run" .. sample .. " --resume " .. folder)
tap.is(got, 2, "a folder: the status")
tap.has(err, folder .. ": Is a directory", "... the message")
got, _, err = tap.run("run" .. sample .. " --resume " .. log .. " --log " .. log)
tap.is(got, 2, "--log beside --resume: the status")
tap.has(err, "--resume names the log already", "... the message")
got, _, err = tap.shell(("flock %s sh -c '%s run%s --resume %s'"):format(log, tap.program, sample, log))
tap.is(got, 2, "a log that another run is writing: the status")
tap.has(err, "another run is writing this log", "... the message")

-- ---- compressed logs

local zst, plain = folder .. "/log.jsonl.zst", folder .. "/plain.jsonl"
local function unpacked(path)
  tap.shell(("zstd -dcq %s >%s"):format(path, plain))
  return plain
end

if not tap.has_program "zstd" then
  tap.skip("compressed logs", "zstd is not installed")
else
  tap.is((tap.run("run" .. sample .. cases .. " --log " .. zst)), 0, "a log that is compressed while it is written")
  same_log(unpacked(zst), whole, "... says the same")
  local bytes = tap.read(zst)
  tap.ok(#bytes < #tap.read(whole) / 4, "... in less than a quarter of the bytes")
  local _, page = tap.run("report --badge - " .. zst)
  tap.is(page, select(2, tap.run("report --badge - " .. whole)), "... to those who read it, too")
  for _, n in ipairs {0, 3, 40, 400, #bytes // 2, #bytes - 5, #bytes} do
    tap.write(zst, bytes:sub(1, n))
    tap.is((tap.run("run" .. sample .. cases .. " --resume " .. zst)), 0, ("a run goes on after %d bytes of it"):format(n))
    same_log(unpacked(zst), whole, "... and so does the log")
  end
  tap.is(tap.shell("ls " .. folder .. "/*.part.zst"), 2, "no copy is left")
  local damaged = bytes:sub(1, #bytes // 2) .. "\0\1\2\3\4" .. bytes:sub(#bytes // 2 + 6)
  tap.write(zst, damaged)
  local status3, _, said = tap.run("report --badge - " .. zst)
  tap.is(status3, 2, "a damaged log: the status")
  tap.has(said, zst .. ": Bad message", "... the message")
  tap.write(zst, prefix(40))
  status3, _, said = tap.run("run" .. sample .. cases .. " --resume " .. zst)
  tap.is(status3, 2, "a plain log under the name of a compressed one: the status")
  tap.has(said, "this is not compressed by zstd", "... the message")
  tap.is(tap.read(zst), prefix(40), "... the log is as it was")
  os.execute(("ln -sf /dev/full %s/full.zst"):format(folder))
  status3, _, said = tap.run(("run %s %s --log %s/full.zst"):format(sample, cases, folder))
  tap.is(status3, 3, "a full disk: the status")
  tap.has(said, "No space left on device", "... the message")
end

-- ---- killed at any moment

-- Something of the run dies at a random moment, until the run is complete: its program, a keeper, a worker, or all of it at once, as
-- where a machine loses its power. $r is the program's process.
local kills = tonumber(os.getenv "CONV2D_KILLS" or 6)
local victims = {
  program = "echo $r",
  keeper = "pgrep -P $r | shuf -n 1",
  worker = "pgrep -P $(pgrep -d , -P $r) | shuf -n 1",
  all = "pstree -p $r | grep -o '([0-9]*)' | tr -d '()'",
}
local KINDS = {"program", "keeper", "worker", "all"}
math.randomseed(os.time())

-- How long a run takes here, so that the moments lie within it.
local started = tonumber((select(2, tap.shell "date +%s%N")))
tap.run(("run %s %s --log %s"):format(sample, cases, log))
local takes = (tonumber((select(2, tap.shell "date +%s%N"))) - started) / 1e9

-- Kills one run after the other until one is complete; how often there was something to kill, and how many runs.
local struck = {program = 0, keeper = 0, worker = 0, all = 0}
local function kill_and_resume(path, signal)
  os.remove(path)
  local rounds, hits = 0, 0
  repeat
    rounds = rounds + 1
    local kind = KINDS[math.random(#KINDS)]
    local done, said = tap.shell(("%s run %s %s --resume %s >/dev/null 2>&1 & r=$!; sleep %.3f; v=$(%s); [ -n \"$v\" ] && kill -%s $v && echo struck; "
      .. "wait $r"):format(tap.program, sample, cases, path, math.random() * takes, victims[kind], signal))
    if said:find "struck" then
      hits, struck[kind] = hits + 1, struck[kind] + 1
    end
  until done == 0 or rounds > 60
  return hits, rounds
end

if not (tap.has_program "pstree" and tap.has_program "pgrep") then
  for i = 1, kills do tap.skip("killed run " .. i, "pstree (psmisc) or pgrep (procps) is not installed") end
else
  local hits, runs = 0, 0
  while hits < kills and runs < 20 * kills do
    local compressed = runs % 2 == 1 and tap.has_program "zstd"
    local path = compressed and zst or log
    local now, rounds = kill_and_resume(path, runs % 3 == 0 and "INT" or "KILL")
    hits, runs = hits + now, runs + rounds
    same_log(compressed and unpacked(zst) or log, whole, ("%d kills in %d rounds, and the %s log goes on"):format(now, rounds, compressed and "compressed" or "plain"))
  end
  tap.ok(hits >= kills, ("%d kills: %d of the program, %d of a keeper, %d of a worker, %d of all"):format(
    hits, struck.program, struck.keeper, struck.worker, struck.all))
end

-- ---- a worker that somebody strikes twice in the same case is no crash of the subject, and the run goes on

if tap.has_program "pgrep" then
  local struck_log = folder .. "/struck.jsonl"
  local slow = (" --impl build/tests/cluster/slow.so --jobs 1 cases/padding.yaml --filter 'padding[1] == 2' --resume %s"):format(struck_log)
  local ended, said = tap.shell(([[export SLOW_US=1000000; %s run%s >/dev/null 2>&1 & r=$!; last=
    for i in 1 2; do
      until w=$(pgrep -P $(pgrep -d , -P $r) 2>/dev/null) && [ "$w" != "$last" ]; do kill -0 $r || exit 9; sleep 0.05; done
      sleep 0.5; kill -KILL $w && echo struck; last=$w
    done; wait $r]]):format(tap.program, slow))
  tap.is(said, "struck\nstruck\n", "a worker is struck, and struck again where its case is tried alone")
  tap.is(ended, 3, "... the run ends without a verdict on the case: the status")
  tap.ok(not tap.read(struck_log):find '"verdict":"crash', "... as its log says")
  tap.is((tap.run("run" .. slow)), 0, "... and goes on")
else
  tap.skip("a worker that is struck twice", "pgrep (procps) is not installed")
end

-- ---- a slow subject loses seconds, not the cases that a worker is given at once

do
  local slow = " --impl build/tests/cluster/slow.so --jobs 1 --tier quick cases/sweeps/grouped.yaml"
  local patient = folder .. "/slow.jsonl"
  local _, count = tap.shell(("export SLOW_US=100000; %s run%s --log %s >/dev/null 2>&1 & r=$!; "
    .. "until [ $(grep -c '^.\"case\"' %s 2>/dev/null || true)0 -ge 20 ] || ! kill -0 $r; do sleep 0.2; done; kill -KILL $r; grep -c '^.\"case\"' %s")
    :format(tap.program, slow, patient, patient, patient))
  count = tonumber(count)
  tap.ok(count >= 2 and count < 200, "a slow subject is killed: the log has what was done by then")
  local ended = tap.run("run" .. slow .. " --resume " .. patient)
  tap.is(ended, 0, "... and the run goes on")
end
-- The log's options count also where the subject is named anew.
do
  local folder = tap.folder()
  local whole, part = folder .. "/whole.jsonl", folder .. "/part.jsonl"
  tap.run(("run --impl %s --log %s cases/padding.yaml"):format(tap.sample, whole))
  os.execute(("head -n 12 %s >%s"):format(whole, part))
  local status, out = tap.run(("run --impl %s --resume %s"):format(tap.sample, part))
  tap.ok(status == 0 and out:find("of 40 cases", 1, true), "a run that goes on with a named subject takes the files of its log", out)
end

tap.done()
