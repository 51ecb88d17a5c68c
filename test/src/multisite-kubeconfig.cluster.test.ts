import { beforeAll, expect, test } from 'vitest';
import { MultisiteKubeconfig } from '../../src/index.ts';
import { APPLY, createNamespace, kubectl } from './kubectl.ts';
import { newChart, yaml } from './manifests.ts';

const NAMESPACE = 'kubeconfig-objects';
const VIEWER = ['-n', NAMESPACE, '--as', 'viewer'];

/** Both objects in which a kubeconfig may be. */
function objects(): string {
  const chart = newChart(NAMESPACE);
  new MultisiteKubeconfig(chart, 'ConfigMap');
  MultisiteKubeconfig.secret(chart, 'Secret');
  return yaml(chart);
}

beforeAll(async () => {
  await createNamespace(NAMESPACE);
  await kubectl(APPLY, objects());
});

test.each([
  ['the client side', APPLY],
  ['the server side', [...APPLY, '--server-side', '--field-manager=gitops', '--force-conflicts']],
])('a Secret keeps its sites through another apply on %s', async (_, apply) => {
  await kubectl(apply, objects());
  const secret = ['secret', MultisiteKubeconfig.DEFAULT_SECRET_NAME, '-n', NAMESPACE];
  const data = { kubeconfig: Buffer.from('apiVersion: v1').toString('base64') };
  await kubectl(['patch', ...secret, '--type=merge', '-p', JSON.stringify({ data })]);
  await kubectl(apply, objects());
  expect(JSON.parse(await kubectl(['get', ...secret, '-o', 'json']))).toMatchObject({ type: 'Opaque', data });
});

test('who has the role `view` reads the ConfigMap, but not the Secret', async () => {
  // The rules of `view`, which a controller that does not run here puts together.
  const rules = '--clusterrole=system:aggregate-to-view';
  await kubectl(['create', 'rolebinding', 'view', '-n', NAMESPACE, rules, '--user=viewer']);
  const read = (kind: string, name: string) => kubectl(['get', kind, name, ...VIEWER]);
  expect(await read('configmap', MultisiteKubeconfig.DEFAULT_NAME)).toContain(
    MultisiteKubeconfig.DEFAULT_NAME,
  );
  await expect(read('secret', MultisiteKubeconfig.DEFAULT_SECRET_NAME)).rejects.toThrow(/forbidden/i);
});
