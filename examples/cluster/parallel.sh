#!/bin/sh
# parallel.sh: the shards by GNU parallel, on this machine or on HOSTS over ssh, then merge.sh.
#   HOSTS      "4/node1,4/node2": how many shards at once on which machine (default: this one)
#   RETRIES    how often a shard is started on other machines before it is given up (default 5)
#   TIMEOUT    seconds after which a shard is stopped and started again (default: none)
#   PROLOGUE   shell commands for each machine, such as "module load gcc"
# SUBJECT, SELECTION, SHARDS, LOGS and JOBS as of shard.sh. All machines see the folder LOGS and this one by the same path.
# Run it again after a failure: what is done is not done again.

set -u
: "${SUBJECT:?}" "${SHARDS:?}" "${LOGS:?}"
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$LOGS"
export SUBJECT SHARDS LOGS
export SELECTION="${SELECTION:---tier full}" JOBS="${JOBS:-1}" CONV2D_CTS="${CONV2D_CTS:-conv2d-cts}"

# A machine that is gone without a word is noticed, too.
export PARALLEL_SSH="${PARALLEL_SSH:-ssh -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3}"

seq "$SHARDS" | parallel ${HOSTS:+--sshlogin "$HOSTS" --filter-hosts} \
  --env SUBJECT --env SELECTION --env SHARDS --env LOGS --env JOBS --env CONV2D_CTS \
  --joblog "$LOGS/parallel.log" --resume-failed --retries "${RETRIES:-5}" --line-buffer ${TIMEOUT:+--timeout "$TIMEOUT"} \
  "${PROLOGUE:+$PROLOGUE; }sh $here/shard.sh {}"
failed=$?
[ "$failed" = 0 ] || echo "parallel.sh: $failed shards are not done; start it again" >&2
exec sh "$here/merge.sh"
