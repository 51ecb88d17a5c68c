import { randomBytes } from 'node:crypto';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { beforeEach, expect, inject, test, vi } from 'vitest';
import { whoAmI } from '../../../start/written-kubeconfig.ts';

/** How long a controller may take. */
const PATIENCE = { timeout: 10_000, interval: 50 };

const controlPlane = inject('controlPlane');
const kubeConfig = new KubeConfig();
kubeConfig.loadFromFile(controlPlane.kubeconfig);
const core = kubeConfig.makeApiClient(CoreV1Api);

let namespace: string;

beforeEach(async () => {
  namespace = `controllers-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});

test('a Secret for a ServiceAccount gets a token that the API server knows, and its authority', async () => {
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'reader' } } });
  const metadata = { name: 'reader-token', annotations: { 'kubernetes.io/service-account.name': 'reader' } };
  const body = { metadata, type: 'kubernetes.io/service-account-token' };
  await core.createNamespacedSecret({ namespace, body });

  const { token, ca } = await vi.waitFor(() => tokenOf('reader-token'), PATIENCE);

  expect(ca).toBe(controlPlane.ca);
  expect(await userOf(token)).toBe(`system:serviceaccount:${namespace}:reader`);
});

test('a new namespace gets its default ServiceAccount and kube-root-ca.crt', async () => {
  const configMap = { namespace, name: 'kube-root-ca.crt' };
  const { data } = await vi.waitFor(() => core.readNamespacedConfigMap(configMap), PATIENCE);
  await vi.waitFor(() => core.readNamespacedServiceAccount({ namespace, name: 'default' }), PATIENCE);

  expect(data).toEqual({ 'ca.crt': controlPlane.ca });
});

async function tokenOf(name: string): Promise<{ token: string; ca: string }> {
  const { data } = await core.readNamespacedSecret({ namespace, name });
  const { token, 'ca.crt': ca } = data ?? {};
  if (token === undefined || ca === undefined) {
    throw new Error(`Secret ${name} is not filled`);
  }
  return { token: decode(token), ca: decode(ca) };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

async function userOf(token: string): Promise<string> {
  const asToken = new KubeConfig();
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) {
    throw new Error('the kubeconfig has no current cluster');
  }
  asToken.loadFromClusterAndUser(cluster, { name: 'token', token });
  return whoAmI(asToken);
}
