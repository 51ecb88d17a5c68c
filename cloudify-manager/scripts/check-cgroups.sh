#!/bin/bash
# Says why systemd will not start with what it finds at /sys/fs/cgroup, as it says nothing itself: it has no terminal.
# Usage: check-cgroups.sh [CGROUPS]
set -euo pipefail

cgroups=${1:-/sys/fs/cgroup}

# In numbers, as coreutils of CentOS 7 have no name for version 2.
case $(stat --file-system --format=%t "$cgroups" 2>/dev/null) in
  63677270) # version 2
    # "systemd 219", and more. 226 was the first to know version 2:
    # https://github.com/systemd/systemd/blob/main/NEWS
    version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    if ((version < 226)); then
      echo "this node has version 2 of cgroups, which systemd $version of the image does not know: run it on a node with" \
        "version 1 (docs/cloudify-manager.md#the-node)" >&2
      exit 1
    fi
    ;;
  1021994 | 62656572 | '') ;; # tmpfs, with the hierarchies of version 1 in it; sysfs, where nothing is mounted; no folder
  *)
    # Not refused: old releases mount the hierarchies into whatever is there.
    echo "a volume hides the cgroups at $cgroups, without which systemd may end at once: mount the node's folder there" \
      "(systemd.hostCgroup of CloudifyManager), or have the runtime ignore the image's volumes (docs/cloudify-manager.md#troubleshooting)" >&2
    ;;
esac
