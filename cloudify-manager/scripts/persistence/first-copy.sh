# shellcheck shell=bash
# Sourced by start-persistent.sh: the first copy of a directory from the image to the volume.

# A copy is made here, and renamed when it is whole.
STAGING=$STATE/copying

copy_missing_directories() {
  local directory missing=()
  rm -rf "$STAGING"
  for directory in "${DIRECTORIES[@]}"; do
    if ! is_stored "$directory" && ! is_mount_point "$directory-initial"; then missing+=("$directory"); fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  for directory in "${missing[@]}"; do expect_one_mount "$directory"; done
  expect_space "${missing[@]}"
  for directory in "${missing[@]}"; do copy_directory "$directory"; done
  # Before the manager writes to what was renamed.
  sync
}

# To rename from one mount to another is to copy, and can be cut off.
expect_one_mount() {
  local path=$STORE$1
  until [[ $path == "$STORE" ]]; do
    if is_mount_point "$path"; then
      die "something is mounted at $path, in the volume at $STORE: unmount it, so that $1 is copied to the volume itself"
    fi
    path=${path%/*}
  done
}

expect_space() {
  local needed available
  needed=$(size_of "$@")
  available=$(df --block-size=1 --output=avail "$STORE" | tail -n 1)
  if ((needed > available)); then
    die "the first copy to $STORE takes $(mebibytes "$needed"), and $(mebibytes "$available") are free:" \
      "make room on the volume, or take a larger one"
  fi
}

# Bytes that the directories take, without what is mounted there.
size_of() {
  local directory
  for directory in "$@"; do trees_without_mounts "$directory-initial"; done |
    du --summarize --total --block-size=1 --files0-from=- | tail -n 1 | cut -f 1
}

# The marker is on the disk, as the data is, before the directory has its name: one that has it is whole.
copy_directory() {
  local directory=$1
  local initial=$1-initial marker
  marker=$(whole_marker "$directory")
  say "copying $directory to $STORE$directory"
  rm -f "$marker"
  mkdir "$STAGING"
  # Folders would inherit it from the volume, and keep it.
  chmod g-s "$STAGING"
  if ! copy_trees "$initial" | report_progress "$directory"; then
    rm -rf "$STAGING"
    die "cannot copy $directory to $STORE: mend what the lines above say, and start again"
  fi
  make_like "$initial" "$STAGING$initial"
  touch "$marker"
  sync
  mkdir -p "$(dirname "$STORE$directory")"
  mv --no-target-directory "$STAGING$initial" "$STORE$directory"
  rm -r "$STAGING"
}

# One cp for all trees, so that hard links among them stay. It looks for the parents of absolute paths below the working
# directory.
copy_trees() {
  cd /
  trees_without_mounts "$1" | xargs --null --no-run-if-empty cp --archive --parents --target-directory="$STAGING"
}

# Ends when the copy does, which has the other end of the pipe.
report_progress() {
  local size
  size=$(size_of "$1")
  until read -r -t 5 || (($? <= 128)); do
    say "copying $1: $(mebibytes "$(du --summarize --block-size=1 "$STAGING" | cut -f 1)") of $(mebibytes "$size")"
  done
}

# A directory in which there are only mounts is not among the trees.
make_like() {
  if [[ -d $2 ]]; then return; fi
  mkdir --parents "$2"
  chown --reference="$1" "$2"
  chmod --reference="$1" "$2"
}
