#!/bin/bash
# Has Cloudify serve HTTPS with the mounted certificate, if there is one.
# Usage: enable-tls.sh [CERTIFICATES [CONFIG [STARTER]]]
set -euo pipefail

certificates=${1:-/opt/onap/certs}
config=${2:-/etc/cloudify/config.yaml}
starter=${3:-/usr/lib/systemd/system/cloudify-starter.service}

if [ ! -d "$certificates" ]; then exit 0; fi

# The CA that Python's clients here trust.
bundle=${REQUESTS_CA_BUNDLE-}

has() { [ -e "$certificates/$1" ]; }

# Either our own names, or those of a Secret of type kubernetes.io/tls.
if has cert.pem || has key.pem; then
  certificate=cert.pem key=key.pem ca=cacert.pem
elif has tls.crt || has tls.key; then
  certificate=tls.crt key=tls.key ca=ca.crt
# A CA alone is for the clients that run here.
elif has cacert.pem || has ca.crt || [ -e "$bundle" ]; then
  exit 0
else
  echo "$certificates has no certificate: the Secret must have the keys cert.pem and key.pem, or tls.crt and tls.key" >&2
  exit 1
fi
for name in "$certificate" "$key"; do
  if [ ! -s "$certificates/$name" ]; then
    echo "$certificates/$name is missing or empty: the Secret must have both keys, $certificate and $key" >&2
    exit 1
  fi
done
if [[ $bundle == "$certificates"/* && ! -s $bundle ]]; then
  echo "$bundle, which REQUESTS_CA_BUNDLE names, is missing or empty: name a key of the Secret by tls.caFile of CloudifyManager" >&2
  # Not refused under our own names: 0.1.0 named cacert.pem even where the certificate signed itself.
  if [ "$certificate" = tls.crt ]; then exit 1; fi
fi
if [ ! -e "$starter" ]; then
  echo "this base image was configured without HTTPS when it was built: take community-cloudify-manager-aio, or unmount" \
    "$certificates" >&2
  exit 1
fi

set_value() {
  echo "$2" | "$(dirname "$0")/set-config-value.sh" "$config" "$1"
}

set_value ssl_inputs.external_cert_path "'$certificates/$certificate'"
set_value ssl_inputs.external_key_path "'$certificates/$key'"
if [ -s "$certificates/$ca" ]; then
  set_value ssl_inputs.external_ca_cert_path "'$certificates/$ca'"
fi
# The manager's own commands call it by this name, and the certificate is not for localhost.
set_value manager.cli_local_profile_host_name "'$HOSTNAME'"
# Last: with it alone, Cloudify would make a certificate of its own.
set_value manager.security.ssl_enabled true
