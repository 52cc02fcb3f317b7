#!/usr/bin/env lua5.4
-- parallel.t: examples/cluster under GNU parallel, on machines that fail. Only by `make check-cluster`: it needs root, and makes
-- network namespaces. CLUSTER_SHARDS and CLUSTER_SELECTION make it larger.

package.path = "tests/?.lua;tests/cluster/?.lua;" .. package.path
local tap = require "tap"
local cluster = require "cluster"

local reason = cluster.why_not {"parallel", "ip", "ssh", "unshare", "zstd", "/usr/sbin/sshd"}
if not reason and tap.shell("ip netns add cts-probe && ip netns del cts-probe") ~= 0 then reason = "no right to make network namespaces" end
if reason then
  print("1..0 # SKIP " .. reason)
  return
end

local folder = tap.folder()
local nodes = "node1 node2 node3"
local what = {
  subject = "build/adapters/naive.so", shards = os.getenv "CLUSTER_SHARDS" or "12",
  selection = os.getenv "CLUSTER_SELECTION" or "--tier full cases/padding.yaml cases/sweeps/interactions.yaml",
}
local here, timeless, seconds = cluster.here, cluster.timeless, cluster.seconds

local function scheduled(logs, more) return cluster.scheduled(what, logs, more) end

local function fresh_logs(name)
  os.execute(("mkdir -p %s/%s"):format(folder, name))
  return folder .. "/" .. name
end

-- ---- one machine, one process

local whole = folder .. "/whole.jsonl.zst"
seconds("one process", function() return cluster.whole(what, whole) end)
local want = timeless(whole)
tap.ok(want:find "^%x+" and not want:find "^e3b0c442", "what a log says has a digest, and it is not that of nothing", want)
tap.ok(#select(2, tap.shell("zstd -dcq " .. whole .. " | head -c 2000")) == 2000, "one process writes a log")

local logs = fresh_logs "here"
local status, _, err = seconds("shards on this machine", function()
  return here(scheduled(logs) .. "sh examples/cluster/parallel.sh")
end)
tap.is(status, 0, "shards on this machine: the status")
tap.has(err, ": complete; ", "... are complete")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... and merged, the log of one process")
tap.is(tap.shell("test -s " .. logs .. "/report.html"), 0, "... with a page")

-- ---- several machines, of which some fail

here("sh tests/cluster/hosts.sh up " .. folder .. " " .. nodes)
local ssh = ("PARALLEL_SSH='ssh -F %s/ssh_config' HOSTS=2/node1,2/node2,2/node3"):format(folder)

logs = fresh_logs "nodes"
status, _, err = seconds("three machines, of which one is killed again and again", function()
  return here(("(sleep 3; for i in 1 2 3; do sh tests/cluster/hosts.sh kill %s node2; sleep 2; sh tests/cluster/hosts.sh start %s node2; "
    .. "sleep 2; done) >/dev/null 2>&1 & "):format(folder, folder) .. scheduled(logs, ssh .. " RETRIES=40") .. "sh examples/cluster/parallel.sh; s=$?; wait; exit $s")
end)
tap.is(status, 0, "a machine is killed in the middle: the status")
tap.has(err, ": complete; ", "... all is complete")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... and the log of one process")
local _, header = tap.shell("zstd -dcq " .. logs .. "/merged.jsonl.zst | head -n 1")
-- The machine that is killed may have none in the end.
for _, node in ipairs {"node1", "node3"} do tap.has(header, '"host":"' .. node .. '"', "... " .. node .. " had its part") end

logs = fresh_logs "late"
status, _, err = seconds("shards that are stopped after ten seconds", function()
  return here(scheduled(logs, ssh .. " TIMEOUT=10 RETRIES=60") .. "sh examples/cluster/parallel.sh")
end)
tap.is(status, 0, "shards that time out: the status")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... the log of one process")

-- ---- a disk that is full

logs = fresh_logs "full"
here("mount -t tmpfs -o size=48k tmpfs " .. logs)
status, _, err = here(scheduled(logs, "RETRIES=1") .. "sh examples/cluster/parallel.sh")
tap.ok(status ~= 0, "a full disk: no success")
tap.has(err, "are not done; start it again", "... it is said")
here("mount -o remount,size=64m " .. logs)
status, _, err = here(scheduled(logs, "RETRIES=3") .. "sh examples/cluster/parallel.sh")
tap.is(status, 0, "... and again, with room: the status")
tap.ok(timeless(logs .. "/merged.jsonl.zst") == want, "... the log of one process")
here("umount " .. logs)

-- ---- machines that differ

logs = folder .. "/nodes"
here(("zstd -dcq %s/3.jsonl.zst | sed '2s/\"truth\":\"..../\"truth\":\"0000/' | zstd -qf -o %s/3.jsonl.zst"):format(logs, logs))
status, _, err = here(scheduled(logs) .. "sh examples/cluster/merge.sh")
tap.is(status, 1, "an oracle that computes something else: the status")
tap.has(err, "the oracle gives other values", "... it is said")

here("sh tests/cluster/hosts.sh down " .. folder .. " " .. nodes)
tap.done()
