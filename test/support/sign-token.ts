import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { inject } from 'vitest';
import type { Site } from './site.ts';

/** A token of a ServiceAccount that is good, and of any age: the API server grants none with less than ten minutes left. */
export async function signToken(
  { kubeConfig, namespace }: Site,
  name: string,
  issued: Date,
  expires: Date,
): Promise<string> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const { metadata } = await core.readNamespacedServiceAccount({ namespace, name });
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: Math.floor(issued.getTime() / 1000),
    exp: Math.floor(expires.getTime() / 1000),
    'kubernetes.io': { namespace, serviceaccount: { name, uid: metadata?.uid } },
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'ES256' })}.${encode(claims)}`;
  const key = await readFile(join(inject('controlPlane').folder, 'service-account.key'), 'utf8');
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
