import { beforeAll, expect, test } from 'vitest';
import { helmBinary } from '../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../devcluster/control-plane/control-plane.ts';
import { openBook } from './book.ts';
import { sitDownWithHelm } from './helm-desk.ts';

beforeAll(() => helmBinary('v4'), COLD_START_TIMEOUT_MS);

const WRITE_KUBECONFIG =
  `kubectl -n cloudify patch configmap multisite-kubeconfig-configmap --type=merge ` +
  `-p '{"data":{"kubeconfig":"of all sites"}}'`;
const READ_KUBECONFIG = `kubectl -n cloudify get -o jsonpath='{.data.kubeconfig}'`;

test('what docs/helm.md says works as it is typed', async () => {
  const desk = await sitDownWithHelm();
  const book = await openBook('docs/helm.md');

  expect(await desk.type(book.take('sh', 'npm run helm'))).toContain(
    'packages/helm/cloudify-manager: chart cloudify-manager',
  );
  expect(await desk.type(book.take('sh', 'helm install'))).toContain('STATUS: deployed');
  const deployment = await desk.type('kubectl -n cloudify get deployment dcae-cloudify-manager -o yaml');
  expect(deployment).toContain('image: registry.example/cloudify-manager:');
  expect(deployment).toContain('image: registry.example/multisite:');
  expect(await desk.type(book.take('sh', 'helm status'))).toContain(
    'port-forward service/dcae-cloudify-manager',
  );
  await desk.type(WRITE_KUBECONFIG);
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } };
  await desk.type(`kubectl create -f - <<< '${JSON.stringify(node)}'`);
  const label = (await openBook('docs/cloudify-manager.md')).take('sh', 'kubectl label node');
  await desk.type(label.replace('NODE', node.metadata.name));
  expect(await desk.type('kubectl get nodes --selector=cgroups=v1 -o name')).toBe('node/worker-1\n');
  expect(await desk.type(book.take('sh', '--set nodeSelector'))).toContain('STATUS: deployed');
  const selected =
    'kubectl -n cloudify get deployment -o jsonpath={.items[*].spec.template.spec.nodeSelector}';
  expect(await desk.type(selected)).toBe('{"cgroups":"v1"}');
  const roles = await desk.type('kubectl -n cloudify get roles -o name');
  await desk.type('kubectl -n cloudify delete roles --all');
  await desk.type(book.take('sh', '--reset-then-reuse-values\n'));
  expect(await desk.type('kubectl -n cloudify get roles -o name')).toBe(roles);
  expect(await desk.type(book.take('sh', '--set components.namespace'))).toContain(
    'The manager may deploy to namespace apps.',
  );
  expect(await desk.type(book.take('sh', 'helm rollback'))).toContain('Rollback was a success');
  await desk.type(book.take('sh', '--set kubeconfig.kind=Secret'));
  expect(await desk.type(`${READ_KUBECONFIG} secret multisite-kubeconfig-secret | base64 -d`)).toBe(
    'of all sites',
  );
  expect(await desk.type(`${READ_KUBECONFIG} configmap multisite-kubeconfig-configmap`)).toBe('of all sites');
  expect(await desk.type(book.take('sh', '--set persistence.type=claim'))).toContain('STATUS: deployed');
  const onClaim = await desk.type('kubectl -n cloudify get deployment dcae-cloudify-manager -o yaml');
  expect(onClaim).toContain('claimName: dcae-cloudify-manager-data');
  expect(onClaim).toContain('subPath: cfy-persist');
  expect(await desk.type(book.take('sh', 'helm uninstall'))).toContain('release "cloudify" uninstalled');
  const kept = [
    'namespace apps',
    '-n cloudify persistentvolumeclaim dcae-cloudify-manager-data',
    '-n cloudify configmap multisite-kubeconfig-configmap',
  ];
  for (const object of kept) {
    expect(await desk.type(`kubectl get ${object} -o yaml`)).not.toContain('deletionTimestamp');
  }
  expect(await desk.type('helm show values packages/helm/cloudify-manager')).toContain('location: central');
  expect(book.rest('sh')).toEqual([]);
});
