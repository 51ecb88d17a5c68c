#!/bin/bash
# usage: add-users.sh CFYUSER_UID CFYUSER_GID: the users that the originals have, with their numbers.
set -euo pipefail

# In Debian, another group has CentOS's number of this group.
groupdel "$(getent group 26 | cut --delimiter=: --fields=1)"
groupadd --gid 26 postgres
useradd --uid 26 --gid 26 --home-dir /var/lib/pgsql --no-create-home --shell /bin/bash postgres
groupadd --gid "$2" cfyuser
useradd --uid "$1" --gid "$2" --home-dir /etc/cloudify --no-create-home --shell /bin/bash cfyuser
