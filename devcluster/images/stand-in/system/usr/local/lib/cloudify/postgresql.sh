#!/bin/bash
# The database: like the real one it takes no data directory that others may enter, and writes to it.
set -euo pipefail

data=/var/lib/pgsql/9.5/data
[[ $(stat --dereference --format=%U:%a $data) == postgres:700 ]] || {
  echo "FATAL: data directory \"$data\" has wrong ownership or permissions" >&2
  exit 1
}
[[ $(cat $data/PG_VERSION) == 9.5 ]]
date >>$data/starts
exec sleep infinity
