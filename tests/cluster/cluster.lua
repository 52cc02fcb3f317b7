-- cluster.lua: what the tests of examples/cluster share: the environment of its scripts, and logs without what differs between runs.

local tap = require "tap"

local M = {}

-- Nil, or why the tests cannot run here.
function M.why_not(programs)
  if not os.getenv "CONV2D_CLUSTER" then return "make check-cluster runs it" end
  for _, name in ipairs(programs) do
    if tap.shell("test -x " .. name .. " || command -v " .. name) ~= 0 then return name .. " is not installed (make deps-cluster)" end
  end
end

function M.here(command) return tap.shell("cd " .. os.getenv "PWD" .. " && " .. command) end

-- The environment of the scripts. The shards run anywhere, so every path is whole.
-- cluster: {subject =, selection =, shards =}; more: further assignments.
function M.scheduled(cluster, logs, more)
  return ("CONV2D_CTS=$PWD/build/conv2d-cts SUBJECT=\"--impl $PWD/%s\" SELECTION='%s' SHARDS=%s LOGS=%s %s ")
    :format(cluster.subject, cluster.selection:gsub("cases/", os.getenv "PWD" .. "/cases/"), cluster.shards, logs, more or "")
end

-- The log of one process.
function M.whole(cluster, path)
  return M.here(M.scheduled(cluster, "x") .. "sh -c '$CONV2D_CTS run $SUBJECT $SELECTION --jobs 2 --log " .. path .. "'")
end

-- What a log says without times, machines, and where it was resumed: a digest, since it may have millions of cases.
function M.timeless(path)
  local _, said = tap.shell(("zstd -dcq %s | perl -ne '"):format(path)
    .. [[s/"nanoseconds":\d+,?//; s/"seconds":[\d.e+-]+//; s/"date":"[^"]*",?//; s/"host":"[^"]*",?//; ]]
    .. [[s/,?"resumed":(\{(?:[^{}]|(?1))*\})// if /"resumed":/; s/,"merged":(\[(?:[^][]|(?1))*\])// if /"merged":/; s/,\}/}/g; print;' ]]
    .. "| sha256sum")
  return said
end

-- Waits until a job of Slurm has left the queue. A question that is not answered in time is asked again.
function M.await(conf, job)
  M.here(("%s; export SLURM_CONF; until jobs=$(squeue -h -o %%i 2>/dev/null) && ! echo \"$jobs\" | grep -qx %s; do sleep 1; done"):format(conf, job))
end

-- A group of processes, where the system has such: all that the test starts from now on is in it, on whichever node.
local function group()
  local name = "/sys/fs/cgroup/cpuacct/conv2d-cts-cluster"
  if tap.shell("test -d /sys/fs/cgroup/cpuacct") ~= 0 then name = "/sys/fs/cgroup/conv2d-cts-cluster" end
  if tap.shell(("mkdir -p %s && echo $PPID >%s/cgroup.procs"):format(name, name)) == 0 then return name end
end

-- To be called before anything is started that shall count: nodes, too.
function M.count_processors() M.group = M.group or group() end

-- Seconds of processors that the group has used; nil where nobody counts.
local function processor_seconds()
  M.count_processors()
  local _, text = tap.shell(("cat %s/cpuacct.usage || sed -n 's/usage_usec //p' %s/cpu.stat"):format(M.group or "/none", M.group or "/none"))
  local number = tonumber(text)
  return number and (text:find "^%d+%s*$" and M.group:find "cpuacct" and number / 1e9 or number / 1e6)
end

-- Runs it, and prints how long that took, also of processors.
function M.seconds(what, run)
  local started, used = os.time(), processor_seconds()
  local status, out, err = run()
  local now = processor_seconds()
  print(("# %s: %d s%s"):format(what, os.time() - started, now and used and (", %.0f s of processors"):format(now - used) or ""))
  return status, out, err
end

return M
