# shellcheck shell=bash
# The cgroup hierarchies of this machine: the one of cgroup v2, or those of v1 with a v2 beside them.
cgroup_hierarchies() {
  local hierarchy
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    [[ -L ${hierarchy%/} ]] || echo "${hierarchy%/}"
  done
}

# Gives the mount namespace of this process a folder of cgroup v1 of its own, with the hierarchies of the machine. systemd in a
# container mounts that folder again, read-only, and it would be the machine's.
own_cgroups() {
  [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || return 0
  local hierarchy own
  own=$(mktemp -d /run/cgroup.XXXXXX)
  mount -t tmpfs -o mode=755 tmpfs "$own"
  while IFS= read -r hierarchy; do
    mkdir "$own/${hierarchy##*/}"
    mount --bind "$hierarchy" "$own/${hierarchy##*/}"
  done < <(cgroup_hierarchies)
  find /sys/fs/cgroup -maxdepth 1 -type l -exec cp -P {} "$own/" \;
  mount --move "$own" /sys/fs/cgroup
  rmdir "$own"
}
