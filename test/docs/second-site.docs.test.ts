import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Deployment, V1Secret } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { readManifests } from '../../start/manifests.ts';
import { readWrittenKubeconfig, whoAmI } from '../../start/written-kubeconfig.ts';
import { admin } from '../support/admin.ts';
import { openBook } from './book.ts';
import { programOf } from './guide.ts';
import { podOf, secretVolume } from './pods.ts';
import { type Snippet, snippets } from './snippets.ts';
import { synthesizeProgram } from './synthesize-program.ts';
import { createWorld } from './two-clusters.ts';

const GUIDE = 'docs/constructs.md';

/** The program of the guide with its second site, whose namespace is of this test. */
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

test('the second site of docs/constructs.md registers itself in the first, by the commands of the guide', async () => {
  const guide = await openBook(GUIDE);
  const tasks = await openBook('docs/multisite-init/tasks.md');
  const { centralAdmin, desk, edge } = await createWorld();
  // Other tests use the guide's namespace in the same cluster.
  const namespace = `second-site-${randomBytes(4).toString('hex')}`;
  const output = await synthesizeProgram(await programWith(namespace));
  await cp(output, join(desk.folder, 'dist'), { recursive: true });
  await desk.type('kubectl create namespace reports');

  await desk.type(guide.take('sh', '--context central apply'));
  const names = tasks.take('sh', 'namespace=cloudify').replace('=cloudify', '=reports');
  const giveIdentity = tasks.take('sh', 'auth can-i patch').replaceAll(' multisite', ` ${namespace}`);
  expect(await desk.type(names + giveIdentity)).toMatch(/^yes$/m);
  await desk.type(guide.take('sh', '--context edge apply'));

  const manifests = await readManifests(output);
  const deployment = manifests.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata?.name === 'registrar',
  ) as V1Deployment;
  const secret: V1Secret = JSON.parse(
    await desk.type(`kubectl --context edge -n ${namespace} get secret central -o json`),
  );
  const target = await secretVolume(secret.data ?? {});
  const pod = await podOf(inject('controlPlane'), admin(), namespace, podAccount(deployment));
  const running = pod.start(initContainer(deployment), {
    '/var/run/multisite/target': target,
    '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt': join(target, 'edge-ca.crt'),
    'https://edge.example:6443': edge.server,
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
