# shellcheck shell=bash
# Containers for the tests of start-persistent.sh: folders as image layers, an overlay on top, as runtimes do it, in a
# mount and pid namespace of its own. The programs in it are the machine's. In the place of systemd is init.sh.

bats_require_minimum_version 1.5.0

CONTAINER=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
SOURCES=$(realpath "$CONTAINER/../../../cloudify-manager")

# shellcheck disable=SC2034 # for the tests
LAYOUT_5=(
  /var/lib /etc/cloudify
  /opt/cfy /opt/cloudify /opt/cloudify-stage /opt/manager /opt/mgmtworker /opt/restservice
)
# shellcheck disable=SC2034 # for the tests
LAYOUT_19=(
  /var/lib/pgsql/9.5/data /opt/manager/resources
  /opt/mgmtworker/env/plugins /opt/mgmtworker/work/deployments
)

# make_base FOLDER DIRECTORY...: a base image with a file in each of the directories.
make_base() {
  local base=$1 directory
  shift
  mkdir -p "$base"/{sbin,proc,dev,tmp,etc,scripts,build,usr/share/cloudify-types,opt/manager/resources}
  ln -s usr/bin usr/lib usr/lib64 "$base"
  cp "$CONTAINER/init.sh" "$base/sbin/init"
  for directory in "$@"; do
    mkdir -p "$base$directory"
    echo "$directory of the image" >"$base$directory/original"
  done
}

# An empty volume, in the folder VOLUME.
new_volume() {
  VOLUME=$BATS_TEST_TMPDIR/volume
  mkdir "$VOLUME"
}

# make_disk SIZE [OPTION...]: an empty ext4 file system, in the file DISK.
make_disk() {
  DISK=$BATS_TEST_TMPDIR/disk
  truncate --size="$1" "$DISK"
  mkfs.ext4 -q "${@:2}" "$DISK"
}

# build_image BASE: adds the scripts and prepares the directories, in a layer of its own, as a Dockerfile does. The layers
# of the result are in IMAGE.
build_image() {
  local base=$1
  cp -r "$SOURCES/scripts/." "$base/scripts"
  cp "$SOURCES/build/prepare-persistence.sh" "$base/build"
  IMAGE=$base
  run_container "$base.layer" -- sh -c '/scripts/link-type-files.sh && /build/prepare-persistence.sh'
  IMAGE=$base.layer/upper:$base
}

# run_container CONTAINER [--volume SOURCE:TARGET[:ro]] [--disk FILE:TARGET] [--tmpfs TARGET:OPTIONS]... -- COMMAND...
# mounts in this order; runtimes begin with the short paths. CONTAINER is a folder for what the container changes: the
# same one again is a restart.
run_container() {
  unshare --mount --pid --fork --kill-child "$CONTAINER/enter.sh" "$IMAGE" "$@"
}

# start_in_background CONTAINER [OPTION...]: the container can be ended by kill_container; INIT is its first process, LOG
# what it says.
start_in_background() {
  LOG=$BATS_TEST_TMPDIR/log
  # Without descriptor 3: bats waits for who has it.
  unshare --mount --pid --fork --kill-child "$CONTAINER/enter.sh" "$IMAGE" "$@" -- /scripts/start-persistent.sh \
    &>>"$LOG" 3>&- &
  PROCESS=$!
  wait_for pgrep --parent "$PROCESS" >/dev/null
  INIT=$(pgrep --parent "$PROCESS")
}

# As the runtime does: the first process, and with it all others.
kill_container() {
  kill -KILL "$INIT" || true # it may have ended by itself
  wait "$PROCESS" || true
}

teardown() {
  if [[ -n ${PROCESS:-} && -e /proc/$PROCESS ]]; then kill -KILL "$PROCESS"; fi
}

# start CONTAINER [OPTION...]: runs the image's command. What MANAGER says is run when the manager would run.
start() {
  run_container "$@" -- /scripts/start-persistent.sh
}

# wait_for COMMAND...: until the command succeeds, for half a minute at most.
wait_for() {
  local end=$((SECONDS + 30))
  until "$@"; do
    if ((SECONDS > end)); then
      echo "waited half a minute for: $*" >&2
      return 1
    fi
    sleep 0.02
  done
}

# Everything about a tree but its name: names, types, modes, owners, links, times, sizes, attributes and content.
describe_tree() {
  (
    cd "$1" || return
    {
      find . -type f -printf '%P f %m %U:%G %n %T@ %s\0' -o -printf '%P %y %m %U:%G %T@ %l\0'
      find . -type f -print0 | xargs --null --no-run-if-empty sha256sum --zero
    } | sort --zero-terminated
    find . ! -type l -print0 | sort --zero-terminated |
      xargs --null --no-run-if-empty getfattr --dump --match=- --encoding=hex
  ) | tr '\0' '\n'
}

expect_same_tree() {
  diff <(describe_tree "$1") <(describe_tree "$2")
}
