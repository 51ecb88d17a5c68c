import type { V1Deployment, V1Pod, V1Secret } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { freePort } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { only } from '../../../start/manifests.ts';
import { admin } from '../../support/admin.ts';
import { openBook } from '../book.ts';
import { podOf, type Running, secretVolume } from '../pods.ts';
import { codes, table } from '../tables.ts';
import { contextsOf, createWorld, NAMESPACE, runInit, until, type World } from '../two-clusters.ts';

const TASKS = 'docs/multisite-init/tasks.md';

/** Types a script of the page, below the names that the page tells to set first. */
type TypeWithNames = (script: string) => Promise<string>;

test('the commands and manifests of tasks.md do what it says, in its order', async () => {
  const book = await openBook(TASKS);
  const world = await createWorld();
  const { desk, document, sites } = world;
  await runInit(world);

  const names = book.take('sh', 'namespace=cloudify');
  const namesForSecret = book.take('sh', 'document=secret/');
  const helpers = book.take('sh', 'decode() {');
  const type: TypeWithNames = (script) => desk.type(names + helpers + script);
  const typeForSecret: TypeWithNames = (script) => desk.type(names + namesForSecret + helpers + script);

  // A site that registers itself.
  const centralYaml = book.take('yaml', '# central.yaml\n');
  await desk.write('central.yaml', centralYaml);
  const createIdentity = book.take('sh', 'apply -f central.yaml');
  await type(createIdentity);
  const giveIdentity = book.take('sh', 'auth can-i patch');
  expect(await type(giveIdentity)).toMatch(/^yes$/m);
  const edgeYaml = book.take('yaml', '# edge.yaml\n');
  await desk.write('edge.yaml', edgeYaml);
  await type(
    'kubectl --context edge label namespace multisite pod-security.kubernetes.io/enforce=restricted',
  );
  await type(book.take('sh', 'apply -f edge.yaml'));
  await expectAdmitted(world, edgeYaml);
  const edge = await startEdge(world, edgeYaml);
  await until(async () => expect(await sites()).toEqual(['central', 'edge']));
  expect(await type(book.take('sh', 'get-contexts -o name'))).toBe('central\nedge\n');

  // The kubeconfig in a Secret.
  await desk.write('secret.yaml', book.take('yaml', '# secret.yaml\n'));
  await type(book.take('sh', 'apply -f secret.yaml'));
  expect(await documentInSecret(world)).toBe(await document());

  // A site added and removed by hand.
  const add = book.take('sh', '--location=harbour');
  const planned = await type(add.replace('--verify', '--dry-run'));
  expect(planned).toContain('dry run: nothing was written');
  expect(await sites()).toEqual(['central', 'edge']);
  const before = (await document()) ?? '';
  expect(await type(add.replace(/^.* create (namespace|serviceaccount) .*\n/gm, ''))).toContain(
    'verified: it authenticates as system:serviceaccount:multisite-harbour:site',
  );
  expect(await sites()).toEqual(['central', 'edge', 'harbour']);
  const after = (await document())?.split('\n') ?? [];
  expect(after).toEqual(expect.arrayContaining(before.split('\n')));
  const remove = book.take('sh', 'delete-context harbour');
  await type(remove);
  expect(await sites()).toEqual(['central', 'edge']);
  await type(book.take('sh', 'delete serviceaccount site'));

  // Erased, and brought back.
  const backUp = book.take('sh', '> sites.backup');
  await type(backUp);
  const kept = (await document()) ?? '';
  await type('kubectl replace -f dist/ --save-config');
  expect(await sites()).not.toContain('central');
  await until(async () => expect(await sites()).toEqual(['edge']));
  expect(await edge.stop()).toBe(0);
  const putBack = book.take('sh', 'patch_from sites.backup');
  await type(putBack);
  expect(await document()).toBe(kept);
  await type('kubectl apply -f dist/');
  expect(await document()).toBe(kept);
  await type('test -s sites.backup');

  // What would disturb the rest: another identity for edge, and the same once more with the Secret.
  const deleteIdentity = book.take('sh', 'delete secret edge-registrar-token');
  await type(deleteIdentity);
  await type(createIdentity);
  expect(await type(giveIdentity)).toMatch(/^yes$/m);

  const removeEdge = remove.replaceAll('harbour', 'edge');
  await expectSameForSecret(world, typeForSecret, { backUp, removeEdge, putBack }, async (moreArgs) => {
    await typeForSecret(deleteIdentity);
    await desk.write('central.yaml', await changedForSecret(centralYaml, 'central.yaml'));
    await typeForSecret(createIdentity);
    expect(await typeForSecret(giveIdentity)).toMatch(/^yes$/m);
    return startEdge(world, edgeYaml, moreArgs);
  });

  await type(book.take('sh', 'delete -f edge.yaml'));
  for (const name of ['edge', 'central']) {
    const left = `kubectl --context ${name} get -f ${name}.yaml --ignore-not-found -o name`;
    expect(await desk.type(left)).toBe('');
  }
  expect(book.rest('sh', 'yaml')).toEqual([]);
}, 300_000);

/** What the page has for the ConfigMap works for the Secret, with its other names and the changes of its table. */
async function expectSameForSecret(
  world: World,
  type: TypeWithNames,
  scripts: Readonly<Record<'backUp' | 'removeEdge' | 'putBack', string>>,
  register: (moreArgs: readonly string[]) => Promise<Running>,
): Promise<void> {
  const before = await documentInSecret(world);
  expect(contextsOf(before)).toEqual(['central', 'edge']);
  await type(scripts.backUp);
  await type(scripts.removeEdge);
  expect(contextsOf(await documentInSecret(world))).toEqual(['central']);
  const [[kept = '', ...added] = []] = await changesForSecret('edge.yaml');
  const running = await register(added.filter((item) => item !== kept).map((item) => item.replace('- ', '')));
  await until(async () => expect(contextsOf(await documentInSecret(world))).toEqual(['central', 'edge']));
  expect(await running.stop()).toBe(0);
  await type(scripts.putBack);
  expect(await documentInSecret(world)).toBe(before);
}

/** The rows about a manifest: what it has for the ConfigMap, and what it needs for the Secret. */
async function changesForSecret(file: string): Promise<string[][]> {
  const rows = await table(TASKS, 'file');
  const changes = rows
    .filter((row) => codes(row.file)[0] === file)
    .map((row) => [...codes(row['for the ConfigMap']), ...codes(row['for the Secret'])]);
  const manifest = (await openBook(TASKS)).take('yaml', `# ${file}\n`);
  for (const [written = ''] of changes) {
    expect(manifest).toContain(written);
  }
  expect(changes.length).toBeGreaterThan(0);
  return changes;
}

async function changedForSecret(manifest: string, file: string): Promise<string> {
  const changes = await changesForSecret(file);
  return changes.reduce((text, [from = '', to = '']) => text.replaceAll(from, to), manifest);
}

async function documentInSecret({ desk }: World): Promise<string> {
  const json = await desk.type(`kubectl -n ${NAMESPACE} get secret multisite-kubeconfig-secret -o json`);
  const { data }: V1Secret = JSON.parse(json);
  return Buffer.from(data?.kubeconfig ?? '', 'base64').toString();
}

/** The pod of a Deployment is admitted where Pod Security `restricted` is enforced. */
async function expectAdmitted({ desk }: World, manifests: string): Promise<void> {
  const { metadata, spec } = deploymentIn(manifests);
  const pod: V1Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'admitted-', ...(metadata?.namespace && { namespace: metadata.namespace }) },
    ...(spec?.template.spec && { spec: spec.template.spec }),
  };
  await desk.write('pod.json', JSON.stringify(pod));
  await desk.type('kubectl --context edge create --dry-run=server --validate=strict -f pod.json');
}

function deploymentIn(manifests: string): V1Deployment {
  return only(
    parseAllDocuments(manifests).map((one) => one.toJS()),
    'Deployment',
  );
}

/** Runs the container of edge.yaml, with the Secret that the commands made; its address is the front's. */
async function startEdge({ desk, edge }: World, manifests: string, moreArgs: readonly string[] = []) {
  const container = deploymentIn(manifests).spec?.template.spec?.containers[0];
  if (!container) {
    throw new Error('edge.yaml has no container');
  }
  const secret: V1Secret = JSON.parse(
    await desk.type('kubectl --context edge -n multisite get secret central -o json'),
  );
  const pod = await podOf(inject('controlPlane'), admin(), 'multisite', 'multisite-init');
  const port = await freePort();
  const running = pod.start(
    { ...container, args: [...(container.args ?? []), ...moreArgs, `--port=${port}`] },
    { 'https://edge.example:6443': edge.server, '/etc/central': await secretVolume(secret.data ?? {}) },
  );
  await running.said(/^wrote context "edge"/);
  return running;
}
