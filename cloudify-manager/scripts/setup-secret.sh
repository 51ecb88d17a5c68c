#!/bin/bash
# Lets Kubernetes clients find the token that is mounted at /secret, where they look for one, unless one is there.
# A link, so that a renewed token is seen. It is made before systemd starts, and again after: systemd may mount a new
# /run over the old one.
# Usage: setup-secret.sh [SECRET [SERVICE_ACCOUNT]]
set -euo pipefail

secret=${1:-/secret}
service_account=${2:-/var/run/secrets/kubernetes.io/serviceaccount}

if [ -e "$service_account/token" ]; then exit 0; fi
if [ ! -d "$secret" ] || [ -z "$(ls -A "$secret")" ]; then exit 0; fi

mkdir -p "$(dirname "$service_account")"
if [ -d "$service_account" ] && [ ! -L "$service_account" ] && ! rmdir "$service_account"; then
  echo "$service_account has no token and is in the way of a link to $secret: mount nothing there, or a token" >&2
  exit 1
fi
ln -sfn "$secret" "$service_account"
