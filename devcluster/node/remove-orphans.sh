#!/usr/bin/env bash
# Removes what is left of a node if its guard was killed together with its caller. A running guard or node holds the
# lock.
#
# usage: remove-orphans.sh PARENT-OF-FOLDERS
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")

clean_up_orphan() {
  if flock --nonblock 9; then "$here/clean-up.sh" "$1" "$(basename "$1")"; fi
}

for folder in "$1"/cdk8s-multisite-node-*; do
  # The parent folder may be shared by all users. Only our own folders are removed.
  if [[ -O $folder && -e $folder/guard.lock ]]; then clean_up_orphan "$folder" 9<"$folder/guard.lock"; fi
done
exit 0
