#!/bin/bash
# The image's command: puts the manager's data on the volume at /cfy-persist, if there is one, and becomes init.
# docs/cloudify-manager.md#the-data says what an operator sees. The order of the steps keeps the data safe from a kill,
# or a power cut, at any moment.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
umask 022 # folders that are made on the volume are for the manager's users, too

SCRIPTS=$(dirname "$(readlink -f "$0")")
STORE=/cfy-persist
# What this program knows about the store. The data is beside it: that of /etc/cloudify in /cfy-persist/etc/cloudify.
STATE=$STORE/.start-persistent
mapfile -t DIRECTORIES <"$SCRIPTS/persisted-directories"

# shellcheck source=persistence/messages.sh
. "$SCRIPTS/persistence/messages.sh"
# shellcheck source=persistence/mount-points.sh
. "$SCRIPTS/persistence/mount-points.sh"
# shellcheck source=persistence/store.sh
. "$SCRIPTS/persistence/store.sh"
# shellcheck source=persistence/adoption.sh
. "$SCRIPTS/persistence/adoption.sh"
# shellcheck source=persistence/first-copy.sh
. "$SCRIPTS/persistence/first-copy.sh"
# shellcheck source=persistence/mounted-paths.sh
. "$SCRIPTS/persistence/mounted-paths.sh"

expect_prepared_image() {
  local directory
  for directory in "${DIRECTORIES[@]}"; do
    if [[ ! -L $directory || ! -d $directory-initial ]]; then
      die "$directory is not a link, or $directory-initial is not a directory: prepare-persistence.sh must be the last build step of" \
        "the image that touches it, and nothing may be mounted over the directory that it is in"
    fi
  done
}

switch_link() {
  ln --symbolic --force --no-target-directory "$2" "$1.new"
  mv --no-target-directory "$1.new" "$1"
}

# The links lead to the volume only when that is ready: where the container ran before, they still do, and perhaps nowhere.
link_to_image() {
  local directory
  for directory in "${DIRECTORIES[@]}"; do switch_link "$directory" "$directory-initial"; done
}

# What Cloudify reads when it creates its database, and never again.
configure_manager() {
  "$SCRIPTS/set-admin-password.sh"
  "$SCRIPTS/enable-tls.sh"
}

keep_data_in_container() {
  say "nothing is mounted at $STORE: the data will be lost with this container"
  configure_manager
}

keep_data_on_volume() {
  local directory
  open_store
  adopt_directories
  # Not before: what is refused may be another release's, and has to be left to that.
  keep_layout
  if ! is_stored /etc/cloudify; then configure_manager; fi
  copy_missing_directories
  link_mounted_paths
  for directory in "${DIRECTORIES[@]}"; do
    if is_mount_point "$directory-initial"; then
      say "a volume of its own is mounted at $directory: it is not kept in $STORE"
    else
      switch_link "$directory" "$STORE$directory"
    fi
  done
}

"$SCRIPTS/check-cgroups.sh"
expect_prepared_image
link_to_image
read_mount_points
if is_mount_point "$STORE"; then keep_data_on_volume; else keep_data_in_container; fi
"$SCRIPTS/link-type-files.sh"
"$SCRIPTS/setup-secret.sh"
# Without the lock: systemd closes what it inherits, and the holder has it.
exec /sbin/init --log-target=journal 3>&1 9>&-
