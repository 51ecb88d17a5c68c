#!/bin/bash
# Gives a value in Cloudify's configuration, which is YAML in block style, and leaves the rest as it is.
# Usage: set-config-value.sh CONFIG KEY.KEY.KEY <VALUE
# VALUE is one line of YAML. It comes by standard input, since everybody sees the arguments of a process.
set -euo pipefail

config=$(readlink -f "$1")
path=$2

with_value() {
  awk -v path="$path" '
    function indent(line) { match(line, /^ */); return RLENGTH }
    BEGIN { depth = split(path, key, "."); level = 1; column[1] = 0; getline value <"-" }
    /^ *(#|$)/ { print; next }
    # The rest of the old value, where that takes several lines.
    found && indent($0) > column[depth] && !after { next }
    found { after = 1 }
    !found {
      while (level > 1 && indent($0) <= column[level - 1]) level--
      if (!(level in column)) column[level] = indent($0)
      if (index($0, key[level] ":") == column[level] + 1) {
        if (level == depth) {
          found = 1
          print substr($0, 1, column[depth]) key[depth] ": " value
          next
        }
        delete column[++level]
      }
    }
    { print }
    END { exit !found }' "$config"
}

edited=$(mktemp "$config.XXXXXX")
trap 'rm -f "$edited"' EXIT
if ! with_value >"$edited"; then
  echo "$config has no $path on a line of its own: is this the configuration of a Cloudify Manager?" >&2
  exit 1
fi
if [ "$(sha256sum <"$edited")" = "$(sha256sum <"$config")" ]; then exit 0; fi
chown --reference="$config" "$edited"
chmod --reference="$config" "$edited"
if ! mv "$edited" "$config"; then
  echo "$config cannot be replaced: if it is mounted, set $path in the file that is mounted" >&2
  exit 1
fi
