#!/bin/bash
# Moves each directory that start-persistent.sh keeps on a volume aside, to DIRECTORY-initial, and leaves a link to it.
# That is done at build, since a container cannot rename what is in its image: it would copy it, at every first start.
# It is the last step that may touch those directories.
# Usage: prepare-persistence.sh [SCRIPTS]
set -euo pipefail

scripts=${1:-/scripts}

# What the manager changes, by the layout of the base image: 5.1.x, and 18.x or 19.x. In the order of the original,
# which copied one after the other: adoption.sh concludes from it what is whole.
layout_5=(
  /var/lib /etc/cloudify
  /opt/cfy /opt/cloudify /opt/cloudify-stage /opt/manager /opt/mgmtworker /opt/restservice
)
layout_19=(
  /var/lib/pgsql/9.5/data /opt/manager/resources
  /opt/mgmtworker/env/plugins /opt/mgmtworker/work/deployments
)

missing() {
  local directory
  for directory in "$@"; do
    if [ ! -d "$directory" ]; then echo -n " $directory"; fi
  done
}

if [ -z "$(missing "${layout_5[@]}")" ]; then
  directories=("${layout_5[@]}")
elif [ -z "$(missing "${layout_19[@]}")" ]; then
  directories=("${layout_19[@]}")
else
  echo "this is no base image of Cloudify Manager that is known: for 5.1.x it lacks$(missing "${layout_5[@]}")," \
    "for 18.x and 19.x$(missing "${layout_19[@]}"): take one of those as the base image, or teach $0 the new layout" >&2
  exit 1
fi

for directory in "${directories[@]}"; do
  if [ -L "$directory" ]; then continue; fi
  # On an overlay, mv would rename file by file, and part hard links.
  cp --archive --no-target-directory "$directory" "$directory-initial"
  rm --recursive --force "$directory"
  ln --symbolic "$directory-initial" "$directory"
done
printf '%s\n' "${directories[@]}" >"$scripts/persisted-directories"
