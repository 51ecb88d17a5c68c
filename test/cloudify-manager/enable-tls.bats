#!/usr/bin/env bats

load image

setup() {
  CERTIFICATES="$BATS_TEST_TMPDIR/certs"
  STARTER="$BATS_TEST_TMPDIR/cloudify-starter.service"
  touch "$STARTER"
  CONFIG=$(configuration 5.1)
}

enable() {
  run "$SCRIPTS/enable-tls.sh" "$CERTIFICATES" "$CONFIG" "$STARTER"
}

mount_files() {
  mkdir -p "$CERTIFICATES"
  for name in "$@"; do echo PEM >"$CERTIFICATES/$name"; done
}

unchanged() {
  diff "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$CONFIG"
}

@test "does nothing without certificates, or with a CA alone" {
  enable
  [ "$status" -eq 0 ]
  mount_files cacert.pem
  enable
  [ "$status" -eq 0 ]
  unchanged
}

@test "switches HTTPS on, with the mounted files, under the name of the machine" {
  mount_files cert.pem key.pem cacert.pem
  enable
  [ "$status" -eq 0 ]
  [ "$(diff "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$CONFIG" | sed -n 's/^> *//p')" = "\
cli_local_profile_host_name: '$HOSTNAME'
ssl_enabled: true
external_cert_path: '$CERTIFICATES/cert.pem'
external_key_path: '$CERTIFICATES/key.pem'
external_ca_cert_path: '$CERTIFICATES/cacert.pem'" ]
}

@test "a certificate that signed itself needs no CA" {
  mount_files cert.pem key.pem
  enable
  [ "$status" -eq 0 ]
  grep -q "external_ca_cert_path: ''" "$CONFIG"
}

@test "refuses a certificate without its key, and the other way round" {
  mount_files cert.pem
  enable
  [ "$status" -eq 1 ]
  says "$CERTIFICATES/key.pem is missing or empty"
  rm "$CERTIFICATES/cert.pem"
  mount_files key.pem
  enable
  [ "$status" -eq 1 ]
  says "$CERTIFICATES/cert.pem is missing or empty"
  unchanged
}

@test "refuses where the manager was configured when the base image was built" {
  rm "$STARTER"
  mount_files cert.pem key.pem
  enable
  [ "$status" -eq 1 ]
  says "community-cloudify-manager-aio"
  unchanged
}
