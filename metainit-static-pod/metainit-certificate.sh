#!/usr/bin/env bash
# Makes a client certificate for the user metainit on a control-plane node of kubeadm, and writes it as a kubeconfig for
# the static pod. Each run makes a new certificate. The old kubeconfig stays until the new one is complete.
#
# usage: metainit-certificate.sh [KUBERNETES [CREDENTIALS]]
#   KUBERNETES   kubeadm's folder (default /etc/kubernetes)
#   CREDENTIALS  folder of the kubeconfig (default /var/lib/metainit)
set -euo pipefail
kubernetes=${1:-/etc/kubernetes} credentials=${2:-/var/lib/metainit}

# A week: a node may be off, or the renewal may fail, for some days. The timer runs each day.
VALIDITY=168h
# The group of the program in the image. Only root may write.
GROUP=65532

fail() {
  echo "metainit-certificate: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

command -v kubeadm >/dev/null ||
  fail 'kubeadm is not in the PATH' 'On a cluster without kubeadm, use a CertificateSigningRequest: docs/metainit-static-pod.md.'
for file in pki/ca.crt pki/ca.key controller-manager.conf; do
  [[ -r $kubernetes/$file ]] ||
    fail "cannot read $kubernetes/$file" "Run this as root on a control-plane node. Name kubeadm's folder if it is not $kubernetes."
done

# The API server of this node, which kube-controller-manager uses too: it works without a load balancer.
server=$(sed -n 's|^ *server: *https://||p' "$kubernetes/controller-manager.conf")
[[ $server == *:* ]] ||
  fail "$kubernetes/controller-manager.conf has no server with a port" 'Repair the file with: kubeadm init phase kubeconfig controller-manager'

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The API version that this kubeadm writes itself. With a version of Kubernetes, kubeadm asks no server for the newest.
api_version=$(kubeadm config print init-defaults | sed -n '1s/^apiVersion: //p')
cat >"$work/kubeadm.yaml" <<EOF
apiVersion: $api_version
kind: ClusterConfiguration
kubernetesVersion: $(kubeadm version --output=short)
certificatesDir: $kubernetes/pki
controlPlaneEndpoint: $server
EOF
kubeadm kubeconfig user --client-name=metainit --validity-period="$VALIDITY" --config="$work/kubeadm.yaml" \
  >"$work/kubeconfig"

install --directory --group="$GROUP" --mode=0750 "$credentials"
# In the same folder, so that the rename replaces the file in one step.
install --group="$GROUP" --mode=0640 "$work/kubeconfig" "$credentials/.kubeconfig.new"
mv "$credentials/.kubeconfig.new" "$credentials/kubeconfig"
echo "metainit-certificate: wrote $credentials/kubeconfig for $server, valid for $VALIDITY"
