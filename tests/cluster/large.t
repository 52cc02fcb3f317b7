#!/usr/bin/env lua5.4
-- large.t: the exhaustive tier in a hundred shards under GNU parallel and under Slurm, of which programs and nodes are killed at random
-- for as long as it runs; and what that costs over one process. Only by `make check-cluster-large`: it needs root, and an hour.
--   CLUSTER_SELECTION, CLUSTER_SHARDS   what is run (default --tier exhaustive, 100)
--   CLUSTER_ENGINES                     default "parallel slurm"
--   CLUSTER_WHOLE                       a log of one process that is there already
--   CLUSTER_FOLDER                      where logs stay (default: they are removed)
--   KILL_EVERY                          the most seconds between two kills (tests/cluster/kill.sh)

package.path = "tests/?.lua;tests/cluster/?.lua;" .. package.path
local tap = require "tap"
local cluster = require "cluster"

local reason = not os.getenv "CLUSTER_LARGE" and "make check-cluster-large runs it"
  or cluster.why_not {"parallel", "ip", "ssh", "unshare", "zstd", "pstree", "/usr/sbin/sshd", "sbatch", "/usr/sbin/slurmctld", "/usr/sbin/munged"}
if reason then
  print("1..0 # SKIP " .. reason)
  return
end

local here, timeless, seconds = cluster.here, cluster.timeless, cluster.seconds
cluster.count_processors()
local folder = os.getenv "CLUSTER_FOLDER" or tap.folder()
local what = {
  subject = "build/adapters/naive.so", shards = os.getenv "CLUSTER_SHARDS" or "100",
  selection = os.getenv "CLUSTER_SELECTION" or "--tier exhaustive",
}
local engines = os.getenv "CLUSTER_ENGINES" or "parallel slurm"

local whole = os.getenv "CLUSTER_WHOLE"
if not whole then
  whole = folder .. "/whole.jsonl.zst"
  seconds("one process", function() return cluster.whole(what, whole) end)
end

-- Runs it while something is killed every few seconds. `nodes`: the command that kills and starts one, as kill.sh takes it, and their names.
local function while_killing(logs, nodes, run)
  local killed = logs .. ".killed"
  local _, pid = here(("sh tests/cluster/kill.sh %s %s >%s 2>/dev/null & echo $!"):format(logs, nodes, killed))
  run()
  here("kill " .. pid)
  local _, counted = tap.shell(("sort %s | uniq -c"):format(killed))
  print((counted:gsub("[^\n]+", "# killed: %0")))
  tap.ok(counted:find "node" and counted:find "program", "nodes and programs were killed")
end

local function check(logs, said)
  tap.has(said, ": complete; ", "all is complete")
  local want, got = timeless(whole), timeless(logs .. "/merged.jsonl.zst")
  tap.ok(want:find "^%x+" and not want:find "^e3b0c442", "what a log says has a digest, and it is not that of nothing", want)
  tap.is(got, want, "... and the log of one process, but for times")
  local _, resumed = tap.shell("for l in " .. logs .. "/[0-9]*.zst; do zstd -dcq $l | head -n 400000; done | grep -c '\"resumed\":' || true")
  print("# resumed, in what was looked at: " .. resumed:gsub("%s", ""))
end

if engines:find "parallel" then
  local nodes = "node1 node2 node3"
  here("sh tests/cluster/hosts.sh up " .. folder .. " " .. nodes)
  local logs = folder .. "/parallel"
  os.execute("mkdir " .. logs)
  local ssh = ("PARALLEL_SSH='ssh -F %s/ssh_config' HOSTS=1/node1,1/node2,1/node3 RETRIES=100 PAGE=none"):format(folder)
  while_killing(logs, ("'sh tests/cluster/hosts.sh \"$0\" %s \"$1\"' %s"):format(folder, nodes), function()
    local _, _, err = seconds("GNU parallel on three nodes", function()
      return here(cluster.scheduled(what, logs, ssh) .. "sh examples/cluster/parallel.sh")
    end)
    check(logs, err)
  end)
  here("sh tests/cluster/hosts.sh down " .. folder .. " " .. nodes)
end

if engines:find "slurm" then
  local nodes = "node1 node2"
  local slurm, logs = folder .. "/slurm", folder .. "/array"
  os.execute(("mkdir %s %s"):format(slurm, logs))
  here(("sh tests/cluster/slurm-node.sh up %s %s"):format(slurm, nodes))
  while_killing(logs, ("'sh tests/cluster/slurm-node.sh \"$0\" %s \"$1\"' %s"):format(slurm, nodes), function()
    local said
    seconds("a job array of Slurm on two nodes", function()
      local conf = ("SLURM_CONF=%s/slurm.conf"):format(slurm)
      local _, out = here(cluster.scheduled(what, logs, "RETRIES=100 PAGE=none " .. conf) .. "sh examples/cluster/slurm.sh")
      cluster.await(conf, out:match "%d+")
      said = select(2, here("cat " .. logs .. "/slurm-merge.txt"))
    end)
    check(logs, said)
  end)
  here(("sh tests/cluster/slurm-node.sh down %s %s"):format(slurm, nodes))
end
tap.done()
