# shellcheck shell=bash
# Sourced by start-persistent.sh: a volume of the original image, whose copies have no marker and may be cut off.

adopt_directories() {
  local position directory
  for position in "${!DIRECTORIES[@]}"; do
    directory=${DIRECTORIES[position]}
    if is_unmarked "$directory"; then adopt "$directory" "${DIRECTORIES[position + 1]:-}"; fi
  done
}

is_unmarked() {
  [[ -e $STORE$1 && ! -e $(whole_marker "$1") ]]
}

# The original copied one directory after the other, and stopped at the first error: what has a successor is whole. Only
# where there is none are the files compared, since a manager that has run removes some of them.
adopt() {
  local directory=$1 successor=$2 missing
  if [[ -z $successor ]] || ! is_unmarked "$successor"; then
    missing=$(first_missing "$directory")
    if [[ -n $missing ]]; then refuse "$directory" "$missing"; fi
  fi
  say "taking over $STORE$directory, which another image has made"
  touch "$(whole_marker "$directory")"
  # Once a manager has run, the files could not be compared again.
  sync
}

# Up to three files of the image that the store has not, or has shorter.
first_missing() {
  local initial=$1-initial file stored
  trees_without_mounts "$initial" | xargs --null --replace find '{}' -type f -print0 |
    while IFS= read -r -d '' file; do
      stored=$STORE$1${file#"$initial"}
      if is_shorter "$stored" "$file"; then printf '%q\n' "$stored"; fi
    done | sed --quiet 1,3p | paste --serial --delimiters=' '
}

is_shorter() {
  [[ ! -f $1 || $(stat --dereference --format=%s "$1") -lt $(stat --format=%s "$2") ]]
}

refuse() {
  local directory=$1 missing=$2
  say "$STORE$directory may be a copy that was cut off: missing or shorter than in the image: $missing"
  # Each command ends its line, so that it can be copied.
  say "to use it as it is, run with this volume: touch $(whole_marker "$directory")"
  die "to have the image's own copied instead, run with this volume: mv -T $STORE$directory $STORE$directory.cut-off"
}
