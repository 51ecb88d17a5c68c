#!/bin/bash
# Fetches the files of a manifest (type-files.tsv) into a new folder: all of them, with the right checksums, or none.
# Usage: fetch-type-files.sh MANIFEST FOLDER [MIRROR]
# MIRROR stands for scheme and host of every URL: https://mirror.example/github, or file:///srv/mirror.
set -euo pipefail

manifest=$1
folder=$2
mirror=${3:-}

mkdir -p "$(dirname "$folder")"
partial=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$partial"' EXIT

mirrored() {
  local host_and_path=${1#*://}
  echo "${mirror%/}/${host_and_path#*/}"
}

fetch() {
  local path=$1 url=$2 expected=$3 actual
  echo "$path: fetching $url" >&2
  mkdir -p "$(dirname "$partial/$path")"
  if ! curl --fail --silent --show-error --location --retry 3 --output "$partial/$path" "$url"; then
    echo "$path: cannot fetch $url: try again, or name a mirror that has it (build argument TYPE_FILE_MIRROR)" >&2
    return 1
  fi
  actual=$(sha256sum <"$partial/$path" | cut -d ' ' -f 1)
  if [ "$actual" != "$expected" ]; then
    echo "$path: $url has the SHA-256 $actual, and $manifest says $expected: take the file from another mirror, or, when" \
      "you know why it changed, correct the manifest" >&2
    return 1
  fi
}

failed=
while IFS=$'\t' read -r path _version url sha256 || [ -n "$path" ]; do
  case $path in '' | '#'*) continue ;; esac
  if [ -z "$sha256" ]; then
    echo "$manifest: the line of $path must have path, version, URL and SHA-256, separated by tabs" >&2
    exit 1
  fi
  if [ -n "$mirror" ]; then url=$(mirrored "$url"); fi
  fetch "$path" "$url" "$sha256" || failed=yes
done <"$manifest"
if [ -n "$failed" ]; then exit 1; fi

chmod -R u=rwX,go=rX "$partial"
mv -T "$partial" "$folder"
