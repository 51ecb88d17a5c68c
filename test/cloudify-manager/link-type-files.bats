#!/usr/bin/env bats

load image

setup() {
  TYPES="$BATS_TEST_TMPDIR/types"
  RESOURCES="$BATS_TEST_TMPDIR/resources"
  FILE=onapspec/k8splugin/1.4.13/k8splugin_types.yaml
  mkdir -p "$RESOURCES"
  type_file "$FILE" 'k8s: types'
}

type_file() {
  mkdir -p "$(dirname "$TYPES/$1")"
  echo "$2" >"$TYPES/$1"
}

link() {
  run "$SCRIPTS/link-type-files.sh" "$TYPES" "$RESOURCES"
}

@test "links each file in folders that are real" {
  type_file spec/cloudify/3.4/types.yaml 'cloudify: types'
  mkdir -p "$RESOURCES/spec/cloudify/5.1.2"
  link
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$(readlink "$RESOURCES/$FILE")" = "$TYPES/$FILE" ]
  [ "$(readlink "$RESOURCES/spec/cloudify/3.4/types.yaml")" = "$TYPES/spec/cloudify/3.4/types.yaml" ]
  [ -d "$RESOURCES/spec/cloudify/5.1.2" ]
  [ "$(find "$RESOURCES" -type l | wc -l)" -eq 2 ]
}

@test "a second run changes nothing" {
  link
  before=$(find "$RESOURCES" -printf '%p %i %C@\n')
  link
  [ "$status" -eq 0 ]
  [ "$(find "$RESOURCES" -printf '%p %i %C@\n')" = "$before" ]
}

@test "the files of a newer image are seen in an old store" {
  link
  type_file "$FILE" 'k8s: newer'
  type_file onapspec/k8splugin/1.5.0/k8splugin_types.yaml 'k8s: new'
  link
  [ "$(cat "$RESOURCES/$FILE")" = 'k8s: newer' ]
  [ "$(cat "$RESOURCES/onapspec/k8splugin/1.5.0/k8splugin_types.yaml")" = 'k8s: new' ]
}

@test "other files stay" {
  mkdir -p "$(dirname "$RESOURCES/$FILE")" "$RESOURCES/blueprints"
  echo own >"$(dirname "$RESOURCES/$FILE")/own.yaml"
  echo blueprint >"$RESOURCES/blueprints/app.yaml"
  link
  [ "$(cat "$(dirname "$RESOURCES/$FILE")/own.yaml")" = own ]
  [ "$(cat "$RESOURCES/blueprints/app.yaml")" = blueprint ]
}

@test "a file with the same content gives way to the link" {
  mkdir -p "$(dirname "$RESOURCES/$FILE")"
  cp "$TYPES/$FILE" "$RESOURCES/$FILE"
  link
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ -L "$RESOURCES/$FILE" ]
  [ ! -e "$RESOURCES/$FILE.replaced" ]
}

@test "a file with other content is kept beside the link, and each later one, too" {
  mkdir -p "$(dirname "$RESOURCES/$FILE")"
  for content in first second; do
    rm -f "$RESOURCES/$FILE"
    echo "$content" >"$RESOURCES/$FILE"
    link
    [ "$status" -eq 0 ]
    says "kept as $RESOURCES/$FILE.replaced"
    [ "$(cat "$RESOURCES/$FILE")" = 'k8s: types' ]
  done
  [ "$(sort "$RESOURCES/$FILE".replaced*)" = $'first\nsecond' ]
}

@test "a folder in the way is kept, too" {
  mkdir -p "$RESOURCES/$FILE"
  echo inside >"$RESOURCES/$FILE/inside"
  link
  [ "$status" -eq 0 ]
  [ -L "$RESOURCES/$FILE" ]
  [ "$(cat "$RESOURCES/$FILE.replaced/inside")" = inside ]
}

@test "a link that leads elsewhere, or nowhere, is put right" {
  mkdir -p "$(dirname "$RESOURCES/$FILE")"
  ln -s /nowhere "$RESOURCES/$FILE"
  link
  [ "$(readlink "$RESOURCES/$FILE")" = "$TYPES/$FILE" ]
}

@test "what a killed run left is no hindrance" {
  mkdir -p "$(dirname "$RESOURCES/$FILE")"
  ln -s /nowhere "$RESOURCES/$FILE.new"
  link
  [ "$status" -eq 0 ]
  [ "$(readlink "$RESOURCES/$FILE")" = "$TYPES/$FILE" ]
  [ ! -L "$RESOURCES/$FILE.new" ]
}

@test "works through a link in the place of the resources" {
  mv "$RESOURCES" "$BATS_TEST_TMPDIR/store"
  ln -s store "$RESOURCES"
  link
  [ "$status" -eq 0 ]
  [ "$(cat "$BATS_TEST_TMPDIR/store/$FILE")" = 'k8s: types' ]
}
