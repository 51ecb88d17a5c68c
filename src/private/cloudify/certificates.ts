import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyTls } from '../../cloudify-tls';
import { apiObjectOf } from '../api-objects';
import { type Declared, declaredBy, declaredKeys, declaredObject } from '../declared-object';
import { report, reportAtSynthesis } from '../validation/report';
import { checkDataKey, checkObjectName } from '../validation/values';

const DIRECTORY = '/opt/onap/certs';

const TLS_TYPE = 'kubernetes.io/tls';

/**
 * The pairs of keys for certificate and private key that the image uses. The image uses the first pair that it finds.
 */
const PAIRS = [
  ['cert.pem', 'key.pem'],
  ['tls.crt', 'tls.key'],
] as const;

/** Mounts the certificates, and makes Python's clients trust their CA. */
export function mountCertificates(
  scope: Construct,
  pod: kplus.AbstractPod,
  container: kplus.Container,
  { secret, caFile = defaultCaFile(secret) }: CloudifyTls,
): void {
  report(scope, [...checkObjectName('tls.secret.name', secret.name), ...checkDataKey('tls.caFile', caFile)]);
  reportAtSynthesis(scope, (app) =>
    checkCertificates(secret, caFile, declaredBy(declaredObject(secret, pod, app))),
  );
  const volume = kplus.Volume.fromSecret(scope, 'Certificates', secret, { name: 'certificates' });
  container.mount(DIRECTORY, volume, { readOnly: true });
  container.env.addVariable('REQUESTS_CA_BUNDLE', kplus.EnvValue.fromValue(`${DIRECTORY}/${caFile}`));
}

/** The default key of the CA. In a Secret of type `kubernetes.io/tls` it is the key that cert-manager uses. */
function defaultCaFile(secret: kplus.ISecret): string {
  const { type } = declaredBy(apiObjectOf(secret));
  return type === TLS_TYPE ? 'ca.crt' : 'cacert.pem';
}

/** Checks that the Secret has all needed keys, if it declares any keys. */
function checkCertificates(secret: kplus.ISecret, caFile: string, declared: Declared): string[] {
  const keys = declaredKeys(declared);
  // If a Secret declares no keys, somebody else writes them. But the API server refuses a `kubernetes.io/tls` Secret
  // without keys.
  if (keys.length === 0 && declared.type !== TLS_TYPE) {
    return [];
  }
  return [...checkPair(secret, keys, caFile), ...checkCa(secret, keys, caFile)];
}

function checkPair({ name }: kplus.ISecret, keys: readonly string[], caFile: string): string[] {
  const pair = PAIRS.find((names) => names.some((key) => keys.includes(key)));
  if (pair === undefined) {
    // With only a CA, the manager does not serve HTTPS, but its clients trust the CA.
    return keys.includes(caFile)
      ? []
      : [`tls.secret ${name} has no certificate: add the keys cert.pem and key.pem, or tls.crt and tls.key.`];
  }
  return pair
    .filter((key) => !keys.includes(key))
    .map((key) => `tls.secret ${name} has no key ${key}: add both keys, ${pair.join(' and ')}.`);
}

function checkCa({ name }: kplus.ISecret, keys: readonly string[], caFile: string): string[] {
  return keys.includes(caFile)
    ? []
    : [
        `tls.secret ${name} has no key ${caFile} with the CA that the manager's clients trust: add this key, or name another key ` +
          'in tls.caFile. For a self-signed certificate, name the key of the certificate itself.',
      ];
}
