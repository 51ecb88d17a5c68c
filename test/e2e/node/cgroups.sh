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
