#!/bin/bash
# Adds the import rules of a table to config.yaml, from which Cloudify takes them when it creates its database.
# Usage: add-import-rules.sh CONFIG TABLE
set -euo pipefail

config=$1
table=$2

has_rule() {
  grep --quiet --fixed-strings -e "$1\"" -e "$1'" -e "$1:" "$config"
}

# Prints the file with a rule before the first one that is there, indented like it: 18.x and 19.x indent the list, 5.1.x
# does not.
with_rule() {
  awk -v rule="{\"$1\": \"$2\"}" '
    function indent(line) { match(line, /^ */); return RLENGTH }
    /^ *(#|$)/ { print; next }
    place == "in rules" && /^ *- / { print substr($0, 1, indent($0)) "- " rule; place = "added" }
    place == "in rules" { place = "not a list" }
    place == "in resolver" && indent($0) <= resolver { place = "" }
    place == "in resolver" && /^ *rules: *(#.*)?$/ { place = "in rules" }
    place == "" && /^ *import_resolver: *(#.*)?$/ { place = "in resolver"; resolver = indent($0) }
    { print }
    END { exit place != "added" }' "$config"
}

while IFS=$'\t' read -r url target || [ -n "$url" ]; do
  case $url in '' | '#'*) continue ;; esac
  if has_rule "$url"; then continue; fi
  if ! edited=$(with_rule "$url" "$target"); then
    echo "$config: found no list of rules under import_resolver, as Cloudify 18.x, 19.x and 5.1.x have it:" \
      "take one of those as the base image, or teach $0 the new layout" >&2
    exit 1
  fi
  printf '%s\n' "$edited" >"$config"
done <"$table"
