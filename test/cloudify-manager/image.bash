# shellcheck shell=bats
# What the tests of the image's scripts share.

bats_require_minimum_version 1.5.0

IMAGE="$BATS_TEST_DIRNAME/../../cloudify-manager"
SCRIPTS="$IMAGE/scripts"
BUILD="$IMAGE/build"
export IMAGE SCRIPTS BUILD

# Names a copy of a configuration of Cloudify, which a test may change.
configuration() {
  cp "$BATS_TEST_DIRNAME/fixtures/config-$1.yaml" "$BATS_TEST_TMPDIR/config.yaml"
  echo "$BATS_TEST_TMPDIR/config.yaml"
}

# Whether the output has this text.
says() {
  # shellcheck disable=SC2154 # bats sets output
  if [[ $output == *"$1"* ]]; then return; fi
  echo "expected to read: $1"
  echo "but read: $output"
  return 1
}
