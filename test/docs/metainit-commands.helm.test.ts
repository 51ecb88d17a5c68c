import { beforeAll, expect, test, vi } from 'vitest';
import { helmBinary } from '../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../devcluster/control-plane/control-plane.ts';
import { openBook } from './book.ts';
import { sitDownWithHelm } from './helm-desk.ts';

beforeAll(() => helmBinary('v4'), COLD_START_TIMEOUT_MS);

test('what docs/metainit.md says about Helm works as it is typed', async () => {
  const desk = await sitDownWithHelm({ controllers: true });
  const book = await openBook('docs/metainit.md');

  expect(await desk.type(book.take('sh', 'helm install'))).toContain('STATUS: deployed');
  const checked = await desk.type(book.take('sh', 'helm status'));
  expect(checked).toMatch(/^yes\n/);
  expect(checked).toContain('\n  kubectl -n metainit rollout status deployment/metainit\n');
  const label = /^ {2}kubectl -n NAMESPACE (patch deployment NAME .*)$/m.exec(checked)?.[1] ?? '';
  await desk.type('kubectl create namespace apps && kubectl -n apps create deployment web --image=web');
  await desk.type(`kubectl -n apps ${label.replace('NAME', 'web')}`);
  const labels = "kubectl -n apps get deployment web -o jsonpath='{.spec.template.metadata.labels}'";
  expect(JSON.parse(await desk.type(labels))).toEqual({ app: 'web', 'k8s.opsani.io/initializer': '' });

  await desk.write('hold.yaml', book.take('yaml', 'gate: example.com/hold'));
  expect(await desk.type(book.take('sh', '--values hold.yaml'))).toContain('namespace/apps labeled');
  const probe = book.take('sh', 'run probe');
  await vi.waitFor(async () => expect(await desk.type(probe)).toBe('[{"name":"example.com/hold"}]'), {
    timeout: 30_000,
    interval: 200,
  });
  const image =
    'kubectl -n metainit get deployment -o jsonpath={.items[*].spec.template.spec.containers[*].image}';
  expect(await desk.type(image)).toMatch(/^registry\.example\/multisite:/);
  await expect(
    desk.type(`kubectl -n apps ${label.replace('NAME', 'web').replaceAll('""', '"x"')}`),
  ).rejects.toThrow('may not set the label');

  expect(await desk.type(book.take('sh', 'helm uninstall'))).toContain('release "metainit" uninstalled');
  await vi.waitFor(async () => expect(await desk.type(probe)).toBe(''), { timeout: 30_000, interval: 200 });
});
