# Volumes that are full, read-only, in use, or another release's; and what is said of a copy that takes long.

load container/container

setup_file() {
  export BASE=$BATS_FILE_TMPDIR/base
  make_base "$BASE" "${LAYOUT_5[@]}"
  head --bytes=3M /dev/urandom >"$BASE/opt/manager/large"
  mkdir "$BASE/opt/cfy/many"
  seq 1 500 | split --lines=1 --suffix-length=4 - "$BASE/opt/cfy/many/"
  build_image "$BASE"
  export IMAGE
}

setup() {
  CONTAINER_1=$BATS_TEST_TMPDIR/container-1
  CONTAINER_2=$BATS_TEST_TMPDIR/container-2
  new_volume
}

# Whether init was not started, since the last lines are for the operator.
refused() {
  [[ $output != *init:* ]] && [[ $output == *"$1"* ]]
}

@test "too small for the first copy: nothing is copied" {
  run -1 start "$CONTAINER_1" --tmpfs /cfy-persist:size=2m
  refused 'the first copy to /cfy-persist takes 6 MiB, and 2 MiB are free: make room on the volume, or take a larger one'
  [[ $output != *copying* ]]
}

@test "full in the middle of the copy: what was copied is removed" {
  # Fewer inodes than files.
  make_disk 40M -N 300
  run -1 start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  refused 'cannot copy /opt/cfy to /cfy-persist: mend what the lines above say, and start again'
  [[ $output == *'No space left on device'* ]]
  run -0 run_container "$CONTAINER_2" --disk "$DISK:/cfy-persist" -- \
    sh -c 'ls -A /cfy-persist /cfy-persist/.start-persistent'
  [[ $output != *opt* ]]
  [[ $output != *copying* ]]
}

@test "full, with the data on it: the manager is not started, and starts when there is room" {
  make_disk 40M
  # Several times: the file system keeps some blocks back until it has written the rest.
  MANAGER='for _ in 1 2 3; do head --bytes=100M /dev/zero >>/opt/manager/filler; sync; done' \
    start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  run -1 start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  refused 'cannot write to the volume at /cfy-persist (No space left on device): make room on it, or take a larger one'
  run_container "$CONTAINER_2" --disk "$DISK:/cfy-persist" -- rm /cfy-persist/opt/manager/filler
  MANAGER='cat /opt/cfy/original' run -0 start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  [[ $output == *'/opt/cfy of the image' ]]
}

@test "read-only, empty or with the data on it" {
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist:ro"
  refused 'cannot write to the volume at /cfy-persist (Read-only file system): mount it read-write'
  start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist:ro"
  refused 'cannot write to the volume at /cfy-persist (Read-only file system): mount it read-write'
}

@test "not for the users as which the manager's services run" {
  chmod 700 "$VOLUME"
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  refused "the manager's users cannot enter the volume at /cfy-persist: run with this volume: chmod o+x /cfy-persist"
  [[ $output != *copying* ]]
  chmod 1701 "$VOLUME"
  run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
}

@test "in use by another container: refused as long as that one runs" {
  MANAGER='echo ready; sleep infinity' start_in_background "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  wait_for grep --quiet ready "$LOG"
  run -1 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  refused 'another container uses the volume at /cfy-persist: stop that one first'
  kill_container
  run -0 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
}

@test "in use by a container that makes the first copy" {
  start_in_background "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  wait_for test -d "$VOLUME/.start-persistent/copying"
  kill -STOP "$INIT"
  run -1 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  refused 'another container uses the volume at /cfy-persist'
  kill_container
}

@test "of a release that keeps other directories" {
  local base=$BATS_TEST_TMPDIR/base-19
  start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  make_base "$base" "${LAYOUT_19[@]}"
  build_image "$base"
  run -1 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  refused "another release of Cloudify Manager, which kept ${LAYOUT_5[*]} there: go back to the image of that release"
}

@test "of a release that had no room for its first copy: it may have another's data" {
  local base=$BATS_TEST_TMPDIR/base-19
  make_disk 4M
  run -1 start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  refused 'the first copy to /cfy-persist takes'
  local own=$IMAGE
  make_base "$base" "${LAYOUT_19[@]}"
  build_image "$base"
  run -0 start "$CONTAINER_2" --disk "$DISK:/cfy-persist"
  IMAGE=$own run -1 start "$CONTAINER_1" --disk "$DISK:/cfy-persist"
  refused "another release of Cloudify Manager, which kept ${LAYOUT_19[*]} there"
}

signal_copy() {
  pkill "-$1" --ns "$INIT" --nslist pid --exact cp
}

@test "a copy that takes long says how far it is" {
  local base=$BATS_TEST_TMPDIR/base-19 first=${LAYOUT_19[0]}
  make_base "$base" "${LAYOUT_19[@]}"
  seq 1 5000 | split --lines=1 --suffix-length=4 - "$base$first/"
  build_image "$base"
  start_in_background "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  wait_for signal_copy STOP
  wait_for grep --extended-regexp "copying $first: [0-9]+ MiB of 20 MiB" "$LOG"
  signal_copy CONT
  wait "$PROCESS"
  expect_same_tree "$base$first" "$VOLUME$first"
}
