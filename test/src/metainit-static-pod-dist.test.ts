import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** What `npm run synth` runs for this app. */
const [, APP = ''] =
  /--app '([^']+)' --output dist\/metainit-static-pod /.exec(packageJson.scripts.synth) ?? [];

/** The static pod is in a folder of its own, which `kubectl apply -f` does not read. */
const FILES = ['metainit.k8s.yaml', 'manifests/metainit.k8s.yaml'];

async function synth(variables: Readonly<Record<string, string>> = {}) {
  const output = await mkdtemp(join(tmpdir(), 'metainit-static-pod-dist-'));
  onTestFinished(() => rm(output, { recursive: true, force: true }));
  const { INIT_IMAGE: _image, ...env } = process.env;
  const cdk8s = join(ROOT, 'node_modules/.bin/cdk8s');
  const args = [cdk8s, 'synth', '--no-check-upgrade', '--app', APP, '--output', output];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, ...variables },
  });
  return { files: await filesIn(output), stderr };
}

function filesIn(folder: string): Promise<string[]> {
  return Promise.all(FILES.map((file) => readFile(join(folder, file), 'utf8')));
}

test('dist/metainit-static-pod/ is what `npm run synth` makes of src/metainit-static-pod-main.ts', async () => {
  const { files, stderr } = await synth();
  expect(await filesIn(join(ROOT, 'dist/metainit-static-pod'))).toEqual(files);
  const [cluster, manifest] = files;
  expect(cluster).not.toContain('kind: Pod\n');
  expect(manifest?.match(/^kind: .*$/gm)).toEqual(['kind: Pod']);
  expect(stderr).toMatch(/^Warning: \S+\/multisite:\S+ is not published yet.* INIT_IMAGE=.*\n$/);
});

test('the static pod has the image that INIT_IMAGE names', async () => {
  const { files, stderr } = await synth({ INIT_IMAGE: 'registry.example/multisite:1.0' });
  expect(files[1]).toMatch(/^ +image: registry\.example\/multisite:1\.0$/m);
  expect(stderr).toBe('');
});
