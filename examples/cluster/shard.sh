#!/bin/sh
# shard.sh I: runs shard I of SHARDS, or goes on with it, and writes LOGS/I.jsonl.zst. What a scheduler starts.
#   SUBJECT    options that name the implementation: "--impl /shared/libmine.so"
#   SELECTION  options that select the cases: "--tier exhaustive" (default: --tier full)
#   SHARDS     how many shards there are
#   LOGS       a folder that all machines share, or that is copied together before merge.sh
#   JOBS       workers at once (default: one a processor)
# Exit status: 0 the shard is done, whatever its verdicts; else it is to be started again, here or elsewhere.

set -u
: "${SUBJECT:?}" "${SHARDS:?}" "${LOGS:?}"
i=$1
# A scheduler that ends the shard sends TERM to all of it: this script waits for what the run has still to write.
trap : TERM
# shellcheck disable=SC2086 # options, not one word
"${CONV2D_CTS:-conv2d-cts}" run $SUBJECT ${SELECTION:---tier full} --shard "$i/$SHARDS" ${JOBS:+--jobs "$JOBS"} \
  --resume "$LOGS/$i.jsonl.zst" --resume-elsewhere --progress none >"$LOGS/$i.txt" 2>&1
status=$?
# 1: it does not conform, which trying again does not change. 4: the shard has no case.
case $status in
  0 | 1 | 4) exit 0 ;;
  *) tail -n 3 "$LOGS/$i.txt" >&2; exit "$status" ;;
esac
