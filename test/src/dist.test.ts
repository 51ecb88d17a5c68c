import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const VERSION = packageJson.version;
const INIT_BY_DIGEST = `init@sha256:${'0a'.repeat(32)}`;

/** Runs `cdk8s synth` into a folder of its own: it empties the one it writes to. */
async function synth(output: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  await run(output, env);
  return filesIn(output);
}

/** What `cdk8s synth` says. */
async function run(output: string, env: NodeJS.ProcessEnv): Promise<{ readonly stderr: string }> {
  const cdk8s = join(ROOT, 'node_modules/.bin/cdk8s');
  const args = ['synth', '--no-check-upgrade', '--output', output];
  return promisify(execFile)(process.execPath, [cdk8s, ...args], { cwd: ROOT, env });
}

function imagesIn(files: Readonly<Record<string, string>>): Set<string> {
  const lines = Object.values(files)
    .join('\n')
    .matchAll(/^ +(?:- )?image: (\S+)$/gm);
  return new Set([...lines].map(([, image = '']) => image));
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  // Without the folders of other apps, as `kubectl apply -f` does.
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? '']));
}

describe('dist/', { timeout: 30_000 }, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dist-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is what `npm run synth` makes of src/main.ts', async () => {
    const { NAMESPACE: _, MANAGER_IMAGE: _manager, INIT_IMAGE: _init, ...env } = process.env;
    expect(await filesIn(join(ROOT, 'dist'))).toEqual(await synth(join(folder, 'plain'), env));
  });

  test('begins with the Namespace, so that one apply of the folder does', async () => {
    const [first] = Object.values(await filesIn(join(ROOT, 'dist')));
    expect(first).toMatch(/^kind: Namespace$/m);
    expect(first).toMatch(/^ {4}pod-security\.kubernetes\.io\/enforce: privileged$/m);
    expect(first).toMatch(/^ {2}name: cloudify$/m);
  });

  test('names the namespace that NAMESPACE says, and no other', async () => {
    const files = await synth(join(folder, 'named'), { ...process.env, NAMESPACE: 'edge' });
    const all = Object.values(files).join('\n');
    expect(all).toMatch(/^ {2}name: edge$/m);
    const namespaces = [...all.matchAll(/\bnamespace(?:: |=)(\S+)/g)].map(([, namespace]) => namespace);
    expect(new Set(namespaces)).toEqual(new Set(['edge']));
  });

  test('lets the manager deploy to the namespace that COMPONENT_NAMESPACE says, and no other', async () => {
    const plain = await synth(join(folder, 'alone'), process.env);
    const files = await synth(join(folder, 'components'), { ...process.env, COMPONENT_NAMESPACE: 'apps' });
    const objectsIn = (all: Record<string, string>) => Object.values(all).join('---\n').split('---\n');
    const known = objectsIn(plain);
    const added = objectsIn(files).filter((object) => !known.includes(object));
    expect(added.map((object) => /^kind: (.*)$/m.exec(object)?.[1]).toSorted()).toEqual([
      'Namespace',
      'Role',
      'RoleBinding',
      'Service',
    ]);
    for (const object of added) {
      expect(object).toMatch(/^ {2}(namespace|name): apps$/m);
    }
  });

  test.each([
    [
      'registry.example/manager:1.0',
      'registry.example:5000/init',
      ['registry.example/manager:1.0', `registry.example:5000/init:${VERSION}`],
    ],
    ['manager', INIT_BY_DIGEST, [`manager:${VERSION}`, INIT_BY_DIGEST]],
    ['manager:1.0', INIT_BY_DIGEST.replace('@', ':1.0@'), ['manager:1.0', INIT_BY_DIGEST]],
  ])(
    'has the images that MANAGER_IMAGE (%s) and INIT_IMAGE (%s) name, and no warning',
    async (manager, init, images) => {
      const output = join(folder, 'own-images');
      const { stderr } = await run(output, { ...process.env, MANAGER_IMAGE: manager, INIT_IMAGE: init });
      expect(stderr).toBe('');
      expect(imagesIn(await filesIn(output))).toEqual(new Set(images));
    },
  );

  test('warns of each default image that it renders, as they are not published', async () => {
    const { MANAGER_IMAGE: _manager, INIT_IMAGE: _init, ...env } = process.env;
    const { stderr: both } = await run(join(folder, 'unpublished'), env);
    expect(both).toMatch(
      /^Warning: ghcr\.io\/\S+\/cloudify-manager:\S+ is not published yet.* MANAGER_IMAGE=/m,
    );
    expect(both).toMatch(/^Warning: ghcr\.io\/\S+\/multisite:\S+ is not published yet.* INIT_IMAGE=/m);
    const { stderr: one } = await run(join(folder, 'unpublished'), { ...env, MANAGER_IMAGE: 'manager:1' });
    expect(one).toMatch(/^Warning: \S+\/multisite:\S+ .*\n$/);
  });

  test.each([
    ['MANAGER_IMAGE', 'https://registry.example/manager'],
    ['MANAGER_IMAGE', 'registry.example/manager:'],
    ['INIT_IMAGE', 'init:1.0@sha256:abc'],
    ['INIT_IMAGE', 'my init'],
  ])('is not rendered where %s is %s, which names no image', async (variable, reference) => {
    await expect(
      synth(join(folder, 'refused'), { ...process.env, [variable]: reference }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining(`${variable} ${JSON.stringify(reference)} is not valid: give registry`),
    });
    await expect(readdir(join(folder, 'refused'))).rejects.toThrow('ENOENT');
  });

  test.each(['default', 'kube-system'])('is not rendered for namespace %s', async (NAMESPACE) => {
    await expect(synth(join(folder, 'refused'), { ...process.env, NAMESPACE })).rejects.toMatchObject({
      stderr: expect.stringContaining(
        `NAMESPACE "${NAMESPACE}" belongs to Kubernetes: give a namespace that`,
      ),
    });
  });

  test('has one error for a COMPONENT_NAMESPACE that is the manager’s own', async () => {
    const env = { ...process.env, NAMESPACE: 'edge', COMPONENT_NAMESPACE: 'edge' };
    const { stderr } = await run(join(folder, 'own'), env).catch(
      (failure: { readonly stderr: string }) => failure,
    );
    expect(stderr.match(/^ +\[cloudify-manager\/.*$/gm)).toEqual([
      expect.stringContaining("components.namespaceName edge is the manager's own"),
    ]);
  });

  test.each([
    ['NAMESPACE', 'Foo_Bar'],
    ['NAMESPACE', 'edge.example'],
    ['NAMESPACE', '-edge'],
    ['NAMESPACE', 'a'.repeat(64)],
    ['COMPONENT_NAMESPACE', 'Foo_Bar'],
  ])('is not rendered where %s is %s, which cannot be the name of one', async (variable, name) => {
    await expect(synth(join(folder, 'refused'), { ...process.env, [variable]: name })).rejects.toMatchObject({
      stderr: expect.stringContaining(
        `${variable} ${JSON.stringify(name)} is not valid: give at most 63 lower-case letters`,
      ),
    });
    await expect(readdir(join(folder, 'refused'))).rejects.toThrow('ENOENT');
  });
});
