#!/bin/sh
# slurm.sh: the shards as a job array of Slurm, and merge.sh as a job that comes after. Submit it with
#   SUBJECT="--impl /shared/libmine.so" SHARDS=100 LOGS=/shared/logs sh slurm.sh
#   SLURM_OPTIONS  of sbatch, for the shards: "--partition=short --time=30 --mem=4G"
# SUBJECT, SELECTION, SHARDS, LOGS and JOBS as of shard.sh. A shard that fails, is killed, or comes to its time limit goes back
# into the queue with its log; when the array ends, whatever is left is said by merge.sh.

set -u
here=$(cd "$(dirname "$0")" && pwd)

# One task of the array.
if [ "${1:-}" = task ]; then
  srun --ntasks=1 sh "$here/shard.sh" "$SLURM_ARRAY_TASK_ID" && exit 0
  [ "${SLURM_RESTART_COUNT:-0}" -lt "${RETRIES:-5}" ] && exec scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
  exit 1
fi

: "${SUBJECT:?}" "${SHARDS:?}" "${LOGS:?}"
mkdir -p "$LOGS"
export SUBJECT SHARDS LOGS
export SELECTION="${SELECTION:---tier full}" JOBS="${JOBS:-1}" CONV2D_CTS="${CONV2D_CTS:-conv2d-cts}"

# --signal: two minutes before the limit the shard is asked to end, so that its log gets a last line.
# shellcheck disable=SC2086 # options
array=$(sbatch --parsable --export=ALL --requeue --open-mode=append --array="1-$SHARDS" --job-name=conv2d-cts \
  --signal=TERM@120 --output="$LOGS/slurm-%a.txt" ${SLURM_OPTIONS:-} --wrap "sh $here/slurm.sh task")
# shellcheck disable=SC2086
sbatch --parsable --export=ALL --dependency="afterany:$array" --job-name=conv2d-cts-merge --output="$LOGS/slurm-merge.txt" \
  ${SLURM_OPTIONS:-} --wrap "sh $here/merge.sh"
