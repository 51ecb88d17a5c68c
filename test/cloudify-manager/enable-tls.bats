#!/usr/bin/env bats

load image

setup() {
  CERTIFICATES="$BATS_TEST_TMPDIR/certs"
  STARTER="$BATS_TEST_TMPDIR/cloudify-starter.service"
  touch "$STARTER"
  CONFIG=$(configuration 5.1)
  unset REQUESTS_CA_BUNDLE
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

@test "takes the CA alone under another name, which the clients are told" {
  mount_files root.pem
  REQUESTS_CA_BUNDLE="$CERTIFICATES/root.pem" enable
  [ "$status" -eq 0 ]
  unchanged
}

@test "takes the names of a kubernetes.io/tls Secret as well" {
  mount_files tls.crt tls.key ca.crt
  REQUESTS_CA_BUNDLE="$CERTIFICATES/ca.crt" enable
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  grep -q "external_cert_path: '$CERTIFICATES/tls.crt'" "$CONFIG"
  grep -q "external_key_path: '$CERTIFICATES/tls.key'" "$CONFIG"
  grep -q "external_ca_cert_path: '$CERTIFICATES/ca.crt'" "$CONFIG"
  grep -q "ssl_enabled: true" "$CONFIG"
}

@test "takes the image's own names where the Secret has both" {
  mount_files tls.crt tls.key ca.crt cert.pem key.pem
  enable
  [ "$status" -eq 0 ]
  grep -q "external_cert_path: '$CERTIFICATES/cert.pem'" "$CONFIG"
  grep -q "external_ca_cert_path: ''" "$CONFIG"
}

@test "refuses a Secret without certificates" {
  mount_files certificate.pem
  enable
  [ "$status" -eq 1 ]
  says "$CERTIFICATES has no certificate: the Secret must have the keys cert.pem and key.pem, or tls.crt and tls.key"
  unchanged
}

@test "refuses a kubernetes.io/tls Secret without the CA that the clients are told" {
  mount_files tls.crt tls.key
  REQUESTS_CA_BUNDLE="$CERTIFICATES/cacert.pem" enable
  [ "$status" -eq 1 ]
  says "$CERTIFICATES/cacert.pem, which REQUESTS_CA_BUNDLE names, is missing or empty"
  unchanged
}

@test "says that this CA is missing beside the image's own names, and goes on as ever" {
  mount_files cert.pem key.pem
  REQUESTS_CA_BUNDLE="$CERTIFICATES/cacert.pem" enable
  [ "$status" -eq 0 ]
  says "$CERTIFICATES/cacert.pem, which REQUESTS_CA_BUNDLE names, is missing or empty"
  grep -q "ssl_enabled: true" "$CONFIG"
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
  rm "$CERTIFICATES/key.pem"
  mount_files tls.crt
  enable
  [ "$status" -eq 1 ]
  says "$CERTIFICATES/tls.key is missing or empty: the Secret must have both keys, tls.crt and tls.key"
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
