#!/usr/bin/env bash
# Runs a command, and what it starts, with a /sys/fs/cgroup of their own.
#
# usage: with-own-cgroups.sh COMMAND [ARGUMENT...]
set -euo pipefail
# shellcheck source=SCRIPTDIR/../../devcluster/node/cgroups.sh
. "$(dirname "$(readlink -f "$0")")/../../devcluster/node/cgroups.sh"

if [[ $1 != --inside ]]; then
  exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift
own_cgroups
exec "$@"
