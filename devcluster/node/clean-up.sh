#!/usr/bin/env bash
# Removes the cgroups and the folder of a node whose processes have ended. It can run again.
#
# usage: clean-up.sh FOLDER CGROUP
set -uo pipefail
# shellcheck source=SCRIPTDIR/cgroups.sh
. "$(dirname "$(readlink -f "$0")")/cgroups.sh"
folder=$1 cgroup=$2

remove_cgroups() {
  local hierarchy left=0
  while IFS= read -r hierarchy; do
    [[ -d $hierarchy/$cgroup ]] || continue
    find "$hierarchy/$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
    [[ -d $hierarchy/$cgroup ]] && left=1
  done < <(cgroup_hierarchies)
  return "$left"
}

# The kernel may still be ending the last processes in the cgroup, or the last processes that write files.
for _ in {1..100}; do
  remove_cgroups && rm -rf --one-file-system "$folder" 2>/dev/null && exit
  sleep 0.05
done
rm -rf --one-file-system "$folder"
echo "the node left cgroups or files: remove the cgroup $cgroup and the folder $folder" >&2
exit 1
