#!/usr/bin/env bats

load image

setup() {
  SECRET="$BATS_TEST_TMPDIR/secret"
  SERVICE_ACCOUNT="$BATS_TEST_TMPDIR/run/secrets/kubernetes.io/serviceaccount"
}

mount_token() {
  mkdir -p "$1"
  echo "$2" >"$1/token"
}

setup_secret() {
  run "$SCRIPTS/setup-secret.sh" "$SECRET" "$SERVICE_ACCOUNT"
}

@test "links the token to where clients look" {
  mount_token "$SECRET" first
  setup_secret
  [ "$status" -eq 0 ]
  [ "$(cat "$SERVICE_ACCOUNT/token")" = first ]
}

@test "a renewed token is seen, also where the kubelet turns the links of its volume" {
  mkdir -p "$SECRET/..1" "$SECRET/..2"
  echo first >"$SECRET/..1/token"
  echo second >"$SECRET/..2/token"
  ln -s ..1 "$SECRET/..data"
  ln -s ..data/token "$SECRET/token"
  setup_secret
  [ "$(cat "$SERVICE_ACCOUNT/token")" = first ]
  ln -s ..2 "$SECRET/..new"
  mv -T "$SECRET/..new" "$SECRET/..data"
  [ "$(cat "$SERVICE_ACCOUNT/token")" = second ]
}

@test "does nothing where a token is mounted" {
  mount_token "$SECRET" other
  mount_token "$SERVICE_ACCOUNT" mounted
  setup_secret
  [ "$status" -eq 0 ]
  [ ! -L "$SERVICE_ACCOUNT" ]
  [ "$(cat "$SERVICE_ACCOUNT/token")" = mounted ]
}

@test "does nothing without a token at all" {
  setup_secret
  [ "$status" -eq 0 ]
  mkdir "$SECRET"
  setup_secret
  [ "$status" -eq 0 ]
  [ ! -e "$BATS_TEST_TMPDIR/run" ]
}

@test "links again after a new /run came over the old one, and may be repeated" {
  mount_token "$SECRET" first
  setup_secret
  rm -r "$BATS_TEST_TMPDIR/run"
  setup_secret
  setup_secret
  [ "$status" -eq 0 ]
  [ "$(readlink "$SERVICE_ACCOUNT")" = "$SECRET" ]
}

@test "a link that leads elsewhere and an empty folder give way" {
  mount_token "$SECRET" first
  mkdir -p "$(dirname "$SERVICE_ACCOUNT")"
  ln -s /nowhere "$SERVICE_ACCOUNT"
  setup_secret
  [ "$(cat "$SERVICE_ACCOUNT/token")" = first ]
  mkdir "$BATS_TEST_TMPDIR/other"
  ln -sfn "$BATS_TEST_TMPDIR/other" "$SERVICE_ACCOUNT"
  setup_secret
  [ "$(cat "$SERVICE_ACCOUNT/token")" = first ]
  rm "$SERVICE_ACCOUNT"
  mkdir "$SERVICE_ACCOUNT"
  setup_secret
  [ "$status" -eq 0 ]
  [ "$(cat "$SERVICE_ACCOUNT/token")" = first ]
}

@test "refuses to touch a folder that has something else" {
  mount_token "$SECRET" first
  mkdir -p "$SERVICE_ACCOUNT"
  touch "$SERVICE_ACCOUNT/ca.crt"
  setup_secret
  [ "$status" -eq 1 ]
  says "$SERVICE_ACCOUNT has no token and is in the way"
  [ -e "$SERVICE_ACCOUNT/ca.crt" ]
}
