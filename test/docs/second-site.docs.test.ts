import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, type V1Deployment } from '@kubernetes/client-node';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { runKubectl } from '../../devcluster/control-plane/kubectl.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { readManifests } from '../../start/manifests.ts';
import { readWrittenKubeconfig, whoAmI } from '../../start/written-kubeconfig.ts';
import { createNamespace, kubectl } from '../src/kubectl.ts';
import { admin } from '../support/admin.ts';
import { kubeconfigOf } from '../support/kubeconfig-of.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { outerAddress, startFront } from '../support/tls-front.ts';
import { programOf } from './guide.ts';
import { podOf } from './pods.ts';
import { type Snippet, snippets } from './snippets.ts';
import { synthesizeProgram } from './synthesize-program.ts';

const GUIDE = 'docs/constructs.md';

/** The program of the guide with its second site, in namespaces of this test. */
async function programWith(namespace: string): Promise<string> {
  const all = await snippets('ts');
  const part = (text: string) => {
    const found = all.find((snippet) => snippet.file === GUIDE && snippet.text.includes(text));
    return found?.text ?? expect.unreachable(`${GUIDE} has no "${text}"`);
  };
  const snippet: Snippet = {
    file: GUIDE,
    language: 'ts',
    text: `${part('edge-registrar-token')}\n${part('target: {')}`,
  };
  return programOf(snippet, all).replace("'multisite' }", `'${namespace}' }`);
}

test('the second site of docs/constructs.md registers itself in the first', async () => {
  const central = await startControlPlane({ controllers: true }); // they fill the Secret with the token
  onTestFinished(() => central.stop());
  const centralAdmin = new KubeConfig();
  centralAdmin.loadFromFile(central.kubeconfig);
  const core = centralAdmin.makeApiClient(CoreV1Api);
  const namespace = `second-site-${randomBytes(4).toString('hex')}`;
  const output = await synthesizeProgram(await programWith(namespace));

  await core.createNamespace({ body: { metadata: { name: 'reports' } } });
  const apply = ['apply', '--validate=strict', '-f', join(output, 'reports.k8s.yaml')];
  expect(await runKubectl(central.kubeconfig, apply)).toMatchObject({ exitCode: 0 });
  await createNamespace(namespace);
  await kubectl(['apply', '--validate=strict', '-f', join(output, 'edge.k8s.yaml')]);

  const target = join(await temporaryFolder(), 'target');
  const token = await vi.waitFor(
    async () => {
      const secret = { namespace: 'reports', name: 'edge-registrar-token' };
      const { data } = await core.readNamespacedSecret(secret);
      return Buffer.from(data?.token ?? expect.unreachable('no token yet'), 'base64').toString();
    },
    { timeout: 30_000, interval: 100 },
  );
  await writeFile(target, kubeconfigOf(central, token));
  const front = await startFront(outerAddress());
  const manifests = await readManifests(output);
  const deployment = manifests.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata?.name === 'registrar',
  ) as V1Deployment;
  const pod = await podOf(inject('controlPlane'), admin(), namespace, podAccount(deployment));
  const running = pod.start(initContainer(deployment), {
    '/var/run/multisite/target/kubeconfig': target,
    '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt': front.caFile,
    'https://edge.example:6443': front.url,
  });
  await running.said(/^wrote context "edge"/);
  expect(await running.ended).toBe(0);
  const written = await readWrittenKubeconfig(
    centralAdmin,
    'reports',
    'multisite-kubeconfig-configmap',
    'kubeconfig',
  );
  expect(await whoAmI(written)).toBe(`system:serviceaccount:${namespace}:edge-site`);
});
