# The last build step, in a container on a base image, as a builder runs it.

load container/container

setup() {
  BASE=$BATS_TEST_TMPDIR/base
  BUILD=$BATS_TEST_TMPDIR/build
}

prepare() {
  cp "$SOURCES/build/prepare-persistence.sh" "$BASE/build"
  IMAGE=$BASE run_container "$BUILD" -- /build/prepare-persistence.sh
}

expect_prepared() {
  local directory
  for directory in "$@"; do
    [ "$(readlink "$BUILD/upper$directory")" = "$directory-initial" ]
    expect_same_tree "$BASE$directory" "$BUILD/upper$directory-initial"
  done
  diff <(printf '%s\n' "$@") "$BUILD/upper/scripts/persisted-directories"
}

@test "a base of 5.1.x" {
  make_base "$BASE" "${LAYOUT_5[@]}"
  # 5.1.x has the directories of 19.x, too.
  mkdir -p "${LAYOUT_19[@]/#/$BASE}"
  ln "$BASE/opt/cfy/original" "$BASE/opt/cfy/hard"
  mkdir "$BASE/opt/cfy/folder"
  ln "$BASE/opt/cfy/original" "$BASE/opt/cfy/folder/hard-too"
  setfattr --name=user.origin --value=base "$BASE/opt/cfy/original" "$BASE/opt/cfy/folder"
  prepare
  expect_prepared "${LAYOUT_5[@]}"
}

@test "a base of 18.x or 19.x" {
  make_base "$BASE" "${LAYOUT_19[@]}" /var/lib /etc/cloudify /opt/cfy
  prepare
  expect_prepared "${LAYOUT_19[@]}"
}

@test "an image on top of one that is prepared" {
  make_base "$BASE" "${LAYOUT_5[@]}"
  prepare
  prepare
  expect_prepared "${LAYOUT_5[@]}"
}

@test "another base: fails, says what it lacks, and changes nothing" {
  make_base "$BASE" /var/lib /etc/cloudify
  run -1 prepare
  [[ $output == *'for 5.1.x it lacks /opt/cfy /opt/cloudify /opt/cloudify-stage /opt/mgmtworker /opt/restservice,'* ]]
  [[ $output == *'for 18.x and 19.x /var/lib/pgsql/9.5/data /opt/mgmtworker/env/plugins /opt/mgmtworker/work/deployments:'* ]]
  [ ! -e "$BUILD/upper/var" ]
}
