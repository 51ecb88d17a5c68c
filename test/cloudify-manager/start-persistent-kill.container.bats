# SIGKILL and power cuts while the first copy is made, and what the next start makes of that.

load container/container

FILES_PER_DIRECTORY=150
KILLS=20

setup_file() {
  export BASE=$BATS_FILE_TMPDIR/base
  make_base "$BASE" "${LAYOUT_19[@]}"
  for directory in "${LAYOUT_19[@]}"; do make_files "$BASE$directory"; done
  build_image "$BASE"
  export IMAGE
  mkfifo "$BATS_FILE_TMPDIR/silence"
  data_in "$BASE" >"$BATS_FILE_TMPDIR/data"
}

# Half of the files have a name in both of two folders.
make_files() {
  mkdir "$1/one" "$1/two"
  seq 1 "$FILES_PER_DIRECTORY" | split --lines=1 --numeric-suffixes=1 --suffix-length=3 - "$1/one/"
  cp --link "$1"/one/*[02468] "$1/two"
}

# kill_at CONTAINER VOLUME FILE: starts, and kills when the file is there.
kill_at() {
  local container=$1 volume=$2 file=$3 directory
  directory=${file%/*/*}
  start_in_background "$container" --volume "$volume:/cfy-persist"
  local staged=$volume/.start-persistent/copying$directory-initial${file#"$directory"}
  until [[ -e $staged || -e $volume$file ]]; do
    [[ -e /proc/$PROCESS ]]
    pause
  done
  kill_container
}

# A millisecond, without a process of its own.
pause() {
  read -r -t 0.001 <>"$BATS_FILE_TMPDIR/silence" || true
}

# Whether a part of the files is on the volume.
is_cut_off() {
  [ "$(find "$1" -path '*/one/*' | wc -l)" -lt $((FILES_PER_DIRECTORY * ${#LAYOUT_19[@]})) ]
}

data_in() {
  local directory
  for directory in "${LAYOUT_19[@]}"; do describe_tree "$1$directory"; done
}

# The directories that are on the volume, with the numbers of their inodes: one that is copied again has another.
directories_on() {
  local directory
  for directory in "${LAYOUT_19[@]}"; do
    if [ -d "$1$directory" ]; then echo "$directory $(stat --format=%i "$1$directory")"; fi
  done
}

expect_all_files() {
  [ "$(find "$1" | wc -l)" = "$(find "$2" | wc -l)" ]
}

# What is on the disk at this moment, for the next start.
power_cut() {
  cp --sparse=always "$DISK" "$DISK.cut"
  kill_container
  mv "$DISK.cut" "$DISK"
}

@test "killed at twenty moments of the first copy: nothing is lost, nothing is half" {
  local seed=${SEED:-$$} cut_off=0 kill volume file directories directory
  echo "# SEED=$seed" >&3
  RANDOM=$seed
  for ((kill = 1; kill <= KILLS; kill++)); do
    volume=$BATS_TEST_TMPDIR/volume-$kill
    mkdir "$volume"
    printf -v file '%s/one/%03d' "${LAYOUT_19[RANDOM % ${#LAYOUT_19[@]}]}" $((RANDOM % FILES_PER_DIRECTORY + 1))
    echo "killed when $file was there"
    kill_at "$BATS_TEST_TMPDIR/container-$kill" "$volume" "$file"
    if is_cut_off "$volume"; then cut_off=$((cut_off + 1)); fi
    directories=$(directories_on "$volume")
    while read -r directory _; do expect_all_files "$BASE$directory" "$volume$directory"; done < <(directories_on "$volume")

    start "$BATS_TEST_TMPDIR/container-$kill-again" --volume "$volume:/cfy-persist"
    diff "$BATS_FILE_TMPDIR/data" <(data_in "$volume")
    [[ $(directories_on "$volume") == "$directories"* ]]
    [ ! -e "$volume/.start-persistent/copying" ]
    rm -r "$volume"
  done
  echo "# $cut_off of $KILLS kills were in the middle of the copy" >&3
  [ "$cut_off" -ge $((KILLS * 3 / 4)) ]
}

# cut_when_there_is PATH: starts with an empty disk, and cuts the power when the path is on it. A path that is soon gone can be
# missed on a busy machine: then it starts again.
cut_when_there_is() {
  local attempt store
  for ((attempt = 1; attempt <= 20; attempt++)); do
    rm -f "$BATS_TEST_TMPDIR/disk"
    make_disk 40M
    start_in_background "$BATS_TEST_TMPDIR/container-1-$attempt" --disk "$DISK:/cfy-persist"
    store=/proc/$INIT/root/cfy-persist
    until [[ -e $store$1 || ! -e /proc/$INIT ]]; do pause; done
    # What was there may be gone before the container stops.
    if kill -STOP "$INIT" && sync_another_file "$store/other" && [[ -e $store$1 ]]; then
      power_cut
      return
    fi
    kill_container
  done
  echo "missed $1 twenty times" >&2
  return 1
}

# Another program's fsync has ext4 write down the names of files whose content is not on the disk.
sync_another_file() {
  dd if=/dev/zero of="$1" bs=1k count=1 conv=fsync status=none
}

@test "a power cut when a directory has its name: all of it is on the disk" {
  cut_when_there_is "${LAYOUT_19[0]}"
  run -0 start "$BATS_TEST_TMPDIR/container-2" --disk "$DISK:/cfy-persist"
  [[ $output != *"copying ${LAYOUT_19[0]} "* ]]
  expect_data_on_disk
}

@test "a power cut before that: all is copied again" {
  cut_when_there_is "/.start-persistent/copying${LAYOUT_19[0]}-initial/one/001"
  run -0 start "$BATS_TEST_TMPDIR/container-2" --disk "$DISK:/cfy-persist"
  [[ $output == *"copying ${LAYOUT_19[0]} "* ]]
  expect_data_on_disk
}

@test "a power cut when the manager has started: nothing is copied again over what it wrote" {
  make_disk 40M
  MANAGER='echo ready; sleep infinity' \
    start_in_background "$BATS_TEST_TMPDIR/container-1" --disk "$DISK:/cfy-persist"
  wait_for grep --quiet ready "$LOG"
  power_cut
  run -0 start "$BATS_TEST_TMPDIR/container-2" --disk "$DISK:/cfy-persist"
  [[ $output != *copying* ]]
  expect_data_on_disk
}

expect_data_on_disk() {
  mkdir "$BATS_TEST_TMPDIR/data"
  run_container "$BATS_TEST_TMPDIR/container-3" --disk "$DISK:/cfy-persist" --volume "$BATS_TEST_TMPDIR/data:/data" -- \
    cp --archive /cfy-persist/. /data
  diff "$BATS_FILE_TMPDIR/data" <(data_in "$BATS_TEST_TMPDIR/data")
}
