#!/bin/bash
# Makes a container of the namespaces it runs in, and becomes its first process. See container.bash.
# Usage: enter.sh LAYERS CONTAINER [OPTION...] -- COMMAND...
set -euo pipefail

layers=$1
container=$2
shift 2
root=$container/root

# Where a path leads in the container, as runtimes resolve it; a file or directory is made for what has none.
mount_target() {
  local target
  IFS= read -r -d '' target < <(chroot "$root" realpath --zero --canonicalize-missing "$2")
  target=$root$target
  if [ -d "$1" ]; then mkdir -p "$target"; else
    mkdir -p "$(dirname "$target")"
    touch "$target"
  fi
  printf '%s' "$target"
}

mkdir -p "$container"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$container/upper,workdir=$container/work" "$root"
for programs in /usr/bin /usr/sbin /usr/lib /usr/lib64 /etc/alternatives; do
  mkdir -p "$root$programs"
  mount --bind "$programs" "$root$programs"
  mount -o remount,bind,ro "$root$programs"
done
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"

while [ "$1" != -- ]; do
  IFS=: read -r -d '' source target mode < <(printf '%s\0' "$2")
  case $1 in
    --volume)
      target=$(mount_target "$source" "$target")
      mount --bind "$source" "$target"
      if [ -n "$mode" ]; then mount -o remount,bind,"$mode" "$target"; fi
      ;;
    --disk) mount -o loop "$source" "$(mount_target "$root" "$target")" ;;
    --tmpfs) mount -t tmpfs -o "$target" tmpfs "$(mount_target "$root" "$source")" ;;
  esac
  shift 2
done
shift
cd "$root"
exec chroot . "$@"
