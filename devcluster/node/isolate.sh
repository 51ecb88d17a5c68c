#!/usr/bin/env bash
# Process 1 of a node. It prepares the mounts, cgroups and network of its namespaces, and runs the command that starts
# the components. It is bash, because bash reaps orphaned processes. When it ends, the kernel ends all processes in the
# namespaces and removes the namespaces.
#
# usage: isolate.sh FOLDER CGROUP COMMAND [ARGUMENT...]
set -euo pipefail
# shellcheck source=SCRIPTDIR/cgroups.sh
. "$(dirname "$(readlink -f "$0")")/cgroups.sh"
folder=$1 cgroup=$2
shift 2
exec 9>&- # unshare, which ends last, holds the guard's lock; no process in here may hold it

prepare_mounts() {
  mount --make-rprivate / # no mount in here appears on the machine
  mount -t tmpfs -o mode=755 tmpfs /run
  # The kubelet, CNI and containerd always write below these paths. No flag changes that.
  local directory
  for directory in /var/lib /var/log; do
    mkdir -p "$folder$directory"
    mount --bind "$folder$directory" "$directory"
  done
  # There is no DNS. Lookups must fail at once, not after a time-out.
  echo 'nameserver 127.0.0.1' >"$folder/resolv.conf"
  [[ ! -f /etc/resolv.conf ]] || mount --bind "$folder/resolv.conf" /etc/resolv.conf
}

# The kubelet sets these values for the whole machine, and no flag prevents it. Here it finds that they have the right
# values already.
shield_sysctls() {
  local setting file
  for setting in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
    file=$folder/sysctl-$(basename "${setting%=*}")
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%=*}"
  done
}

# With cgroup v1, the kubelet does not create its root cgroup. Each node has its own, so that several nodes can run in
# parallel.
prepare_cgroups() {
  local hierarchy
  while IFS= read -r hierarchy; do mkdir -p "$hierarchy/$cgroup"; done < <(cgroup_hierarchies)
}

prepare_network() {
  ip link set lo up
  ip link add node0 type veth peer name node0peer
  ip address add 10.200.0.1/24 dev node0
  ip link set node0 up
  ip link set node0peer up
  # The gateway does not exist. But without a default route, the node itself could not connect to Services.
  ip route add default via 10.200.0.254 dev node0
  sysctl --quiet --write net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

prepare_mounts
shield_sysctls
own_cgroups
mount --make-rshared / # the kubelet and the pods share mounts
prepare_cgroups
prepare_network
"$@" || exit $? # not exec: this process must stay bash
