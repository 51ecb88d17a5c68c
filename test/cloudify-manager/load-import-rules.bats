#!/usr/bin/env bats

load image

CLOUDIFY_RULE='{"http://www.getcloudify.org/spec": "file:///opt/manager/resources/spec"}'

setup() {
  export DATABASE="$BATS_TEST_TMPDIR/database.json"
  export PYTHONPATH="$BATS_TEST_DIRNAME/../../devcluster/images/stand-in" PYTHONDONTWRITEBYTECODE=1
  # What the script calls beside Python: a manager that runs, and systemd, of which it is noted what it was told.
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/bash\necho "| PostgreSQL | running |"\n' >"$BATS_TEST_TMPDIR/bin/cfy"
  printf '#!/bin/bash\necho "$@" >>"%s"\n' "$BATS_TEST_TMPDIR/systemctl" >"$BATS_TEST_TMPDIR/bin/systemctl"
  chmod +x "$BATS_TEST_TMPDIR/bin/"*
}

database() {
  echo '{"CONTEXT": {"cloudify": {"import_resolver": {"parameters": {"rules": ['"$1"']}}, "agent": {}}}}' >"$DATABASE"
}

load_rules() {
  PATH="$BATS_TEST_TMPDIR/bin:$PATH" run "$SCRIPTS/load-import-rules.sh" python3
}

rules() {
  python3 -c '
import json, os
for rule in json.load(open(os.environ["DATABASE"]))["CONTEXT"]["cloudify"]["import_resolver"]["parameters"]["rules"]:
    print(json.dumps(rule))'
}

@test "adds the rules before the manager's own, and has the REST service read them" {
  database "$CLOUDIFY_RULE"
  load_rules
  [ "$status" -eq 0 ]
  [ "$output" = 'added import rules: 2' ]
  [ "$(rules | wc -l)" -eq 3 ]
  [ "$(rules | tail -n 1)" = "$CLOUDIFY_RULE" ]
  [[ $(rules | head -n 1) == *dcaegen2.platform.plugins/R4*file:///opt/manager/resources/onapspec* ]]
  [ "$(cat "$BATS_TEST_TMPDIR/systemctl")" = 'restart cloudify-restservice.service' ]
}

@test "a second run changes and restarts nothing" {
  database "$CLOUDIFY_RULE"
  load_rules
  rm "$BATS_TEST_TMPDIR/systemctl"
  load_rules
  [ "$status" -eq 0 ]
  [ "$(rules | wc -l)" -eq 3 ]
  [ ! -e "$BATS_TEST_TMPDIR/systemctl" ]
}

@test "a rule that leads somewhere else is an operator's, and stays" {
  url=$(grep -v '^#' "$SCRIPTS/import-rules.tsv" | head -n 1 | cut -f 1)
  database "{\"$url\": \"file:///elsewhere\"}"
  load_rules
  [ "$output" = 'added import rules: 1' ]
  [ "$(rules | grep -cF "$url\"")" -eq 1 ]
  [[ $(rules) == *"\"$url\": \"file:///elsewhere\""* ]]
}

@test "fails while the manager does not run, and says why" {
  database "$CLOUDIFY_RULE"
  printf '#!/bin/bash\necho "| PostgreSQL | down |"\n' >"$BATS_TEST_TMPDIR/bin/cfy"
  load_rules
  [ "$status" -eq 1 ]
  says 'not running: PostgreSQL (down)'
  [ "$(rules)" = "$CLOUDIFY_RULE" ]
}

@test "fails where the database cannot be read" {
  load_rules
  [ "$status" -eq 1 ]
  [ ! -e "$BATS_TEST_TMPDIR/systemctl" ]
}
