#!/bin/bash
# Fails on a node with version 2 of cgroups where systemd does not know it: it would freeze, with no word in the log.
# Usage: check-cgroups.sh [CGROUPS]
set -euo pipefail

cgroups=${1:-/sys/fs/cgroup}

# cgroup2fs, for which coreutils of CentOS 7 has no name.
if [ "$(stat --file-system --format=%t "$cgroups" 2>/dev/null)" != 63677270 ]; then exit 0; fi
# "systemd 219", and more. 226 was the first to know version 2:
# https://github.com/systemd/systemd/blob/main/NEWS
version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
if ((version < 226)); then
  echo "this node has version 2 of cgroups, which systemd $version of the image does not know: run it on a node with" \
    "version 1 (docs/cloudify-manager.md#the-node)" >&2
  exit 1
fi
