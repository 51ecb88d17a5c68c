import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { certificateKubeconfig, issueClient } from '../../../support/client-certificate.ts';
import { createField, type Field, RULES, untilGates } from '../../../support/held-pods.ts';
import { startMetainit } from '../../../support/metainit.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';

const EXPIRY = 'client_certificate_expiration_timestamp_seconds';

/** The user of a static pod, whose kubeconfig holds a client certificate. */
interface CertificateUser {
  readonly kubeconfig: string;
  /** Replaces the certificate; returns when it expires, in seconds since 1970. */
  renew(lifeSeconds: number): Promise<number>;
}

async function certificateUser({ kubeConfig, directory }: Field): Promise<CertificateUser> {
  const user = `metainit-${randomBytes(4).toString('hex')}`;
  await allow(kubeConfig, user);
  const kubeconfig = join(directory, 'kubeconfig');
  const controlPlane = inject('controlPlane');
  return {
    kubeconfig,
    renew: async (lifeSeconds) => {
      const expiry = Math.floor(Date.now() / 1000) + lifeSeconds;
      const pair = await issueClient(controlPlane, user, new Date(expiry * 1000));
      await writeFile(`${kubeconfig}.new`, certificateKubeconfig(controlPlane, pair));
      await rename(`${kubeconfig}.new`, kubeconfig);
      return expiry;
    },
  };
}

async function allow(kubeConfig: KubeConfig, name: string): Promise<void> {
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const apiGroup = 'rbac.authorization.k8s.io';
  await rbac.createClusterRole({ body: { metadata: { name }, rules: [...RULES] } });
  const body = {
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    subjects: [{ apiGroup, kind: 'User', name }],
  };
  await rbac.createClusterRoleBinding({ body });
}

describe.each(ENGINE_NAMES)('metainit on %s', (engine) => {
  test('takes a new client certificate in place of one that expires, and tells its expiry', async () => {
    const field = await createField();
    const user = await certificateUser(field);
    const first = await user.renew(15);
    const metainit = await startMetainit(engine, [field.label, `--kubeconfig=${user.kubeconfig}`], {});
    await metainit.ready();
    await metainit.reaches(EXPIRY, first);
    await field.createPod('before');
    await untilGates(field, 'before');

    // Nobody renews the certificate: the API server refuses it once it has expired.
    for (let count = 0; (await metainit.get('/readyz')).status === 200; count += 1) {
      await field.createPod(`meanwhile-${count}`);
    }
    expect((await metainit.get('/readyz')).text).toContain('401');
    expect(Date.now() / 1000).toBeGreaterThan(first);

    const second = await user.renew(3600);
    await metainit.ready();
    await metainit.reaches(EXPIRY, second);
    await field.createPod('after');
    await untilGates(field, 'after');
  });

  test('goes from one client certificate to the next without a failed request', async () => {
    const field = await createField();
    const user = await certificateUser(field);
    const first = await user.renew(12);
    const metainit = await startMetainit(engine, [field.label, `--kubeconfig=${user.kubeconfig}`], {});
    await metainit.ready();
    const second = await user.renew(3600);
    for (let count = 0; Date.now() / 1000 < first + 2; count += 1) {
      await field.createPod(`pod-${count}`);
      await untilGates(field, `pod-${count}`);
    }
    await metainit.reaches(EXPIRY, second);
    expect(await metainit.metric('errors_total{task="release"}')).toBe(0);
    expect(await metainit.metric('errors_total{task="watch"}')).toBe(0);
  });

  test('tells no expiry without a client certificate', async () => {
    const field = await createField();
    const metainit = await startMetainit(engine, [field.label], field.env);
    await metainit.ready();
    expect(await metainit.metric('queue_depth')).toBe(0);
    expect(await metainit.metric(EXPIRY)).toBeUndefined();
  });
});
