# Starts and restarts with a volume and without. The volume's own troubles are in start-persistent-volume.container.bats, those of
# a kill in -kill.bats, of older volumes in -adoption.bats, and mounts below the persisted directories in -mounts.bats.

load container/container

setup_file() {
  export BASE=$BATS_FILE_TMPDIR/base
  make_base "$BASE" "${LAYOUT_5[@]}"
  make_odd_tree "$BASE/opt/mgmtworker"
  build_image "$BASE"
  export IMAGE
}

setup() {
  CONTAINER_1=$BATS_TEST_TMPDIR/container-1
  CONTAINER_2=$BATS_TEST_TMPDIR/container-2
  new_volume
}

# Whatever a copy could lose.
make_odd_tree() {
  mkdir -p "$1/setgid" "$1/ leading space" "$1/-rf"
  echo 1 >"$1/hard"
  ln "$1/hard" "$1/setgid/hard-too"
  ln -s /nowhere "$1/dangling"
  ln -s . "$1/loop"
  mkfifo "$1/fifo"
  echo 2 >"$1/-rf/--target-directory=x"
  echo 3 >"$1/two"$'\n'"lines"
  echo 4 >"$1/\$(touch x) * \\ '\""
  echo 5 >"$1/"$'not \xff UTF-8'
  : >"$1/.hidden"
  truncate --size=10M "$1/sparse"
  chown -h 1001:1002 "$1/hard" "$1/dangling" "$1/setgid"
  chmod 2750 "$1/setgid"
  cp /usr/bin/true "$1/set-user-id"
  chmod 4711 "$1/set-user-id"
  setfattr --name=user.origin --value='the image' "$1/hard" "$1/setgid"
  cp /usr/bin/true "$1/capable"
  # cap_net_bind_service, permitted and effective
  setfattr --name=security.capability --value=0x0100000200040000000000000000000000000000 "$1/capable"
  touch --no-dereference --date='2001-02-03 04:05:06.789' "$1/dangling" "$1/-rf" "$1"
}

@test "the first start copies every directory as it is, and links to the copies" {
  MANAGER="for d in ${LAYOUT_5[*]}; do readlink \$d; done" run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  for directory in "${LAYOUT_5[@]}"; do
    expect_same_tree "$BASE$directory" "$VOLUME$directory"
    [[ $'\n'$output$'\n' == *$'\n'"/cfy-persist$directory"$'\n'* ]]
    [[ $output == *"copying $directory to /cfy-persist$directory"* ]]
  done
  # Were these lost on both sides, the trees would be the same.
  [ "$(stat -c %h "$VOLUME/opt/mgmtworker/hard")" = 2 ]
  [ "$(getfattr --only-values --name=user.origin "$VOLUME/opt/mgmtworker/hard")" = 'the image' ]
  [[ $(getcap "$VOLUME/opt/mgmtworker/capable") == *cap_net_bind_service=ep ]]
  [ "$(stat -c %b "$VOLUME/opt/mgmtworker/sparse")" = 0 ]
}

@test "a volume whose folders hand on their group" {
  chmod g+s "$VOLUME"
  start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  for directory in "${LAYOUT_5[@]}"; do expect_same_tree "$BASE$directory" "$VOLUME$directory"; done
}

# With the numbers of its inodes: what is copied again has others.
data_on_volume() {
  for directory in "${LAYOUT_5[@]}"; do describe_tree "$VOLUME$directory"; done
  find "$VOLUME" -path "$VOLUME/.start-persistent" -prune -o -printf '%i %p\0' | sort --zero-terminated | tr '\0' '\n'
}

@test "becomes init, the first process, with its standard output as descriptor 3" {
  run -0 --separate-stderr start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output =~ ^init:\ process\ 1,\ arguments\ --log-target=journal,\ fd\ 3\ (.+),\ stdout\ (.+)$ ]]
  [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

@test "a restart of the container, with the links in place, changes nothing" {
  MANAGER='echo data >/opt/manager/data' start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  local before
  before=$(data_on_volume)
  for _ in 1 2; do
    MANAGER='cat /opt/manager/data; ls -A /opt /opt/manager-initial' \
      run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
    [[ $output == *data* ]]
    [[ $output != *copying* ]]
    [[ $output == *$'/opt/manager-initial:\noriginal\nresources' ]]
  done
  diff <(echo "$before") <(data_on_volume)
}

@test "a new container finds the data of the one before" {
  MANAGER='echo data >/var/lib/data; rm /opt/cfy/original' start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  MANAGER='cat /var/lib/data; ls -A /opt/cfy' run -0 --separate-stderr start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  [ "${lines[1]}" = data ]
  [ "${#lines[@]}" = 2 ]
}

@test "a volume that holds lost+found alone is empty" {
  mkdir --mode=700 "$VOLUME/lost+found"
  MANAGER='cat /opt/cfy/original' run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'/opt/cfy of the image' ]]
  expect_same_tree "$BASE/var/lib" "$VOLUME/var/lib"
  [ -d "$VOLUME/lost+found" ]
}

@test "the working directory of the image may be any" {
  run -0 run_container "$CONTAINER_1" --volume "$VOLUME:/cfy-persist" -- sh -c 'cd /opt && /scripts/start-persistent.sh'
  expect_same_tree "$BASE/opt/mgmtworker" "$VOLUME/opt/mgmtworker"
}

@test "without a volume: says so, and the manager finds what the image has" {
  mkdir -p "$CONTAINER_1/upper/cfy-persist"
  MANAGER='cat /var/lib/original; ls -A /cfy-persist' run -0 start "$CONTAINER_1"
  [ "${lines[0]}" = 'start-persistent: nothing is mounted at /cfy-persist: the data will be lost with this container' ]
  [ "${lines[2]}" = '/var/lib of the image' ]
  [ "${#lines[@]}" = 3 ]
}

@test "without a volume, in an image made of a container that had one" {
  start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  MANAGER='cat /var/lib/original' run -0 start "$CONTAINER_1"
  [[ $output == *'/var/lib of the image' ]]
}

@test "a directory of the image that is not prepared" {
  run_container "$CONTAINER_1" -- sh -c 'rm /opt/cfy && mkdir /opt/cfy'
  run -1 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  [[ $output == *'/opt/cfy is not a link, or /opt/cfy-initial is not a directory: prepare-persistence.sh must be the last build step'* ]]
  [ -z "$(ls -A "$VOLUME")" ]
}

@test "a newer image: the data stays, and its new type files are seen" {
  local newer=$BATS_TEST_TMPDIR/newer types=usr/share/cloudify-types/onapspec/k8splugin
  MANAGER='echo data >/opt/manager/resources/data' start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  make_base "$newer" "${LAYOUT_5[@]}"
  mkdir -p "$newer/$types/9.9.9"
  echo 'new types' >"$newer/$types/9.9.9/k8splugin_types.yaml"
  build_image "$newer"
  MANAGER='cat /opt/manager/resources/data /opt/manager/resources/onapspec/k8splugin/9.9.9/k8splugin_types.yaml' \
    run -0 --separate-stderr start "$CONTAINER_2" --volume "$VOLUME:/cfy-persist"
  [ "${lines[1]}" = data ]
  [ "${lines[2]}" = 'new types' ]
}

@test "the directories of 18.x and 19.x" {
  local base=$BATS_TEST_TMPDIR/base-19
  make_base "$base" "${LAYOUT_19[@]}"
  chmod 700 "$base/var/lib/pgsql/9.5/data"
  build_image "$base"
  MANAGER="for d in ${LAYOUT_19[*]}; do readlink \$d; done" \
    run -0 --separate-stderr start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist"
  for position in "${!LAYOUT_19[@]}"; do
    expect_same_tree "$base${LAYOUT_19[position]}" "$VOLUME${LAYOUT_19[position]}"
    [ "${lines[position + 1]}" = "/cfy-persist${LAYOUT_19[position]}" ]
  done
}

# An image that configures its manager when that first starts; what is mounted for it is in MOUNTS.
build_image_to_configure() {
  local base=$BATS_TEST_TMPDIR/base-to-configure units=$BATS_TEST_TMPDIR/units
  make_base "$base" "${LAYOUT_5[@]}"
  cp "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$base/etc/cloudify/config.yaml"
  build_image "$base"
  mkdir -p "$units/system"
  touch "$units/system/cloudify-starter.service"
  MOUNTS=(--volume "$VOLUME:/cfy-persist" --volume "$units:/usr/lib/systemd")
}

@test "the admin's password is configured before the first copy, and never again" {
  local secret=$BATS_TEST_TMPDIR/secret
  build_image_to_configure
  mkdir "$secret"
  MOUNTS+=(--volume "$secret:/opt/onap/cm-secrets")

  echo first >"$secret/password"
  start "$CONTAINER_1" "${MOUNTS[@]}"
  grep "admin_password: 'first'" "$VOLUME/etc/cloudify/config.yaml"

  echo second >"$secret/password"
  for container in "$CONTAINER_1" "$CONTAINER_2"; do
    start "$container" "${MOUNTS[@]}"
    grep "admin_password: 'first'" "$VOLUME/etc/cloudify/config.yaml"
  done

  # The same container on an empty volume, and on none.
  rm -r "$VOLUME"
  mkdir "$VOLUME"
  start "$CONTAINER_1" "${MOUNTS[@]}"
  grep "admin_password: 'second'" "$VOLUME/etc/cloudify/config.yaml"
  rm -r "$VOLUME"
  MANAGER='cat /etc/cloudify/config.yaml' run -0 start "$CONTAINER_1" "${MOUNTS[@]:2}"
  [[ $output == *"admin_password: 'second'"* ]]
}

@test "HTTPS is configured before the first copy, with the mounted certificates, and never again" {
  local certificates=$BATS_TEST_TMPDIR/certificates
  build_image_to_configure
  mkdir "$certificates"
  MOUNTS+=(--volume "$certificates:/opt/onap/certs")
  echo certificate >"$certificates/cert.pem"

  run -1 start "$CONTAINER_1" "${MOUNTS[@]}"
  [[ $output == *'/opt/onap/certs/key.pem is missing'* ]]
  [ ! -e "$VOLUME/etc" ]

  echo key >"$certificates/key.pem"
  start "$CONTAINER_1" "${MOUNTS[@]}"
  grep "external_cert_path: '/opt/onap/certs/cert.pem'" "$VOLUME/etc/cloudify/config.yaml"

  rm "$certificates/key.pem"
  start "$CONTAINER_2" "${MOUNTS[@]}"
}

@test "the token at /secret is linked before init starts" {
  mkdir "$BATS_TEST_TMPDIR/secret"
  echo a-token >"$BATS_TEST_TMPDIR/secret/token"
  MANAGER='cat /var/run/secrets/kubernetes.io/serviceaccount/token' \
    run -0 start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist" --volume "$BATS_TEST_TMPDIR/secret:/secret"
  [[ $output == *a-token ]]
}

@test "a strict umask of the runtime locks none of the manager's users out of the volume" {
  (umask 077 && start "$CONTAINER_1" --volume "$VOLUME:/cfy-persist")
  [ "$(stat -c %a "$VOLUME/opt")" = 755 ]
}
