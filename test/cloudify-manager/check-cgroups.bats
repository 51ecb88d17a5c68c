#!/usr/bin/env bats

load image

# The first line that systemctl of a release prints.
systemd_is() {
  mkdir -p "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/bash\n[ "$*" = --version ] && printf "systemd %s\\n+PAM +AUDIT\\n"\n' "$1" >"$BATS_TEST_TMPDIR/bin/systemctl"
  chmod +x "$BATS_TEST_TMPDIR/bin/systemctl"
}

check() {
  PATH="$BATS_TEST_TMPDIR/bin:$PATH" run "$SCRIPTS/check-cgroups.sh" "$@"
}

# Where this machine has version 2.
version_2() {
  local folder
  for folder in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    if [ -e "$folder/cgroup.procs" ]; then echo "$folder" && return; fi
  done
  echo "this machine has no version 2 of cgroups: boot it with one (systemd.unified_cgroup_hierarchy=1)" >&2
  return 1
}

@test "a systemd that does not know version 2 of cgroups is told apart, and where the image can run" {
  systemd_is 219
  check "$(version_2)"
  [ "$status" -eq 1 ]
  says 'this node has version 2 of cgroups, which systemd 219 of the image does not know'
}

@test "a systemd that knows version 2 may start" {
  systemd_is '252 (252.39-1~deb12u2)'
  check "$(version_2)"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
}

@test "on a node with version 1, whose folder is a tmpfs, and where nothing is mounted, any may start" {
  systemd_is 219
  for folder in /dev/shm "$BATS_TEST_TMPDIR/missing"; do
    check "$folder"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
  done
}

@test "a volume that hides the cgroups is named, and who takes it away" {
  check /proc
  [ "$status" -eq 0 ]
  says 'a volume hides the cgroups at /proc'
  says 'systemd.hostCgroup of CloudifyManager'
}
