# Files and directories that are mounted below a persisted directory, as -v kubeconfig:/etc/cloudify/.kube/config does.

load container/container

setup_file() {
  export BASE=$BATS_FILE_TMPDIR/base
  make_base "$BASE" "${LAYOUT_5[@]}"
  mkdir --mode=700 "$BASE/etc/cloudify/.kube"
  echo "the image's" >"$BASE/etc/cloudify/.kube/cache"
  ln "$BASE/etc/cloudify/original" "$BASE/etc/cloudify/.kube/hard"
  chown 1001:1002 "$BASE/etc/cloudify/.kube"
  build_image "$BASE"
  export IMAGE
}

setup() {
  CONTAINER_1=$BATS_TEST_TMPDIR/container-1
  CONTAINER_2=$BATS_TEST_TMPDIR/container-2
  CONTAINER_3=$BATS_TEST_TMPDIR/container-3
  new_volume
  echo 'a kubeconfig' >"$BATS_TEST_TMPDIR/kubeconfig"
  STORE=(--volume "$VOLUME:/cfy-persist")
  KUBECONFIG=(--volume "$BATS_TEST_TMPDIR/kubeconfig:/etc/cloudify/.kube/config")
}

# read_config CONTAINER [OPTION...]: the last line is the manager's kubeconfig.
read_config() {
  MANAGER='cat /etc/cloudify/.kube/config' start "$1" "${STORE[@]}" "${@:2}"
}

@test "a mounted file is seen, and not copied; a renewed one, too" {
  run -0 read_config "$CONTAINER_1" "${KUBECONFIG[@]}"
  [ "${lines[-1]}" = 'a kubeconfig' ]
  run ! grep --recursive 'a kubeconfig' "$VOLUME"
  echo 'a new one' >"$BATS_TEST_TMPDIR/kubeconfig"
  run -0 read_config "$CONTAINER_1" "${KUBECONFIG[@]}"
  [ "${lines[-1]}" = 'a new one' ]
  run -0 read_config "$CONTAINER_2" "${KUBECONFIG[@]}"
  [ "${lines[-1]}" = 'a new one' ]
}

@test "the copy around it is as without it: owners, modes, and hard links" {
  start "$CONTAINER_1" "${STORE[@]}" "${KUBECONFIG[@]}"
  [ "$(stat -c '%a %u:%g' "$VOLUME/etc/cloudify/.kube")" = '700 1001:1002' ]
  [ "$VOLUME/etc/cloudify/original" -ef "$VOLUME/etc/cloudify/.kube/hard" ]
  rm "$VOLUME/etc/cloudify/.kube/config"
  touch --reference="$BASE/etc/cloudify/.kube" "$VOLUME/etc/cloudify/.kube"
  expect_same_tree "$BASE/etc/cloudify" "$VOLUME/etc/cloudify"
}

@test "no longer mounted: nothing is left of it" {
  start "$CONTAINER_1" "${STORE[@]}" "${KUBECONFIG[@]}"
  MANAGER='ls -A /etc/cloudify/.kube' run -0 start "$CONTAINER_2" "${STORE[@]}"
  [ "${lines[-2]} ${lines[-1]}" = 'cache hard' ]
}

@test "in the place of a file on the volume: that waits, and comes back" {
  MANAGER='echo "the own one" >/etc/cloudify/.kube/config' start "$CONTAINER_1" "${STORE[@]}"
  run -0 read_config "$CONTAINER_2" "${KUBECONFIG[@]}"
  [[ $output == *'what the volume has there waits in /cfy-persist/.start-persistent/aside/etc/cloudify/.kube/config'* ]]
  [ "${lines[-1]}" = 'a kubeconfig' ]
  run -0 read_config "$CONTAINER_3"
  [[ $output == *'/etc/cloudify/.kube/config is no longer mounted: the volume has again what it had before'* ]]
  [ "${lines[-1]}" = 'the own one' ]
}

@test "what waited comes back, also where the manager has removed the folder" {
  MANAGER='echo "the own one" >/etc/cloudify/.kube/config' start "$CONTAINER_1" "${STORE[@]}"
  MANAGER='rm -r /cfy-persist/etc/cloudify/.kube' start "$CONTAINER_2" "${STORE[@]}" "${KUBECONFIG[@]}"
  run -0 read_config "$CONTAINER_3"
  [ "${lines[-1]}" = 'the own one' ]
}

@test "a file that the manager puts in the place of the link is kept" {
  local replace='echo "the own one" >/etc/cloudify/.kube/new; mv /etc/cloudify/.kube/new /etc/cloudify/.kube/config'
  MANAGER='echo "the first" >/etc/cloudify/.kube/config' start "$CONTAINER_1" "${STORE[@]}"
  MANAGER=$replace start "$CONTAINER_2" "${STORE[@]}" "${KUBECONFIG[@]}"
  run -0 read_config "$CONTAINER_2" "${KUBECONFIG[@]}"
  [ "${lines[-1]}" = 'a kubeconfig' ]
  [[ $output != *'no longer mounted'* ]]
  run -0 read_config "$CONTAINER_3" "${KUBECONFIG[@]}"
  [ "${lines[-1]}" = 'a kubeconfig' ]
  grep --quiet 'the first' "$VOLUME/.start-persistent/aside/etc/cloudify/.kube/config.~1~"
  MANAGER=$replace start "$CONTAINER_3" "${STORE[@]}" "${KUBECONFIG[@]}"
  run -0 read_config "$CONTAINER_1"
  [[ $output == *'the volume has something there: what it had before stays in'* ]]
  [ "${lines[-1]}" = 'the own one' ]
}

@test "folders that only the mount has, names of any kind, and mounts in mounts" {
  local name=$' a\nb \\040*'
  mkdir "$BATS_TEST_TMPDIR/folder"
  echo inner >"$BATS_TEST_TMPDIR/folder/file"
  local mounts=(
    --volume "$BATS_TEST_TMPDIR/folder:/opt/cfy/x/$name/y"
    --volume "$BATS_TEST_TMPDIR/kubeconfig:/opt/cfy/x/$name/y/file"
  )
  for container in "$CONTAINER_1" "$CONTAINER_1" "$CONTAINER_2"; do
    MANAGER="cat /opt/cfy/x/*/y/file" run -0 start "$container" "${STORE[@]}" "${mounts[@]}"
    [ "${lines[-1]}" = 'a kubeconfig' ]
  done
  [ "$(find "$VOLUME/opt/cfy/x" -type l -printf 'link to %f')" = 'link to y' ]
  MANAGER='find /opt/cfy/x -name y' run -0 --separate-stderr start "$CONTAINER_3" "${STORE[@]}"
  [ "${#lines[@]}" = 1 ]
}

@test "a directory in which there is nothing but a mount" {
  local base=$BATS_TEST_TMPDIR/base-19
  make_base "$base" "${LAYOUT_19[@]}"
  rm "$base/opt/mgmtworker/work/deployments/original"
  chmod 2770 "$base/opt/mgmtworker/work/deployments"
  build_image "$base"
  MANAGER='cat /opt/mgmtworker/work/deployments/file' run -0 start "$CONTAINER_1" "${STORE[@]}" \
    --volume "$BATS_TEST_TMPDIR/kubeconfig:/opt/mgmtworker/work/deployments/file"
  [ "${lines[-1]}" = 'a kubeconfig' ]
  [ "$(stat -c %a "$VOLUME/opt/mgmtworker/work/deployments")" = 2770 ]
}

@test "a persisted directory with a volume of its own" {
  mkdir "$BATS_TEST_TMPDIR/own"
  echo own >"$BATS_TEST_TMPDIR/own/data"
  for _ in 1 2; do
    MANAGER='cat /var/lib/data' run -0 start "$CONTAINER_1" "${STORE[@]}" --volume "$BATS_TEST_TMPDIR/own:/var/lib"
    [[ $output == *'a volume of its own is mounted at /var/lib: it is not kept in /cfy-persist'* ]]
    [ "${lines[-1]}" = own ]
  done
  [ ! -e "$VOLUME/var/lib" ]
}

@test "a mount in the volume, to which a copy could not be renamed at once: refused, and nothing is copied" {
  run -1 start "$CONTAINER_1" "${STORE[@]}" --tmpfs /cfy-persist/opt:size=100m
  [[ $output == *'something is mounted at /cfy-persist/opt, in the volume at /cfy-persist: unmount it,'* ]]
  [[ $output != *copying* ]]
  [ ! -e "$VOLUME/var" ]
}

@test "a read-only mount where type files are linked is left as it is" {
  local base=$BATS_TEST_TMPDIR/base-types own=$BATS_TEST_TMPDIR/own file
  make_base "$base" "${LAYOUT_5[@]}"
  for file in onapspec/k8splugin/types.yaml spec/types.yaml; do
    mkdir -p "$base/usr/share/cloudify-types/${file%/*}"
    echo "the image's" >"$base/usr/share/cloudify-types/$file"
  done
  build_image "$base"
  mkdir "$own"
  MANAGER='cd /opt/manager/resources; ls onapspec; cat spec/types.yaml' run -0 start "$CONTAINER_1" "${STORE[@]}" \
    --volume "$own:/opt/manager/resources/onapspec:ro"
  [[ $output == *'/opt/manager/resources/onapspec/k8splugin/types.yaml is left as it is: something is mounted there'* ]]
  [ "${lines[-1]}" = "the image's" ]
}
