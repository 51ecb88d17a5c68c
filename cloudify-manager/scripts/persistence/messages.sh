# shellcheck shell=bash
# Sourced by start-persistent.sh: what an operator reads.

say() {
  echo "start-persistent: $*" >&2
}

die() {
  say "$*"
  exit 1
}

mebibytes() {
  echo "$((($1 + 1048575) / 1048576)) MiB"
}
