import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { initContainer, podAccount } from '../../start/init-program.ts';
import { only, readManifests } from '../../start/manifests.ts';
import { LIKE_OLD_NODE } from '../examples/example.ts';
import { kubectl } from '../src/kubectl.ts';
import { admin } from '../support/admin.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openBook } from './book.ts';
import { podOf } from './pods.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Those of ours: the init container, and the refresher. */
function ourContainers({ spec }: V1Deployment) {
  const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
  return [...initContainers, ...containers].filter(({ name }) => name.startsWith('multisite-init'));
}

/** As many seconds as a slow registry takes. */
const PATIENCE = 300_000;

/** An empty folder outside of the checkout, but for the package that `npm pack` made there. */
async function newFolder(): Promise<string> {
  const folder = await temporaryFolder();
  // Without its scripts: they would compile lib/ anew while other tests read it.
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  await promisify(execFile)('npm', pack, { cwd: ROOT });
  return folder;
}

async function createTyper(folder: string): Promise<(script: string) => Promise<void>> {
  const bin = join(await temporaryFolder(), 'bin');
  await mkdir(bin);
  await symlink(await kubernetesBinary('kubectl'), join(bin, 'kubectl'));
  const { kubeconfig: KUBECONFIG } = inject('controlPlane');
  // The checkout's Node.js and npm, but no other command of it.
  await symlink(process.execPath, join(bin, 'node'));
  const PATH = `${bin}:${process.env.PATH?.replaceAll(join(ROOT, 'node_modules/.bin'), '')}`;
  // Nothing that an npm which runs these tests says to its children.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const env = { ...Object.fromEntries(inherited), PATH, KUBECONFIG, NODE_OPTIONS: LIKE_OLD_NODE };
  return async (script) => {
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env });
  };
}

test('who follows docs/constructs.md in an empty folder succeeds', { timeout: PATIENCE }, async () => {
  const guide = await openBook('docs/constructs.md');
  const folder = await newFolder();
  const type = await createTyper(folder);

  await type(guide.take('sh', 'npm install'));
  await writeFile(join(folder, 'cdk8s.yaml'), guide.take('yaml', '# cdk8s.yaml'));
  await writeFile(join(folder, 'tsconfig.json'), guide.take('json', 'compilerOptions'));
  const main = guide.take('ts', "kplus.Volume.fromConfigMap(chart, 'Volume', kubeconfig");
  await writeFile(join(folder, 'main.ts'), main.replace('location:', 'locatoin:'));
  await expect(type('npm run synth')).rejects.toMatchObject({ stdout: expect.stringContaining('locatoin') });
  await writeFile(join(folder, 'main.ts'), main);
  await type(guide.take('sh', 'kubectl apply -f'));

  const deployment = only(await readManifests(join(folder, 'dist')), 'Deployment') as V1Deployment;
  const pod = await podOf(inject('controlPlane'), admin(), 'reports', podAccount(deployment));
  const running = pod.start(initContainer(deployment));
  await running.said(/^wrote context "berlin"/);
  expect(await running.ended).toBe(0);

  // What the section on the rendered objects says.
  const names = await kubectl([
    '-n',
    'reports',
    'get',
    '-o',
    'name',
    'configmap,serviceaccount,role,rolebinding',
  ]);
  expect(names.trim().split('\n')).toEqual(
    expect.arrayContaining([
      'configmap/multisite-kubeconfig-configmap',
      'serviceaccount/reports-multisite',
      'serviceaccount/reports-site',
      'role.rbac.authorization.k8s.io/reports-multisite-init',
      'rolebinding.rbac.authorization.k8s.io/reports-multisite-init',
    ]),
  );

  // The same objects under other names, by the kustomize of kubectl.
  await writeFile(join(folder, 'kustomization.yaml'), guide.take('yaml', 'namePrefix'));
  await type(guide.take('sh', 'kubectl apply -k'));
  const get = ['-n', 'reports', 'get', 'deployment', 'edge-reports', '-o', 'json'];
  const prefixed: V1Deployment = JSON.parse(await kubectl(get));
  const edge = await podOf(inject('controlPlane'), admin(), 'reports', podAccount(prefixed));
  for (const { name, args = [] } of ourContainers(prefixed)) {
    const run = edge.start({
      name,
      args: args.filter((arg) => arg !== '--watch' && !arg.startsWith('--port=')),
    });
    await run.said(/context "berlin"/);
    expect(await run.ended).toBe(0);
  }
  const key = [
    '-n',
    'reports',
    'get',
    'configmap',
    'edge-multisite-kubeconfig-configmap',
    '-o',
    'jsonpath={.data}',
  ];
  expect(await kubectl(key)).toContain('name: berlin');
  // second-site.docs.test.ts types what is for two clusters.
  expect(guide.rest('sh').filter((script) => !script.includes('--context'))).toEqual([]);
});
