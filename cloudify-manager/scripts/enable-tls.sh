#!/bin/bash
# Has Cloudify serve HTTPS with the mounted certificate, if there is one.
# Usage: enable-tls.sh [CERTIFICATES [CONFIG [STARTER]]]
set -euo pipefail

certificates=${1:-/opt/onap/certs}
config=${2:-/etc/cloudify/config.yaml}
starter=${3:-/usr/lib/systemd/system/cloudify-starter.service}

# A CA alone is for the clients that run here (REQUESTS_CA_BUNDLE).
if [ ! -e "$certificates/cert.pem" ] && [ ! -e "$certificates/key.pem" ]; then exit 0; fi
for name in cert.pem key.pem; do
  if [ ! -s "$certificates/$name" ]; then
    echo "$certificates/$name is missing or empty: the Secret must have both keys, cert.pem and key.pem" >&2
    exit 1
  fi
done
if [ ! -e "$starter" ]; then
  echo "this base image was configured without HTTPS when it was built: take community-cloudify-manager-aio, or unmount" \
    "$certificates" >&2
  exit 1
fi

set_value() {
  echo "$2" | "$(dirname "$0")/set-config-value.sh" "$config" "$1"
}

set_value ssl_inputs.external_cert_path "'$certificates/cert.pem'"
set_value ssl_inputs.external_key_path "'$certificates/key.pem'"
if [ -s "$certificates/cacert.pem" ]; then
  set_value ssl_inputs.external_ca_cert_path "'$certificates/cacert.pem'"
fi
# The manager's own commands call it by this name, and the certificate is not for localhost.
set_value manager.cli_local_profile_host_name "'$HOSTNAME'"
# Last: with it alone, Cloudify would make a certificate of its own.
set_value manager.security.ssl_enabled true
