#!/usr/bin/env bats

load image

setup() {
  MIRROR="$BATS_TEST_TMPDIR/mirror"
  MANIFEST="$BATS_TEST_TMPDIR/type-files.tsv"
  FOLDER="$BATS_TEST_TMPDIR/types/cloudify-types"
  mkdir -p "$MIRROR/onap/k8s" "$MIRROR/spec"
  echo 'k8s: types' >"$MIRROR/onap/k8s/types.yaml"
  echo 'cloudify: types' >"$MIRROR/spec/types.yaml"
  {
    printf '# path, version, URL, SHA-256\n\n'
    row onapspec/k8s/1.4.13/k8s_types.yaml 1.4.13 onap/k8s/types.yaml
    row spec/cloudify/3.4/types.yaml 3.4 spec/types.yaml
  } >"$MANIFEST"
}

row() {
  printf '%s\t%s\thttps://raw.example/%s\t%s\n' "$1" "$2" "$3" "$(sha256sum <"$MIRROR/$3" | cut -d ' ' -f 1)"
}

fetch() {
  run "$BUILD/fetch-type-files.sh" "$MANIFEST" "$FOLDER" "$@"
}

nothing_is_left() {
  [ -z "$(ls -A "$BATS_TEST_TMPDIR/types")" ]
}

@test "fetches each file to its path, readable for everybody" {
  umask 077
  fetch "file://$MIRROR"
  [ "$status" -eq 0 ]
  diff "$MIRROR/onap/k8s/types.yaml" "$FOLDER/onapspec/k8s/1.4.13/k8s_types.yaml"
  diff "$MIRROR/spec/types.yaml" "$FOLDER/spec/cloudify/3.4/types.yaml"
  [ "$(find "$FOLDER" -type f | wc -l)" -eq 2 ]
  [ -z "$(find "$FOLDER" -type f ! -perm 644 -o -type d ! -perm 755)" ]
}

@test "takes a last line that nothing ends" {
  printf '%s' "$(<"$MANIFEST")" >"$MANIFEST"
  fetch "file://$MIRROR"
  [ "$status" -eq 0 ]
  diff "$MIRROR/spec/types.yaml" "$FOLDER/spec/cloudify/3.4/types.yaml"
}

@test "fetches from the URLs of the manifest where no mirror is given" {
  sed -i "s,https://raw.example,file://$MIRROR," "$MANIFEST"
  fetch
  [ "$status" -eq 0 ]
  diff "$MIRROR/spec/types.yaml" "$FOLDER/spec/cloudify/3.4/types.yaml"
}

@test "a mirror may end with a slash and stand for a host with a port" {
  sed -i 's,raw.example,raw.example:8443,' "$MANIFEST"
  fetch "file://$MIRROR/"
  [ "$status" -eq 0 ]
  says "file://$MIRROR/spec/types.yaml"
}

@test "a wrong checksum leaves nothing, and the message has the file, both checksums and what to do" {
  expected=$(sha256sum <"$MIRROR/spec/types.yaml" | cut -d ' ' -f 1)
  echo 'something else' >>"$MIRROR/spec/types.yaml"
  actual=$(sha256sum <"$MIRROR/spec/types.yaml" | cut -d ' ' -f 1)
  fetch "file://$MIRROR"
  [ "$status" -eq 1 ]
  says "spec/cloudify/3.4/types.yaml: file://$MIRROR/spec/types.yaml has the SHA-256 $actual"
  says "says $expected"
  says "correct the manifest"
  nothing_is_left
}

@test "a file that cannot be fetched leaves nothing, and every such file is named" {
  rm "$MIRROR/spec/types.yaml" "$MIRROR/onap/k8s/types.yaml"
  fetch "file://$MIRROR"
  [ "$status" -eq 1 ]
  says "onapspec/k8s/1.4.13/k8s_types.yaml: cannot fetch file://$MIRROR/onap/k8s/types.yaml"
  says "spec/cloudify/3.4/types.yaml: cannot fetch"
  says TYPE_FILE_MIRROR
  nothing_is_left
}

@test "a server that nobody answers at leaves nothing" {
  fetch http://127.0.0.1:1
  [ "$status" -eq 1 ]
  says "cannot fetch http://127.0.0.1:1/spec/types.yaml"
  nothing_is_left
}

# Serves the mirror by HTTP, and names the address.
serve() {
  python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$MIRROR" >"$BATS_TEST_TMPDIR/server" 2>&1 3>&- &
  echo $! >"$BATS_TEST_TMPDIR/pid"
  for _ in {1..100}; do
    address=$(sed -n 's,.*(\(http://[^)]*\)/).*,\1,p' "$BATS_TEST_TMPDIR/server")
    if [ -n "$address" ]; then break; fi
    sleep 0.1
  done
}

teardown() {
  if [ -e "$BATS_TEST_TMPDIR/pid" ]; then kill "$(cat "$BATS_TEST_TMPDIR/pid")"; fi
}

@test "by HTTP as well, and a page that says 404 is no file" {
  serve
  fetch "$address"
  [ "$status" -eq 0 ]
  diff "$MIRROR/spec/types.yaml" "$FOLDER/spec/cloudify/3.4/types.yaml"
  rm -r "$FOLDER" "$MIRROR/spec/types.yaml"
  fetch "$address"
  [ "$status" -eq 1 ]
  says "cannot fetch $address/spec/types.yaml"
  nothing_is_left
}

@test "a line without a checksum is refused" {
  printf 'spec/cloudify/3.4/types.yaml 3.4 https://raw.example/spec/types.yaml\n' >"$MANIFEST"
  fetch "file://$MIRROR"
  [ "$status" -eq 1 ]
  says "separated by tabs"
  nothing_is_left
}

@test "each line of the image's manifest has a path below resources, a version, a commit and a checksum" {
  count=0
  while IFS=$'\t' read -r path version url sha256 rest; do
    case $path in '#'*) continue ;; esac
    [[ $path =~ ^(onapspec|spec)/[A-Za-z0-9_./-]+\.yaml$ && $path != *..* ]]
    [[ $version =~ ^[0-9.]+$ ]]
    [[ $url =~ ^https://raw\.githubusercontent\.com/[a-z-]+/[a-z0-9-]+/[0-9a-f]{40}/.*\.yaml$ ]]
    [[ $sha256 =~ ^[0-9a-f]{64}$ ]]
    [ -z "$rest" ]
    count=$((count + 1))
  done <"$IMAGE/type-files.tsv"
  [ "$count" -eq 10 ]
  [ -z "$(cut -f 1 "$IMAGE/type-files.tsv" | sort | uniq -d)" ]
}
