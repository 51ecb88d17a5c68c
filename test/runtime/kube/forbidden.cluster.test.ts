import { AdmissionregistrationV1Api } from '@kubernetes/client-node';
import { beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../runtime/async/clock.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { bearerConnection } from '../../../runtime/kube/connection.ts';
import { patchKey } from '../../../runtime/kube/data-objects.ts';
import { ApiError } from '../../../runtime/kube/errors.ts';
import { explainForbidden, type Forbidden } from '../../../runtime/kube/forbidden.ts';
import { createTransport, type Transport } from '../../../runtime/kube/transport.ts';
import { CONFIG_MAP, createSite, type Site } from '../../support/site.ts';
import { unaborted } from '../../support/unaborted.ts';

let site: Site;
let transport: Transport;

beforeEach(async () => {
  site = await createSite();
  const { host, port, ca } = inject('controlPlane');
  transport = createTransport(
    () => bearerConnection(apiServerAt(host, port, ca), site.token),
    'test',
    systemClock,
  );
  return () => transport.close();
});

/** What is known of the 403 that a write of an object is answered with; undefined where it is allowed. */
async function writeForbidden(name: string): Promise<Forbidden | undefined> {
  const ref = { kind: 'ConfigMap', namespace: site.namespace, name } as const;
  try {
    await patchKey(transport, ref, 'k', 'v', '', unaborted);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 403 || !error.request.action) {
      return undefined;
    }
    return explainForbidden(transport, error.request.action, systemClock, unaborted);
  }
}

test('a missing right is told from what else forbids', async () => {
  expect(await writeForbidden('other')).toEqual({
    action: {
      verb: 'patch',
      group: '',
      resource: 'configmaps',
      namespace: site.namespace,
      name: 'other',
    },
    identity: `system:serviceaccount:${site.namespace}:${site.serviceAccount}`,
    hasRight: false,
  });
});

test('an admission policy that forbids is no missing right', async () => {
  await forbidByPolicy();
  let forbidden: Forbidden | undefined;
  // The API server learns of a policy a moment later.
  while (forbidden === undefined) {
    forbidden = await writeForbidden(CONFIG_MAP);
  }
  expect(forbidden).toMatchObject({ action: { verb: 'patch', name: CONFIG_MAP }, hasRight: true });
});

/** Lets nobody write ConfigMaps of the site's namespace, whatever the rights. */
async function forbidByPolicy(): Promise<void> {
  const api = site.kubeConfig.makeApiClient(AdmissionregistrationV1Api);
  const metadata = { name: site.namespace };
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': site.namespace } };
  await api.createValidatingAdmissionPolicy({
    body: {
      metadata,
      spec: {
        matchConstraints: {
          namespaceSelector,
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['UPDATE'] },
          ],
        },
        validations: [{ expression: 'false', message: 'not today', reason: 'Forbidden' }],
      },
    },
  });
  await api.createValidatingAdmissionPolicyBinding({
    body: { metadata, spec: { policyName: metadata.name, validationActions: ['Deny'] } },
  });
  onTestFinished(async () => {
    await api.deleteValidatingAdmissionPolicyBinding({ name: metadata.name });
    await api.deleteValidatingAdmissionPolicy({ name: metadata.name });
  });
}
