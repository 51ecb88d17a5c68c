#!/usr/bin/env bash
# Process 1 of a node: prepares mounts, cgroups and network of its namespaces, and runs the command that starts the components.
# bash, since it reaps what is orphaned. When it ends, the kernel ends everything in the namespaces and takes them down.
#
# usage: isolate.sh FOLDER CGROUP COMMAND [ARGUMENT...]
set -euo pipefail
# shellcheck source=SCRIPTDIR/cgroups.sh
. "$(dirname "$(readlink -f "$0")")/cgroups.sh"
folder=$1 cgroup=$2
shift 2
exec 9>&- # the guard's lock is unshare's, too, which ends after all in here; none of them is to keep it

prepare_mounts() {
  mount --make-rprivate / # nothing in here reaches the machine
  mount -t tmpfs -o mode=755 tmpfs /run
  # The kubelet, CNI and containerd write below these, whatever their flags say.
  local directory
  for directory in /var/lib /var/log; do
    mkdir -p "$folder$directory"
    mount --bind "$folder$directory" "$directory"
  done
  # There is no DNS: names are to fail at once, instead of after a time-out.
  echo 'nameserver 127.0.0.1' >"$folder/resolv.conf"
  [[ ! -f /etc/resolv.conf ]] || mount --bind "$folder/resolv.conf" /etc/resolv.conf
}

# The kubelet sets these for the whole machine, and no flag stops it: in here it finds the values that it wants.
shield_sysctls() {
  local setting file
  for setting in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
    file=$folder/sysctl-$(basename "${setting%=*}")
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%=*}"
  done
}

# With cgroup v1 the kubelet does not make its root; one for each node lets several run side by side.
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
  # It leads nowhere; but without a route the node itself would not reach Services.
  ip route add default via 10.200.0.254 dev node0
  sysctl --quiet --write net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

prepare_mounts
shield_sysctls
own_cgroups
mount --make-rshared / # among themselves kubelet and pods share mounts
prepare_cgroups
prepare_network
"$@" || exit $? # not exec: this process has to stay bash
