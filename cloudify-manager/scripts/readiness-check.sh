#!/bin/bash
# Succeeds when all services of Cloudify Manager run; else says which do not.
set -euo pipefail

# `cfy status` prints a table, "| service | status |", and succeeds even where the manager does not answer. A service
# that runs is "running" in 18.x and 19.x, "Active" in 5.1.x.
if ! status=$(cfy status 2>&1); then
  echo "cfy status: ${status##*$'\n'}"
  exit 1
fi
printf '%s\n' "$status" | awk -F '|' '
  function trim(text) { gsub(/^ +| +$/, "", text); return text }
  NF != 4 || trim($2) == "service" { next }
  { services++ }
  tolower(trim($3)) !~ /^(running|active)$/ { waiting = waiting ", " trim($2) " (" trim($3) ")" }
  END {
    if (!services) { print "the manager does not tell its services yet"; exit 1 }
    if (waiting) { print "not running: " substr(waiting, 3); exit 1 }
  }'
