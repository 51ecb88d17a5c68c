#!/usr/bin/env bash
# Runs a node in new namespaces and removes everything of it, even if a process is killed. This script stays outside of
# the namespaces, so that their mounts are gone when it removes the folder. It has its own session, so that a signal to
# its caller does not end it.
#
# usage: guard.sh FOLDER CGROUP COMMAND [ARGUMENT...]
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$1 cgroup=$2

trap '' INT TERM HUP # the node ends when its channel closes, and this script ends after the node
# If the lock is free, nobody will clean up this node. The file gets its name only when the lock is held.
exec 9>"$folder/.guard.lock"
flock 9
mv "$folder/.guard.lock" "$folder/guard.lock"
unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$here/isolate.sh" "$@"
status=$?
"$here/clean-up.sh" "$folder" "$cgroup" || status=1
exit "$status"
