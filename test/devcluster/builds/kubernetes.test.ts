import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { kubernetesBinary } from '../../../devcluster/builds/kubernetes.ts';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';

const { version } = RELEASES.main;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'binaries-test-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.stubEnv('KUBEBUILDER_ASSETS', undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('without Go and without assets it says what to install or set', async () => {
  vi.stubEnv('PATH', join(folder, 'empty'));

  const binary = kubernetesBinary('kube-apiserver', () => undefined);

  await expect(binary).rejects.toThrow(
    `kube-apiserver for Kubernetes ${version} could not be built: there is no \`go\` on the PATH\n` +
      'To fix this: install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver, ' +
      `kubectl, for example: export KUBEBUILDER_ASSETS="$(setup-envtest use ${version} -p path)"`,
  );
});

test.each([
  ['kube-controller-manager', 'main'],
  ['kube-apiserver', 'oldest'],
] as const)('assets are not asked for %s of the %s release, which is built', async (name, release) => {
  const assets = await folderWithExecutable(name);
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);
  vi.stubEnv('PATH', join(folder, 'empty'));
  const { version } = RELEASES[release];

  const binary = kubernetesBinary(name, () => undefined, undefined, release);

  await expect(binary).rejects.toThrow(
    `${name} for Kubernetes ${version} could not be built: there is no \`go\` on the PATH\n` +
      `To fix this: install Go 1.26 or newer, or put an executable ${name} of that release into ` +
      join(folder, 'cache/cdk8s-multisite', `kubernetes-${version}-`),
  );
});

test('a build that fails leaves nothing half', async () => {
  vi.stubEnv('PATH', join(folder, 'empty'));

  await kubernetesBinary('etcd', () => undefined).catch(() => undefined);

  expect(await readdir(await cacheFolder())).toEqual([]);
});

test('assets come before the cache', async () => {
  const assets = await folderWithExecutable('etcd');
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);

  expect(await kubernetesBinary('etcd')).toBe(join(assets, 'etcd'));
});

test('assets that lack a program are told so, by its name', async () => {
  const assets = await folderWithExecutable('etcd');
  vi.stubEnv('KUBEBUILDER_ASSETS', assets);

  await expect(kubernetesBinary('kube-apiserver')).rejects.toThrow(
    `the folder ${assets} (KUBEBUILDER_ASSETS) has no executable kube-apiserver: `,
  );
});

test('what is in the cache is not built again', async () => {
  await kubernetesBinary('etcd', () => undefined, AbortSignal.abort()).catch(() => undefined);
  const cached = join(await cacheFolder(), 'etcd');
  await writeExecutable(cached);

  expect(await kubernetesBinary('etcd')).toBe(cached);
});

async function cacheFolder(): Promise<string> {
  const parent = join(folder, 'cache', 'cdk8s-multisite');
  const [name] = await readdir(parent);
  expect(name).toMatch(new RegExp(`^kubernetes-${version}-(linux|darwin)-(amd64|arm64)$`));
  return join(parent, name ?? '');
}

async function folderWithExecutable(name: string): Promise<string> {
  const assets = join(folder, 'assets');
  await mkdir(assets);
  await writeExecutable(join(assets, name));
  return assets;
}

async function writeExecutable(path: string): Promise<void> {
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
}
