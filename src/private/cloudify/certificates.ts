import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyTls } from '../../cloudify-tls';
import { apiObjectOf } from '../api-objects';
import { type Declared, declaredBy, declaredKeys, declaredObject } from '../declared-object';
import { report, reportAtSynthesis } from '../validation/report';
import { checkDataKey, checkObjectName } from '../validation/values';

const DIRECTORY = '/opt/onap/certs';

const TLS_TYPE = 'kubernetes.io/tls';

/** The keys of certificate and private key that the image knows, in the order in which it looks for them. */
const PAIRS = [
  ['cert.pem', 'key.pem'],
  ['tls.crt', 'tls.key'],
] as const;

/** Mounts the certificates, and has Python's clients trust the CA among them. */
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

/** The key that cert-manager gives the CA, in a Secret of Kubernetes' own type. */
function defaultCaFile(secret: kplus.ISecret): string {
  const { type } = declaredBy(apiObjectOf(secret));
  return type === TLS_TYPE ? 'ca.crt' : 'cacert.pem';
}

/** Whether the Secret has all files that are looked for, as far as it declares any. */
function checkCertificates(secret: kplus.ISecret, caFile: string, declared: Declared): string[] {
  const keys = declaredKeys(declared);
  // Of one that declares nothing somebody else writes the keys. The API server would not take one of this type.
  if (keys.length === 0 && declared.type !== TLS_TYPE) {
    return [];
  }
  return [...checkPair(secret, keys, caFile), ...checkCa(secret, keys, caFile)];
}

function checkPair({ name }: kplus.ISecret, keys: readonly string[], caFile: string): string[] {
  const pair = PAIRS.find((names) => names.some((key) => keys.includes(key)));
  if (pair === undefined) {
    // With a CA alone the manager serves no HTTPS, but its clients trust that.
    return keys.includes(caFile)
      ? []
      : [
          `tls.secret ${name} has no certificate: give it the keys cert.pem and key.pem, or tls.crt and tls.key.`,
        ];
  }
  return pair
    .filter((key) => !keys.includes(key))
    .map((key) => `tls.secret ${name} has no key ${key}: give it both, ${pair.join(' and ')}.`);
}

function checkCa({ name }: kplus.ISecret, keys: readonly string[], caFile: string): string[] {
  return keys.includes(caFile)
    ? []
    : [
        `tls.secret ${name} has no key ${caFile}, with the CA that the manager's clients are to trust: add it, or name another ` +
          'key by tls.caFile; a certificate that signed itself is its own CA.',
      ];
}
