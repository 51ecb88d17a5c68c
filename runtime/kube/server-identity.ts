import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Whether a certificate is for a host, by Go's rules, because the readers of the kubeconfig are Go programs. The host name must be
 * in the subject alternative names. A wildcard stands for one whole label
 * (https://pkg.go.dev/crypto/x509#Certificate.VerifyHostname). Node also accepts the common name, and a wildcard for a part of a
 * label.
 */
export function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const error = checkServerIdentity(host, certificate);
  if (error !== undefined || isIP(host) !== 0 || isNamed(host, certificate.subjectaltname ?? '')) {
    return error;
  }
  return Object.assign(new Error(`the certificate's subject alternative names do not have ${host}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

function isNamed(host: string, alternativeNames: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, '');
  const ofLabel = wanted.replace(/^[^.]+/, '*');
  const names = [...alternativeNames.matchAll(/(?<=^|, )DNS:([^,]+)/g)].map(([, name]) =>
    name?.toLowerCase(),
  );
  return names.some((name) => name === wanted || name === ofLabel);
}
