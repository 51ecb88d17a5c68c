import { X509Certificate } from 'node:crypto';
import { CredentialsError } from './credentials-error.ts';

/** How a pod reaches its own API server, and as whom. */
export interface InCluster {
  /** Host name or IP address, without the brackets of an IPv6 URL. */
  readonly host: string;
  readonly port: number;
  /** The same as a URL. */
  readonly server: string;
  /** The CA file's text, as PEM, surrounding white space removed. */
  readonly ca: string;
  readonly token: string;
}

/** Where the kubelet mounts a pod's own token and CA. */
export const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Reads what every pod is given: `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, `token` and `ca.crt`
 * (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/).
 *
 * @throws CredentialsError naming what is missing, empty or unreadable
 */
export function readInCluster(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
  readFile: (path: string) => string,
): InCluster {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '';
  if (host === '' || port === '') {
    throw new CredentialsError(
      'not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set',
    );
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new CredentialsError(`KUBERNETES_SERVICE_PORT is "${port}", which is not a port number`);
  }
  const token = readSecret(`${directory}/token`, 'token', readFile);
  // What an HTTP header can carry (RFC 6750, section 2.1, and more).
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CredentialsError(`the token file ${directory}/token holds something else than one token`);
  }
  const ca = readSecret(`${directory}/ca.crt`, 'CA', readFile);
  checkCertificates(ca, `${directory}/ca.crt`);
  return { host, port: Number(port), server: serverUrl(host, Number(port)), ca, token };
}

/** The API server's URL; an IPv6 address gets the brackets that a URL wants (RFC 3986, section 3.2.2). */
export function serverUrl(host: string, port: number): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An engine would pass over a broken certificate, or fail on it with words of its own. */
function checkCertificates(ca: string, path: string): void {
  const certificates = ca.match(/-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|$)/g) ?? [];
  if (certificates.length === 0) throw new CredentialsError(`the CA file ${path} holds no PEM certificate`);
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch {
      throw new CredentialsError(`the CA file ${path} holds a certificate that is broken`);
    }
  }
}

function readSecret(path: string, what: string, readFile: (path: string) => string): string {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CredentialsError(`cannot read the ${what} file ${path} (${code})`);
  }
  if (text.trim() === '') throw new CredentialsError(`the ${what} file ${path} is empty`);
  return text.trim();
}
