#!/bin/sh
# kill.sh LOGS COMMAND NODE ...: until it is ended, kills something of the shards that write LOGS every few seconds, at random: the
# program of a shard, its script, a keeper or a worker, or a whole node, which comes back after some seconds. COMMAND does that, in
# which $0 is kill or start and $1 the node. Nothing is killed while no shard runs: Slurm holds a job that has ended five times, merge.sh's too.
# Prints a line for each. KILL_EVERY: the most seconds between two (default 6). For root.

set -u
logs=$1 command=$2
shift 2
every=${KILL_EVERY:-6}

below() { shuf -i "0-$(($1 - 1))" -n 1; }

# The programs of the shards, with all that they have started; not the one that merges.
programs() {
  for pid in $(pgrep -f 'conv2d-cts run '); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = conv2d-cts ] && grep -qz "^LOGS=$logs\$" "/proc/$pid/environ" 2>/dev/null && pstree -p "$pid" | grep -o '([0-9]*)' | tr -d '()'
  done
}

while sleep "$(below "$every").$(below 10)"; do
  running=$(programs)
  [ -n "$running" ] || continue
  if [ "$(below 8)" = 0 ]; then
    node=$(shuf -n 1 -e "$@")
    echo "node $node"
    sh -c "$command" kill "$node"
    sleep "$(below "$every")"
    sh -c "$command" start "$node"
  else
    pid=$(echo "$running" | shuf -n 1)
    name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    kill -KILL "$pid" 2>/dev/null && echo "program $name"
  fi
done
