#!/bin/sh
# slurm-node.sh up|kill|start|down FOLDER [NODE ...]: a Slurm of our own on this machine, whose nodes are daemons with names. For root.
# FOLDER gets its configuration (export SLURM_CONF=FOLDER/slurm.conf), its key, its state and what its daemons say.

set -eu
verb=$1 folder=$2
shift 2
export SLURM_CONF="$folder/slurm.conf"

# Each node is a namespace of processes: when its first one is killed, all end at once, as when a machine loses its power.
start() {
  unshare --pid --fork --kill-child=KILL --mount-proc sh -c "slurmd -D -N $1 & wait" >"$folder/$1.txt" 2>&1 &
  echo $! >"$folder/$1.unshare"
}

stop() { kill -KILL "$(cat "$folder/$1.unshare")" 2>/dev/null || true; }

configure() {
  printf '%s\n' 'ClusterName=cts' "SlurmctldHost=$(hostname -s)(127.0.0.1)" 'SlurmctldPort=26817' 'SlurmUser=root' 'SlurmdUser=root' \
    'AuthType=auth/munge' "AuthInfo=socket=$folder/munge/socket,cred_expire=15" 'CredType=cred/munge' 'MpiDefault=none' 'ProctrackType=proctrack/pgid' \
    'TaskPlugin=task/none' 'SelectType=select/cons_res' 'SelectTypeParameters=CR_Core' 'SchedulerType=sched/backfill' \
    'JobAcctGatherType=jobacct_gather/none' 'AccountingStorageType=accounting_storage/none' 'ReturnToService=2' 'InactiveLimit=0' \
    'KillWait=5' 'SlurmdTimeout=10' 'SlurmctldTimeout=30' 'BatchStartTimeout=30' 'MessageTimeout=20' 'SchedulerParameters=sched_interval=2,bf_interval=2,requeue_delay=0' \
    "StateSaveLocation=$folder/state" "SlurmdSpoolDir=$folder/spool-%n" "SlurmdPidFile=$folder/%n.pid" \
    "SlurmctldPidFile=$folder/slurmctld.pid" "SlurmctldLogFile=$folder/slurmctld.txt" 'SlurmctldParameters=enable_configless' >"$SLURM_CONF"
  port=26820
  for node; do
    echo "NodeName=$node NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$port CPUs=1 RealMemory=2000 State=UNKNOWN" >>"$SLURM_CONF"
    port=$((port + 1))
  done
  echo "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO" >>"$SLURM_CONF"
}

case $verb in
  up)
    mkdir -p "$folder/munge" "$folder/state"
    configure "$@"
    dd if=/dev/urandom of="$folder/munge/key" bs=128 count=1 2>/dev/null
    chmod 600 "$folder/munge/key"
    chmod 755 "$folder/munge"
    munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
      --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
    slurmctld -c
    for node; do start "$node"; done
    ;;
  start) for node; do start "$node"; done ;;
  kill) for node; do stop "$node"; done ;;
  down)
    scancel --user=root 2>/dev/null || true
    for node; do stop "$node"; done
    for file in slurmctld.pid munge/pid; do
      pid=$(cat "$folder/$file")
      kill "$pid" 2>/dev/null || true
      timeout 20 tail --pid="$pid" -f /dev/null || true
    done
    ;;
esac
