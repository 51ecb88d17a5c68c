# shellcheck shell=bash
# Sourced by start-persistent.sh: files and directories that are mounted below a persisted directory. The runtime
# mounts them in DIRECTORY-initial, where the link of the image leads. Links in the store let the manager see them.
# When the same container starts again, its link leads to the store, and from there to the same place; or no further,
# where the manager has put something in the place of the link.

# The paths that have such a link: the persisted directory and the path below it, each ended by NUL.
MOUNTED=$STATE/mounted-paths
# What was in the way of a link.
ASIDE=$STATE/aside

# A path is in the list before its link is made, and until that is removed: a kill in between leaves no link for ever.
link_mounted_paths() {
  local directory path
  if [[ -e $MOUNTED ]]; then
    while IFS= read -r -d '' directory && IFS= read -r -d '' path; do
      if ! is_mounted "$directory" "$path"; then put_back "$directory" "$path"; fi
    done <"$MOUNTED"
  fi
  for directory in "${DIRECTORIES[@]}"; do list_mounted_paths "$directory"; done | replace_file "$MOUNTED"
  while IFS= read -r -d '' directory && IFS= read -r -d '' path; do
    link_mounted_path "$directory" "$path"
  done <"$MOUNTED"
}

is_mounted() {
  is_mount_point "$1-initial/$2" || is_mount_point "$STORE$1/$2"
}

list_mounted_paths() {
  local top mount_point
  for top in "$1-initial" "$STORE$1"; do
    for mount_point in "${MOUNT_POINTS[@]}"; do
      if [[ $mount_point == "$top"/* ]] && ! is_within_mount "$top" "${mount_point%/*}"; then
        printf '%s\0' "$1" "${mount_point#"$top"/}"
      fi
    done
  done
}

# Whether $2, or a directory that it is in, is a mount point; up to $1, which may be one.
is_within_mount() {
  if is_mount_point "$2"; then return; fi
  [[ $2 != "$1" ]] && is_within_mount "$1" "${2%/*}"
}

link_mounted_path() {
  local mount_point=$1-initial/$2 link=$STORE$1/$2
  if is_mount_point "$link" || [[ $(readlink "$link") == "$mount_point" ]]; then return; fi
  make_folders "$1" "$2"
  if [[ -e $link || -L $link ]]; then
    say "something is mounted at $1/$2: what the volume has there waits in $ASIDE$1/$2"
    mkdir -p "$(dirname "$ASIDE$1/$2")"
    mv --no-target-directory --backup=numbered "$link" "$ASIDE$1/$2"
  fi
  ln --symbolic "$mount_point" "$link"
}

# The folders of path $2 below $1, as the image or the runtime made them.
make_folders() {
  local folder=${2%/*}
  if [[ $folder == "$2" ]]; then return; fi
  make_folders "$1" "$folder"
  make_like "$1-initial/$folder" "$STORE$1/$folder"
}

put_back() {
  local link=$STORE$1/$2 aside=$ASIDE$1/$2
  if [[ $(readlink "$link") == "$1-initial/$2" ]]; then rm "$link"; fi
  if [[ ! -e $aside && ! -L $aside ]]; then return; fi
  if [[ -e $link || -L $link ]]; then
    say "$1/$2 is no longer mounted, and the volume has something there: what it had before stays in $aside"
  else
    say "$1/$2 is no longer mounted: the volume has again what it had before"
    # The manager may have removed the folder meanwhile.
    mkdir -p "$(dirname "$link")"
    mv --no-target-directory "$aside" "$link"
  fi
}
