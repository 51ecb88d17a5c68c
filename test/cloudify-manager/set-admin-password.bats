#!/usr/bin/env bats

load image

setup() {
  SECRET="$BATS_TEST_TMPDIR/secret"
  STARTER="$BATS_TEST_TMPDIR/cloudify-starter.service"
  touch "$STARTER"
  CONFIG=$(configuration 5.1)
}

set_password() {
  mkdir -p "$SECRET"
  printf '%s' "$1" >"$SECRET/password"
  run "$SCRIPTS/set-admin-password.sh" "$SECRET" "$CONFIG" "$STARTER"
}

# As YAML understands it.
password_in_config() {
  node -e '
    const { readFileSync } = require("node:fs");
    const { parse } = require("yaml");
    process.stdout.write(parse(readFileSync(process.argv[1], "utf8")).manager.security.admin_password);
  ' "$CONFIG"
}

@test "does nothing without a Secret" {
  run "$SCRIPTS/set-admin-password.sh" "$SECRET" "$CONFIG" "$STARTER"
  [ "$status" -eq 0 ]
  diff "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$CONFIG"
}

@test "any characters arrive as they are" {
  # shellcheck disable=SC2016
  for password in admin '  spaces  ' "it's 'quoted'" '"double"' 'back\slash\n' '&|/$1 $(id) `id`' '# no: comment' \
    '{flow: [1]}' '- item' '%tag' '!tag' '*alias' '@at' null 12345 0x1F 'ünïcode ☃' '~' '---' ': '; do
    set_password "$password"
    [ "$status" -eq 0 ]
    [ "$(password_in_config; echo .)" = "$password." ]
  done
}

@test "the newline at the end of the file is not part of it" {
  set_password $'secret\n'
  [ "$(password_in_config)" = secret ]
}

@test "a second password replaces the first" {
  set_password 'long: one, with several words to be folded by whoever writes the file the next time, on purpose'
  set_password second
  [ "$(password_in_config)" = second ]
}

@test "says nothing of the password, and hands it to no process by argument" {
  set_password 'S3cr3t-Word'
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  run bash -x "$SCRIPTS/set-config-value.sh" "$CONFIG" manager.security.admin_password <<<"'An0ther-Word'"
  [[ $output != *An0ther-Word* ]]
}

@test "refuses a password of several lines, without showing it" {
  set_password $'first\nsecond'
  [ "$status" -eq 1 ]
  says "give a password of one line"
  [[ $output != *first* ]]
  diff "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$CONFIG"
}

@test "refuses a Secret without the key, or with an empty one" {
  mkdir "$SECRET"
  run "$SCRIPTS/set-admin-password.sh" "$SECRET" "$CONFIG" "$STARTER"
  [ "$status" -eq 1 ]
  says "under the key password"
  set_password ''
  [ "$status" -eq 1 ]
}

@test "refuses where the admin is made already when the base image is" {
  rm "$STARTER"
  set_password secret
  [ "$status" -eq 1 ]
  says "cfy users set-password"
}
