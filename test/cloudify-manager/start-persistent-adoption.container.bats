# Volumes that the original image has filled, wholly or in part: it copied one directory after the other, by cp, and
# left no marker.

load container/container

setup_file() {
  export BASE=$BATS_FILE_TMPDIR/base
  make_base "$BASE" "${LAYOUT_5[@]}"
  for directory in "${LAYOUT_5[@]}"; do
    mkdir "$BASE$directory/folder"
    echo second >"$BASE$directory/folder/second"
  done
  build_image "$BASE"
  export IMAGE
}

setup() {
  CONTAINER_1=$BATS_TEST_TMPDIR/container-1
  CONTAINER_2=$BATS_TEST_TMPDIR/container-2
  new_volume
}

# fill_as_original COUNT: the first so many directories.
fill_as_original() {
  local directory
  for directory in "${LAYOUT_5[@]:0:$1}"; do
    mkdir -p "$VOLUME$(dirname "$directory")"
    cp -rp "$BASE$directory" "$VOLUME$(dirname "$directory")"
  done
}

# The command between two texts of the last message.
command_between() {
  local rest=${output##*"$1"}
  echo "${rest%%"$2"*}"
}

on_volume() {
  run_container "$CONTAINER_1" --volume "$VOLUME:/cfy-persist" -- sh -c "$1"
}

@test "whole, and used by a manager: taken over as it is" {
  fill_as_original 8
  rm "$VOLUME/var/lib/folder/second"
  echo data >"$VOLUME/var/lib/data"
  local before
  before=$(describe_tree "$VOLUME/var/lib")
  MANAGER='cat /var/lib/data' run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'taking over /cfy-persist/var/lib, which another image has made'* ]]
  [[ $output != *copying* ]]
  [ "${lines[-1]}" = data ]
  diff <(echo "$before") <(describe_tree "$VOLUME/var/lib")

  run -0 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  [[ $output != *'taking over'* ]]
}

@test "cut off between two directories: the others are copied" {
  fill_as_original 3
  run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'taking over /cfy-persist/opt/cfy,'* ]]
  [[ $output == *'copying /opt/cloudify to'* ]]
  for directory in "${LAYOUT_5[@]}"; do diff --recursive "$BASE$directory" "$VOLUME$directory"; done
}

@test "cut off in a directory: refused, until told to have the image's" {
  fill_as_original 3
  rm "$VOLUME/opt/cfy/folder/second"
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'/cfy-persist/opt/cfy may be a copy that was cut off: missing or shorter than in the image:'* ]]
  [[ $output == *' image: /cfy-persist/opt/cfy/folder/second'$'\n''start-persistent: to use it as it is,'* ]]
  [[ $output != *init:* ]]
  [ ! -e "$VOLUME/opt/cloudify" ]

  on_volume "$(command_between "to have the image's own copied instead, run with this volume: " $'\n')"
  run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  expect_same_tree "$BASE/opt/cfy" "$VOLUME/opt/cfy"
  [ -e "$VOLUME/opt/cfy.cut-off/original" ]
}

@test "cut off in a directory: refused, until told to use it as it is" {
  fill_as_original 8
  rm -r "$VOLUME/opt/restservice/folder"
  : >"$VOLUME/opt/restservice/original"
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'in the image: '*'/cfy-persist/opt/restservice/original'* ]]
  [[ $output == *'in the image: '*'/cfy-persist/opt/restservice/folder/second'* ]]

  on_volume "$(command_between 'to use it as it is, run with this volume: ' $'\n')"
  run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [ ! -e "$VOLUME/opt/restservice/folder" ]
}

fill_as_original_of_19() {
  local directory
  for directory in "${LAYOUT_19[@]}"; do
    mkdir -p "$VOLUME$directory"
    echo data >"$VOLUME$directory/data"
  done
}

build_image_of_19() {
  local base=$BATS_TEST_TMPDIR/base-19
  make_base "$base" "${LAYOUT_19[@]}"
  for directory in "${LAYOUT_19[@]}"; do rm "$base$directory/original"; done
  build_image "$base"
}

@test "of the original for 18.x and 19.x: refused by the image for 5.1.x, and then taken over by its own" {
  fill_as_original_of_19
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'has the data of another release of Cloudify Manager, which kept /opt/manager/resources there: '* ]]

  build_image_of_19
  MANAGER='cat /opt/manager/resources/data' run -0 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  [[ $output == *data ]]
}

@test "of the original for 5.1.x: refused by the image for 18.x and 19.x, and then taken over by its own" {
  fill_as_original 8
  mkdir -p "${LAYOUT_19[@]/#/$VOLUME}"
  local own=$IMAGE
  build_image_of_19
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'has the data of another release of Cloudify Manager, which kept /etc/cloudify there: '* ]]
  [[ $output != *'taking over'* ]]

  IMAGE=$own run -0 start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
}
