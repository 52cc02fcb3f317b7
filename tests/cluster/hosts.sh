#!/bin/sh
# hosts.sh up|down|kill|start FOLDER NODE ...: machines of a kind, to be reached by ssh: network namespaces with a name and
# an sshd of their own. They share the files of this machine. For root. FOLDER gets keys and ssh_config.

set -eu
verb=$1 folder=$2
shift 2
bridge=cts-bridge

address() { echo "10.213.7.$((10 + ${1#node}))"; }

start() {
  ip netns exec "cts-$1" unshare --uts sh -c "hostname $1; exec /usr/sbin/sshd -D -e -f $folder/sshd_config" 2>"$folder/$1.txt" &
  echo $! >"$folder/$1.pid"
}

# All that runs on a node ends at once, as when its power fails.
stop() {
  for pid in $(ip netns pids "cts-$1"); do kill -KILL "$pid" 2>/dev/null || true; done
}

case $verb in
  up)
    mkdir -p /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
    ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
    cp "$folder/user.pub" "$folder/authorized"
    printf '%s\n' "HostKey $folder/host" "AuthorizedKeysFile $folder/authorized" 'StrictModes no' 'UsePAM no' 'PermitRootLogin yes' \
      'PidFile none' 'MaxStartups 200' 'MaxSessions 200' >"$folder/sshd_config"
    printf '%s\n' "IdentityFile $folder/user" 'StrictHostKeyChecking no' "UserKnownHostsFile $folder/known" 'LogLevel ERROR' \
      'ConnectTimeout 5' 'ServerAliveInterval 2' 'ServerAliveCountMax 2' >"$folder/ssh_config"
    ip link add "$bridge" type bridge
    ip address add 10.213.7.1/24 dev "$bridge"
    ip link set "$bridge" up
    for node; do
      ip netns add "cts-$node"
      ip link add "v-$node" type veth peer name eth0 netns "cts-$node"
      ip link set "v-$node" master "$bridge" up
      ip -n "cts-$node" address add "$(address "$node")/24" dev eth0
      ip -n "cts-$node" link set eth0 up
      ip -n "cts-$node" link set lo up
      printf 'Host %s\n  HostName %s\n' "$node" "$(address "$node")" >>"$folder/ssh_config"
      start "$node"
    done
    ;;
  start) for node; do start "$node"; done ;;
  kill) for node; do stop "$node"; done ;;
  down)
    for node; do
      stop "$node"
      ip netns del "cts-$node" || true
    done
    ip link del "$bridge" || true
    ;;
esac
