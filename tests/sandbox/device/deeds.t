#!/usr/bin/env lua5.4
-- The pretend device: kernels, hosts, devices and tables that are wrong, each told exactly, and every
-- other case as it should be.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage, tap = require "hostile", require "tap"

local gone = os.tmpname()
os.remove(gone)

function stage.command(subject, options, cases)
  return ("CONV2D_PRETEND_GONE=%s %s run --impl build/pretend/%s.so --log %s %s %s"):format(
    gone, tap.program, subject, stage.log, options or "", cases or "tests/sandbox/hostile/cases.yaml")
end

stage.play {
  {"guarded", "plain", "pass", ""},
  {"unguarded", "plain", "pass", ""},
  {"handles", "plain", "pass", ""},
  {"guarded", "plain", "pass", "", "--paranoid"},
  {"handles", "plain", "pass", "", "--paranoid --threads 3"},
  {"unguarded", "plain", "pass", "", "--isolation none"},
  {"unguarded", "plain", "pass", "", "--isolation case"},
  {"put-off", "plain", "pass", ""},
  {"put-off", "plain", "pass", "", "--paranoid --threads 3"},
  {"no-choice", "plain", "pass", ""},
  -- kernels
  {"write-past", "plain", "write outside", "4 bytes are written just past the end of output"},
  {"write-before", "plain", "write outside", "4 bytes are written 4 bytes before the start of output"},
  {"write-far", "plain", "write outside", "4 bytes are written 400 bytes past the end of output"},
  {"read-past", "plain", "read outside", ""},
  {"read-before", "plain", "read outside", ""},
  {"handle-write-past", "plain", "write outside", "4 bytes are written just past the end of output"},
  {"handle-read-before", "plain", "read outside", ""},
  {"guarded-write-past", "plain", "write outside", "just past the end of output"},
  {"guarded-read-before", "plain", "read outside", "4 bytes before the start of input"},
  {"load-in-slack", "plain", "pass", ""},
  {"load-past-slack", "plain", "read outside", "32 bytes past the end of input"},
  {"write-slack", "plain", "write outside", "4 bytes are written 8 bytes past the end of input"},
  {"write-input", "plain", "write to input", "1 of 216 elements of input are changed by the call, first input[0,0,0,7]"},
  {"unwritten", "plain", "unwritten", "1 of 120 elements of output are not written, first output[0,0,0,2]"},
  {"accumulate", "plain", "read of output", ""},
  {"vary", "plain", "not deterministic", ""},
  {"vary-in-crowd", "plain", "not thread-safe", "", "--threads 3"},
  {"launch-nothing", "plain", "unwritten", "120 of 120 elements of output"},
  {"wrong-stream", "plain", "kept pointer", ""},
  {"before-done", "plain", "kept pointer", ""},
  {"never-end", "plain", "timeout", "did not return"},
  -- errors of the device
  {"fault", "plain", "crash", "the device reports: an illegal address was accessed"},
  {"fault-for-good", "plain", "crash", "the device reports: an illegal address was accessed"},
  {"fault-no-reset", "plain", "crash", "the device reports: an illegal address was accessed"},
  {"fault", "plain", "crash", "the device reports: an illegal address was accessed", "--threads 3"},
  {"fault", "plain", "crash", "the device reports: an illegal address was accessed", "--isolation case"},
  {"fail-copies", "plain", "crash", "the device reports: memory.copy gives an error"},
  -- hosts
  {"touch", "plain", "crash", "SIGSEGV"},
  {"guarded-touch", "plain", "crash", "SIGSEGV inside of output"},
  {"free-tensor", "plain", "crash", "the device reports: memory.copy gives an error"},
}

local tables = {
  {"large-granularity", "memory.granularity is 65536, but memory.allocate gives 0x"},
  {"odd-granularity", "memory.granularity is 1000; a power of two from 64 to 268435456 is expected"},
  {"no-granularity", "memory.granularity is 0; a power of two"},
  {"lose-a-bit", "memory.fill does not lay the word that it is given"},
  {"no-memory", "memory.allocate gives NULL for the first 4096 bytes"},
  {"no-copy", "the required function memory.copy is missing"},
  {"no-synchronize", "the required function memory.synchronize is missing"},
  {"no-device", "memory.device is {0, 0}, which is no device"},
  {"unknown-feature", "memory.features has bits that conv2d_abi.h does not define: 0x200"},
  {"short-table", "memory.size is 24, which is no sensible size"},
}
for _, row in ipairs(tables) do
  local text, status = stage.shell(stage.command(row[1]))
  tap.ok(status == 2 and text:find(row[2], 1, true), ("%s: %s"):format(row[1], row[2]))
end

-- which device
local devices = {
  {"guarded", "ext_dev:1", 0, "conforms"},
  {"guarded", "ext_dev:2", 2, "there is no device ext_dev:2 here"},
  {"no-choice", "ext_dev:1", 2, "there is no other device than ext_dev:0"},
  {"guarded", "gpu", 2, "'cuda:0' or the like is expected, got 'gpu'"},
  {"guarded", "cuda:", 2, "'cuda:0' or the like is expected, got 'cuda:'"},
}
for _, row in ipairs(devices) do
  local text, status = stage.shell(stage.command(row[1], "--device " .. row[2]))
  tap.ok(status == row[3] and text:find(row[4], 1, true), ("%s on %s: %s"):format(row[1], row[2], row[4]))
end
stage.shell(stage.command("guarded", "--device ext_dev:1"))
local log = io.open(stage.log)
tap.has(log:read("l"), '"device":"ext_dev:1"', "the log says which")
log:close()
local text, status = stage.shell(tap.program .. " run --impl build/adapters/naive.so --device cuda:0 tests/sandbox/hostile/cases.yaml")
tap.ok(status == 2 and text:find("has no memory table", 1, true), "a subject of the host has no device")

-- devices that end: every case that was begun has its line, and the log its last
for _, row in ipairs {{"vanish", "the device is gone, or works no more"}, {"few-allocations", "no memory, or no address space"}} do
  os.remove(stage.log)
  text, status = stage.shell(stage.command(row[1]))
  local _, lines = stage.read_log()
  local ended = tap.shell("tail -n 1 " .. stage.log .. " | grep -q '^{\"end\":true'")
  tap.ok(status == 3 and text:find(row[2], 1, true) and lines > 0 and ended == 0,
    ("%s ends the run: %s; %d lines"):format(row[1], row[2], lines))
  os.remove(gone)
end
stage.finish()
