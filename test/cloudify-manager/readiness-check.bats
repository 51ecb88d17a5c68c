#!/usr/bin/env bats

load image

# Cloudify's command line, as far as the check sees it: what it prints, and its exit code.
cfy_prints() {
  mkdir -p "$BATS_TEST_TMPDIR/bin"
  printf '%s\n' "$2" >"$BATS_TEST_TMPDIR/answer"
  printf '#!/bin/bash\n[ "$*" = status ] && cat "%s"\nexit %s\n' "$BATS_TEST_TMPDIR/answer" "$1" \
    >"$BATS_TEST_TMPDIR/bin/cfy"
  chmod +x "$BATS_TEST_TMPDIR/bin/cfy"
}

check() {
  PATH="$BATS_TEST_TMPDIR/bin:$PATH" run "$SCRIPTS/readiness-check.sh"
}

# Cloudify's table of services: pairs of name and state.
table() {
  echo 'Retrieving manager services status... [ip=localhost]'
  echo
  echo 'Services:'
  echo '+--------------------------------+---------+'
  echo '|            service             |  status |'
  echo '+--------------------------------+---------+'
  while [ "$#" -gt 0 ]; do
    printf '| %-30s | %-7s |\n' "$1" "$2"
    shift 2
  done
  echo '+--------------------------------+---------+'
}

@test "5.1.2: ready when all are active" {
  cfy_prints 0 "$(table PostgreSQL Active 'Manager Rest-Service' Active AMQP-Postgres Active)"
  check
  [ "$status" -eq 0 ]
  [ -z "$output" ]
}

@test "18.x and 19.x: ready when all are running" {
  cfy_prints 0 "$(table PostgreSQL running 'Manager Rest-Service' running Riemann running)"
  check
  [ "$status" -eq 0 ]
}

@test "not ready while one is not, and says which" {
  cfy_prints 0 "$(table PostgreSQL Active 'Management Worker' Inactive RabbitMQ Active Webserver N/A)"
  check
  [ "$status" -eq 1 ]
  [ "$output" = 'not running: Management Worker (Inactive), Webserver (N/A)' ]
}

@test "a state that has the word in it is another state" {
  cfy_prints 0 "$(table PostgreSQL 'not running')"
  check
  [ "$status" -eq 1 ]
}

@test "not ready while the manager does not answer" {
  cfy_prints 0 'REST service at manager localhost is not responding!'
  check
  [ "$status" -eq 1 ]
  says "the manager does not tell its services"
}

@test "not ready while the command line fails, and says why" {
  cfy_prints 1 $'Traceback\nThis command is only available when using a manager'
  check
  [ "$status" -eq 1 ]
  [ "$output" = 'cfy status: This command is only available when using a manager' ]
}
