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

-- A log without times, machines, and where it was resumed.
function M.timeless(path)
  local _, text = tap.shell("zstd -dcq " .. path)
  return (text:gsub('"nanoseconds":%d+,?', ""):gsub('"seconds":[%d.e+-]+', ""):gsub('"date":"[^"]*",?', "")
    :gsub(',?"resumed":%b{}', ""):gsub('"host":"[^"]*",?', ""):gsub(',"merged":%b[]', ""):gsub(",}", "}"))
end

-- Runs it, and prints how long that took.
function M.seconds(what, run)
  local started = os.time()
  local status, out, err = run()
  print(("# %s: %d s"):format(what, os.time() - started))
  return status, out, err
end

return M
