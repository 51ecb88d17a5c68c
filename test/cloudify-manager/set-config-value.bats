#!/usr/bin/env bats

load image

set_value() {
  "$SCRIPTS/set-config-value.sh" "$1" "$2" <<<"$3"
}

# What a change did to the fixture.
changes() {
  diff "$BATS_TEST_DIRNAME/fixtures/config-$1.yaml" "$BATS_TEST_TMPDIR/config.yaml" | grep '^[<>]'
}

@test "replaces one value, and nothing else" {
  for layout in 5.1 19; do
    set_value "$(configuration "$layout")" ssl_inputs.external_cert_path "'/opt/cert.pem'"
    [ "$(changes "$layout")" = "<   external_cert_path: ''
>   external_cert_path: '/opt/cert.pem'" ]
  done
}

@test "means the key of that section, not of another, nor of a comment" {
  set_value "$(configuration 5.1)" postgresql_server.ssl_enabled true
  [ "$(changes 5.1)" = '<   ssl_enabled: false
>   ssl_enabled: true' ]
  [ "$(grep -n 'ssl_enabled: true' "$BATS_TEST_TMPDIR/config.yaml" | cut -d : -f 1)" -gt 20 ]
  set_value "$(configuration 5.1)" manager.security.admin_password secret
  [ "$(changes 5.1)" = "<     admin_password: ''
>     admin_password: secret" ]
}

@test "replaces a value that takes several lines" {
  config=$(configuration 5.1)
  sed -i "s,^    admin_password: .*,    admin_password: 'alpha\n      beta\n\n      gamma'," "$config"
  set_value "$config" manager.security.admin_password "''"
  run grep -E 'alpha|beta|gamma' "$config"
  [ "$status" -eq 1 ]
  diff <(grep -v '^$' "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml") <(grep -v '^$' "$config")
}

@test "keeps the mode, follows a link, and leaves nothing beside the file" {
  config=$(configuration 5.1)
  mkdir "$BATS_TEST_TMPDIR/etc"
  mv "$config" "$BATS_TEST_TMPDIR/etc/config.yaml"
  ln -s etc/config.yaml "$config"
  chmod 604 "$BATS_TEST_TMPDIR/etc/config.yaml"
  set_value "$config" manager.security.ssl_enabled true
  [ -L "$config" ]
  [ "$(stat -Lc %a "$config")" = 604 ]
  [ "$(ls -A "$BATS_TEST_TMPDIR/etc")" = config.yaml ]
  grep -q 'ssl_enabled: true' "$BATS_TEST_TMPDIR/etc/config.yaml"
}

@test "does not write what is there already" {
  config=$(configuration 5.1)
  before=$(stat -c '%i %z' "$config")
  set_value "$config" manager.security.ssl_enabled false
  [ "$(stat -c '%i %z' "$config")" = "$before" ]
}

@test "refuses a key that is not there, and leaves the file alone" {
  config=$(configuration 5.1)
  for key in manager.security.absent security.ssl_enabled manager.ssl_enabled postgresql_server.security.ssl_enabled; do
    run "$SCRIPTS/set-config-value.sh" "$config" "$key" <<<true
    [ "$status" -eq 1 ]
    says "has no $key on a line of its own"
  done
  diff "$BATS_TEST_DIRNAME/fixtures/config-5.1.yaml" "$config"
  [ "$(ls "$BATS_TEST_TMPDIR"/config.yaml*)" = "$config" ]
}
