#!/bin/bash
# The database. Like the real one, it refuses a data directory that other users may enter, and writes to the directory.
set -euo pipefail

data=/var/lib/pgsql/9.5/data
[[ $(stat --dereference --format=%U:%a $data) == postgres:700 ]] || {
  echo "FATAL: data directory \"$data\" has wrong ownership or permissions" >&2
  exit 1
}
[[ $(cat $data/PG_VERSION) == 9.5 ]]
date >>$data/starts
exec sleep infinity
