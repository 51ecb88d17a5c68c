import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Runs `cdk8s synth` into a folder of its own: it empties the one it writes to. */
async function synth(output: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const cdk8s = join(ROOT, 'node_modules/.bin/cdk8s');
  const args = ['synth', '--no-check-upgrade', '--output', output];
  await promisify(execFile)(process.execPath, [cdk8s, ...args], { cwd: ROOT, env });
  return filesIn(output);
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? '']));
}

describe('dist/', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dist-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is what `npm run synth` makes of src/main.ts', async () => {
    const { NAMESPACE: _, ...env } = process.env;
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

  test.each(['Foo_Bar', 'edge.example', '-edge', 'a'.repeat(64)])(
    'is not rendered where NAMESPACE is %s, which cannot be the name of one',
    async (NAMESPACE) => {
      await expect(synth(join(folder, 'refused'), { ...process.env, NAMESPACE })).rejects.toMatchObject({
        stderr: expect.stringContaining(`NAMESPACE "${NAMESPACE}" is not valid: give lower-case letters`),
      });
      await expect(readdir(join(folder, 'refused'))).rejects.toThrow('ENOENT');
    },
  );
});
