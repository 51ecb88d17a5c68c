# shellcheck shell=bash

# Prints the cgroup hierarchies of this machine: the hierarchy of cgroup v2, or the hierarchies of v1 and one of v2.
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

# Gives the mount namespace of this process its own folder for cgroup v1, with the hierarchies of the machine. systemd
# in a container remounts that folder read-only, and must not do this to the machine's folder.
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
