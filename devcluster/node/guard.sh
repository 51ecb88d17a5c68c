#!/usr/bin/env bash
# Runs a node in namespaces of its own and removes what it leaves, whoever is killed: this script stays outside of them, so that
# their mounts are gone when it removes the folder, and in a session of its own, so that what ends its caller does not end it.
#
# usage: guard.sh FOLDER CGROUP COMMAND [ARGUMENT...]
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$1 cgroup=$2

trap '' INT TERM HUP # the node ends by its channel, and this script after it
# Whoever finds the lock free finds a node that nobody will clean up. It has its name only once it is held.
exec 9>"$folder/.guard.lock"
flock 9
mv "$folder/.guard.lock" "$folder/guard.lock"
unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$here/isolate.sh" "$@"
status=$?
"$here/clean-up.sh" "$folder" "$cgroup" || status=1
exit "$status"
