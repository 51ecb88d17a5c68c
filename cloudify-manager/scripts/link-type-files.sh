#!/bin/bash
# Makes each type file of the image visible among the manager's resources, by a link of its own: the resources are in a
# store that outlives the image, and so must not hold the files themselves.
# Usage: link-type-files.sh [TYPE_FILES [RESOURCES]]
set -euo pipefail

types=${1:-/usr/share/cloudify-types}
resources=${2:-/opt/manager/resources}

same_content() {
  [ -f "$2" ] && [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]
}

# Whose the resources are, theirs are the folders and links in it.
give_to_owner() {
  chown --no-dereference --reference="$resources" "$@"
}

make_folder() {
  if [ -d "$1" ]; then return; fi
  make_folder "$(dirname "$1")"
  mkdir "$1"
  give_to_owner "$1"
}

# Whether folder $1 can be written to, or made. Not in a mount that is read-only, as all ConfigMaps are.
is_writable() {
  if [ -d "$1" ]; then [ -w "$1" ]; else is_writable "$(dirname "$1")"; fi
}

move_aside() {
  echo "$1 is not the image's type file: kept as $1.replaced" >&2
  mv --no-target-directory --backup=numbered "$1" "$1.replaced"
}

link() {
  local file=$1 link=$2
  if [ "$(readlink "$link")" = "$file" ]; then return; fi
  if ! is_writable "$(dirname "$link")"; then
    echo "$link is left as it is: something is mounted there, read-only" >&2
    return
  fi
  make_folder "$(dirname "$link")"
  if [ -e "$link" ] && ! same_content "$file" "$link"; then move_aside "$link"; fi
  ln -sfn "$file" "$link.new"
  give_to_owner "$link.new"
  mv --no-target-directory "$link.new" "$link"
}

while IFS= read -r -d '' file; do
  link "$file" "$resources${file#"$types"}"
done < <(find "$types" -type f -print0)
