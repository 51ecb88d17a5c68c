#!/bin/bash
# Has Cloudify create its admin with the password of the mounted Secret, if there is one.
# Usage: set-admin-password.sh [SECRET_FOLDER [CONFIG [STARTER]]]
set -euo pipefail

folder=${1:-/opt/onap/cm-secrets}
config=${2:-/etc/cloudify/config.yaml}
starter=${3:-/usr/lib/systemd/system/cloudify-starter.service}

if [ ! -d "$folder" ]; then exit 0; fi
if [ ! -s "$folder/password" ]; then
  echo "$folder/password is missing or empty: the Secret must have the admin's password under the key password" >&2
  exit 1
fi
if [ ! -e "$starter" ]; then
  echo "this base image has its admin already, with the password that it gave: unmount $folder, and change the password" \
    "in the running manager (cfy users set-password)" >&2
  exit 1
fi
password=$(<"$folder/password")
if [[ $password == *[[:cntrl:]]* ]]; then
  echo "$folder/password has several lines or control characters: give a password of one line" >&2
  exit 1
fi
quote="'"
printf '%s\n' "'${password//$quote/$quote$quote}'" |
  "$(dirname "$0")/set-config-value.sh" "$config" manager.security.admin_password
