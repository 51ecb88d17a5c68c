# shellcheck shell=bash
# Sourced by start-persistent.sh: the volume, its lock, and what is known to be whole in it.

# The directories that are kept there: those of another release are others.
LAYOUT=$STATE/persisted-directories

# Opens the volume for this container alone.
open_store() {
  local error
  if ! error=$(mkdir -p "$STATE/whole" 2>&1 && touch "$STATE/lock" 2>&1); then
    die "cannot write to the volume at $STORE (${error##*: }): mount it read-write, with free space and for root"
  fi
  lock_store
  if ! error=$(dd if=/dev/zero of="$STATE/probe" bs=64k count=1 conv=fsync status=none 2>&1); then
    rm -f "$STATE/probe"
    die "cannot write to the volume at $STORE (${error##*: }): make room on it, or take a larger one"
  fi
  rm "$STATE/probe"
  expect_enterable
  expect_same_layout
}

# PostgreSQL, RabbitMQ and others run as users of their own.
expect_enterable() {
  if [[ $(stat --format=%A "$STORE") == *[!xt] ]]; then
    die "the manager's users cannot enter the volume at $STORE: run with this volume: chmod o+x $STORE"
  fi
}

# systemd closes what it inherits, so a process of its own holds the lock as long as the container lives.
lock_store() {
  local status=0
  exec 9<>"$STATE/lock"
  flock --nonblock 9 || status=$?
  case $status in
    0) sleep infinity &>/dev/null & ;;
    1) die "another container uses the volume at $STORE: stop that one first (a Deployment needs strategy Recreate)" ;;
    *) die "cannot lock the volume at $STORE: take one whose file system has locks" ;;
  esac
}

expect_same_layout() {
  local kept
  # Without a whole directory, the list is that of a container which ended before it had copied one.
  if [[ -e $LAYOUT && -n $(ls "$STATE/whole") ]]; then
    mapfile -t kept <"$LAYOUT"
    if [[ ${kept[*]} != "${DIRECTORIES[*]}" ]]; then refuse_layout "${kept[*]}"; fi
  # The original left no list. That for 5.1.x copied /etc/cloudify, and after it /opt/manager; those for 18.x and 19.x copied
  # only the resources.
  elif [[ -e $STORE/etc/cloudify ]]; then
    if ! is_kept /etc/cloudify; then refuse_layout /etc/cloudify; fi
  elif [[ -e $STORE/opt/manager ]]; then
    if is_kept /etc/cloudify; then refuse_layout /opt/manager/resources; fi
  fi
}

is_kept() {
  [[ " ${DIRECTORIES[*]} " == *" $1 "* ]]
}

refuse_layout() {
  die "the volume at $STORE has the data of another release of Cloudify Manager, which kept $1 there:" \
    "go back to the image of that release, or take another volume"
}

keep_layout() {
  replace_file "$LAYOUT" <"$SCRIPTS/persisted-directories"
}

# A name that is on the disk before the content is one of an empty file, after a power cut.
replace_file() {
  dd of="$1.new" conv=fsync status=none
  mv --no-target-directory "$1.new" "$1"
}

whole_marker() {
  echo "$STATE/whole/${1//\//_}"
}

# A directory without the marker was not put there by this program.
is_stored() {
  [[ -d $STORE$1 && -e $(whole_marker "$1") ]]
}
