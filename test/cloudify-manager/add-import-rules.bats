#!/usr/bin/env bats

load image

PLUGINS=https://nexus.example/content/plugins/R4
CCSDK=https://nexus.example/content/ccsdk

setup() {
  printf '# URL, target\n\n%s\t%s\n%s\t%s\n' "$PLUGINS" file:///opt/manager/resources/onapspec \
    "$CCSDK" file:///opt/manager/resources/onapspec >"$BATS_TEST_TMPDIR/rules.tsv"
}

add() {
  run "$BUILD/add-import-rules.sh" "$1" "$BATS_TEST_TMPDIR/rules.tsv"
}

# The lines that were added, and that nothing else changed.
added() {
  diff "$BATS_TEST_DIRNAME/fixtures/config-$1.yaml" "$BATS_TEST_TMPDIR/config.yaml" >"$BATS_TEST_TMPDIR/diff" || true
  grep -v '^>' "$BATS_TEST_TMPDIR/diff" | grep -vE '^[0-9]+a[0-9]+,[0-9]+$' && return 1
  sed -n 's/^> //p' "$BATS_TEST_TMPDIR/diff"
}

@test "5.1.2: adds the rules before the others, indented like them, and changes nothing else" {
  add "$(configuration 5.1)"
  [ "$status" -eq 0 ]
  [ "$(added 5.1)" = "\
      - {\"$CCSDK\": \"file:///opt/manager/resources/onapspec\"}
      - {\"$PLUGINS\": \"file:///opt/manager/resources/onapspec\"}" ]
  grep -A 1 '^      rules:$' "$BATS_TEST_TMPDIR/config.yaml" | grep -q "$CCSDK"
}

@test "takes a last line that nothing ends" {
  printf '%s' "$(<"$BATS_TEST_TMPDIR/rules.tsv")" >"$BATS_TEST_TMPDIR/rules.tsv"
  add "$(configuration 5.1)"
  [ "$status" -eq 0 ]
  added 5.1 | grep -q "$CCSDK"
}

@test "18.x and 19.x: the same" {
  add "$(configuration 19)"
  [ "$status" -eq 0 ]
  [ "$(added 19)" = "\
        - {\"$CCSDK\": \"file:///opt/manager/resources/onapspec\"}
        - {\"$PLUGINS\": \"file:///opt/manager/resources/onapspec\"}" ]
}

@test "adds nothing where the rules are there, however they are written" {
  config=$(configuration 5.1)
  sed -i "s,^      rules:,&\n      - {'$PLUGINS': 'file:///a'}\n      - $CCSDK: file:///b," "$config"
  cp "$config" "$BATS_TEST_TMPDIR/before"
  add "$config"
  [ "$status" -eq 0 ]
  diff "$BATS_TEST_TMPDIR/before" "$config"
}

@test "a second run changes nothing" {
  config=$(configuration 19)
  add "$config"
  cp "$config" "$BATS_TEST_TMPDIR/before"
  add "$config"
  [ "$status" -eq 0 ]
  diff "$BATS_TEST_TMPDIR/before" "$config"
}

@test "the rule of a longer URL is not the rule" {
  config=$(configuration 5.1)
  sed -i "s,^      rules:,&\n      - {$PLUGINS-old: file:///a}," "$config"
  add "$config"
  [ "$status" -eq 0 ]
  grep -q "{\"$PLUGINS\": " "$config"
}

@test "keeps owner and mode" {
  config=$(configuration 5.1)
  chmod 640 "$config"
  add "$config"
  [ "$(stat -c %a "$config")" = 640 ]
}

refuses() {
  cp "$1" "$BATS_TEST_TMPDIR/before"
  add "$1"
  [ "$status" -eq 1 ]
  says "$1: found no list of rules under import_resolver"
  says "18.x, 19.x and 5.1.x"
  diff "$BATS_TEST_TMPDIR/before" "$1"
}

@test "refuses a configuration without an import resolver, and leaves it alone" {
  config=$(configuration 5.1)
  sed -i '/import_resolver:/d' "$config"
  refuses "$config"
}

@test "refuses an empty list, and rules of another section" {
  config=$(configuration 5.1)
  sed -i 's/^      rules:/      rules: []/; /^      - {/d' "$config"
  printf 'firewall:\n  rules:\n  - allow\n' >>"$config"
  refuses "$config"
}

@test "refuses rules that are no list" {
  config=$(configuration 5.1)
  sed -i '/^      - {/d' "$config"
  refuses "$config"
}

@test "the image's table has the repositories of both kinds of plugins" {
  run "$BUILD/add-import-rules.sh" "$(configuration 5.1)" "$SCRIPTS/import-rules.tsv"
  [ "$status" -eq 0 ]
  [ "$(added 5.1 | grep -c '"https://nexus.onap.org/.*": "file:///opt/manager/resources/onapspec"}$')" -eq 2 ]
}
