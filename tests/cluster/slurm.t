#!/usr/bin/env lua5.4
-- slurm.t: examples/cluster/slurm.sh under a Slurm of our own with two nodes, of which one loses its power, and with a time limit
-- that no shard keeps. Only by `make check-cluster`: it needs root. SLURM_SHARDS and SLURM_SELECTION make it larger.

package.path = "tests/?.lua;tests/cluster/?.lua;" .. package.path
local tap = require "tap"
local cluster = require "cluster"

local reason = cluster.why_not {"sbatch", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "unshare", "zstd"}
if reason then
  print("1..0 # SKIP " .. reason)
  return
end

local here, timeless, seconds = cluster.here, cluster.timeless, cluster.seconds
local folder = tap.folder()
local slurm = folder .. "/slurm"
local node = ("sh tests/cluster/slurm-node.sh %%s %s %%s"):format(slurm)
local what = {
  subject = "build/tests/cluster/slow.so", shards = os.getenv "SLURM_SHARDS" or "6",
  selection = os.getenv "SLURM_SELECTION" or "--tier quick cases/padding.yaml cases/sweeps/grouped.yaml cases/sweeps/interactions.yaml",
}

local function fresh_logs(name)
  os.execute(("mkdir -p %s/%s"):format(folder, name))
  return folder .. "/" .. name
end

-- Submits the shards, and waits for the job that merges. Gives what that job said.
local function array(logs, options, meanwhile)
  local status, out = here(cluster.scheduled(what, logs, options .. (" SLURM_CONF=%s/slurm.conf"):format(slurm)) .. "sh examples/cluster/slurm.sh")
  tap.is(status, 0, "the array is submitted")
  if meanwhile then meanwhile() end
  cluster.await(("SLURM_CONF=%s/slurm.conf"):format(slurm), out:match "%d+")
  local _, said = here("cat " .. logs .. "/slurm-merge.txt")
  return said
end

local whole = folder .. "/whole.jsonl.zst"
seconds("one process", function() return cluster.whole(what, whole) end)
local want = timeless(whole)
tap.ok(want:find "^%x+" and not want:find "^e3b0c442", "what a log says has a digest, and it is not that of nothing", want)
tap.ok(#select(2, tap.shell("zstd -dcq " .. whole .. " | head -c 2000")) == 2000, "one process writes a log")

-- Of the first shards there is room for the logs, so that some are whole, some are not, and some are not begun. A node sees
-- what is mounted before it starts.
local small_disk = fresh_logs "full"
here("mount -t tmpfs -o size=48k tmpfs " .. small_disk)

os.execute("mkdir -p " .. slurm)
local up = here(node:format("up", "node1 node2"))
tap.is(up, 0, "a Slurm of two nodes is there")

-- ---- a node is killed in the middle

local logs = fresh_logs "killed"
local said = seconds("a job array, of which a node is killed", function()
  return array(logs, "SLOW_US=60000 RETRIES=20", function()
    here("sleep 5; " .. node:format("kill", "node2") .. "; sleep 15; " .. node:format("start", "node2"))
  end)
end)
tap.has(said, ": complete; ", "a node is killed: all is complete")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... and the log of one process")
tap.is(tap.shell("test -s " .. logs .. "/report.html"), 0, "... with a page")
local _, resumed = here("for l in " .. logs .. "/[0-9]*.zst; do zstd -dcq $l; done | grep -c '\"resumed\":' || true")
tap.ok(tonumber(resumed) >= 1, "... a shard went on where it had ended")

-- ---- shards that come to their time limit

logs = fresh_logs "late"
said = seconds("a job array with a time limit", function()
  return array(logs, "SLOW_US=200000 RETRIES=40 SLURM_OPTIONS='--time=1 --signal=TERM@30'")
end)
tap.has(said, ": complete; ", "shards that come to their time limit: all is complete")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... and the log of one process")
_, resumed = here("for l in " .. logs .. "/[0-9]*.zst; do zstd -dcq $l; done | grep -c '\"resumed\":' || true")
tap.ok(tonumber(resumed) >= 1, "... a shard went on where it had ended")

-- ---- a disk that is full

logs = small_disk
said = seconds("a job array on a full disk", function() return array(logs, "RETRIES=1") end)
local _, report = here(cluster.scheduled(what, logs) .. "sh examples/cluster/merge.sh 2>&1; echo status $?")
tap.ok(not report:find("status 0", 1, true), "a full disk: no success", report)
here("mount -o remount,size=64m " .. logs)
said = seconds("... and again, with room", function() return array(logs, "RETRIES=5") end)
tap.has(said, ": complete; ", "... and again, with room: all is complete")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... and the log of one process")
local _, idle = here(("SLURM_CONF=%s/slurm.conf sinfo -h -o %%T"):format(slurm))
tap.ok(not idle:find "drain" and not idle:find "down", "... no node was given up for it", idle)
here(node:format("down", "node1 node2"))
here("umount " .. small_disk)
tap.done()
