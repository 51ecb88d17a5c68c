# shellcheck shell=bash
# Sourced by start-persistent.sh: what is mounted in this container, below the directories that are persisted.

# The kernel writes space, tab, newline and backslash as a backslash and three octal digits.
read_mount_points() {
  local target
  MOUNT_POINTS=()
  while read -r _ _ _ _ target _; do
    printf -v target '%b.' "${target//\\/\\0}"
    MOUNT_POINTS+=("${target%.}")
  done </proc/self/mountinfo
}

is_mount_point() {
  local mount_point
  for mount_point in "${MOUNT_POINTS[@]}"; do
    if [[ $mount_point == "$1" ]]; then return 0; fi
  done
  return 1
}

holds_mount_point() {
  local mount_point
  for mount_point in "${MOUNT_POINTS[@]}"; do
    if [[ $mount_point == "$1"/* ]]; then return 0; fi
  done
  return 1
}

# The largest trees of directory $1, an absolute path, in which nothing is mounted, each ended by NUL.
trees_without_mounts() {
  local entry
  if is_mount_point "$1"; then return; fi
  if ! holds_mount_point "$1"; then
    printf '%s\0' "$1"
    return
  fi
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [[ -e $entry || -L $entry ]]; then trees_without_mounts "$entry"; fi
  done
}
