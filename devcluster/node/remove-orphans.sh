#!/usr/bin/env bash
# Removes what is left of nodes whose guard was killed together with whoever had started it. A guard that lives, or a node that
# has not ended yet, holds the lock.
#
# usage: remove-orphans.sh PARENT-OF-FOLDERS
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")

clean_up_orphan() {
  if flock --nonblock 9; then "$here/clean-up.sh" "$1" "$(basename "$1")"; fi
}

for folder in "$1"/cdk8s-multisite-node-*; do
  # In a folder that is everybody's, only what is ours.
  if [[ -O $folder && -e $folder/guard.lock ]]; then clean_up_orphan "$folder" 9<"$folder/guard.lock"; fi
done
exit 0
