import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** What `npm run synth` runs for this app. */
const [, APP = ''] = /--app '([^']+)' --output dist\/metainit$/.exec(packageJson.scripts.synth) ?? [];

interface Synthesis {
  readonly files: Readonly<Record<string, string>>;
  readonly stderr: string;
}

async function synth(variables: Readonly<Record<string, string>> = {}): Promise<Synthesis> {
  const output = await mkdtemp(join(tmpdir(), 'metainit-dist-'));
  // After a failed synthesis, cdk8s has removed the folder.
  onTestFinished(() => rm(output, { recursive: true, force: true }));
  const { INIT_IMAGE: _image, RELEASER: _releaser, ...env } = process.env;
  const args = ['synth', '--no-check-upgrade', '--app', APP, '--output', output];
  const cdk8s = join(ROOT, 'node_modules/.bin/cdk8s');
  const { stderr } = await promisify(execFile)(process.execPath, [cdk8s, ...args], {
    cwd: ROOT,
    env: { ...env, ...variables },
  });
  return { files: await filesIn(output), stderr };
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? '']));
}

describe('dist/metainit/', { timeout: 30_000 }, () => {
  test('is what `npm run synth` makes of src/metainit-main.ts', async () => {
    const { files } = await synth();
    expect(Object.keys(files)).toEqual(['0000-metainit.k8s.yaml', '0001-hold-pods.k8s.yaml']);
    expect(await filesIn(join(ROOT, 'dist/metainit'))).toEqual(files);
  });

  test('has the image that INIT_IMAGE names, and a warning without it', async () => {
    const { files, stderr } = await synth({ INIT_IMAGE: 'registry.example/multisite:1.0' });
    expect(files['0000-metainit.k8s.yaml']).toMatch(/^ +image: registry\.example\/multisite:1\.0$/m);
    expect(stderr).toBe('');
    expect((await synth()).stderr).toMatch(
      /^Warning: \S+\/multisite:\S+ is not published yet.* INIT_IMAGE=.*\n$/,
    );
  });

  test('lets the ServiceAccount that RELEASER names remove the gate', async () => {
    const { files } = await synth({ RELEASER: 'apps/controller' });
    expect(files['0001-hold-pods.k8s.yaml']).toContain(
      'username in ["system:serviceaccount:metainit:metainit", "system:serviceaccount:apps:controller"]',
    );
  });

  test.each(['controller', 'a/b/c', '/b', 'a/'])('is not rendered if RELEASER is %s', async (RELEASER) => {
    await expect(synth({ RELEASER })).rejects.toMatchObject({
      stderr: expect.stringContaining(`RELEASER "${RELEASER}" is not valid: give namespace and name`),
    });
  });
});
