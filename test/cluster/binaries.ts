import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { buildOnce } from './build-lock.ts';
import { GoMissingError, goBuild } from './go-build.ts';
import { type Progress, progressTo } from './progress.ts';
import { RELEASES, type Release, type ReleaseName } from './releases.ts';

/** Each program's main package: a `tool` of the main release's go.mod, kube-apiserver of every release's. */
const PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const;

export type BinaryName = keyof typeof PACKAGES;

/** What setup-envtest provides; we look for no other there. */
const ASSETS: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl'];

const GOOS: string = process.platform;
const GOARCH: string = process.arch === 'x64' ? 'amd64' : process.arch;

/**
 * The path of a Kubernetes program: from the folder that `KUBEBUILDER_ASSETS` names, if that may hold it,
 * else from the user's cache, where it is built first if need be (minutes, once).
 *
 * @param onProgress told how far a build has come; by default shown on stderr
 * @param signal ends a build
 */
export async function kubernetesBinary(
  name: BinaryName,
  onProgress: Progress = progressTo(process.stderr),
  signal?: AbortSignal,
  releaseName: ReleaseName = 'main',
): Promise<string> {
  const release = RELEASES[releaseName];
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && assetsMayHold(name, release)) return binaryFromAssets(resolve(assets), name);

  return binaryFromCache(name, release, onProgress, signal);
}

function assetsMayHold(name: BinaryName, release: Release): boolean {
  return release === RELEASES.main && ASSETS.includes(name);
}

async function binaryFromAssets(assets: string, name: BinaryName): Promise<string> {
  const path = join(assets, name);
  if (await isExecutable(path)) return path;
  throw new Error(
    `KUBEBUILDER_ASSETS names ${assets}, which holds no executable ${name}: ` +
      `put it there, or unset KUBEBUILDER_ASSETS to have it built.`,
  );
}

function cacheFolder({ version }: Release): string {
  const configured = process.env.XDG_CACHE_HOME;
  // A relative one is to be ignored, says the XDG base directory specification.
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'cdk8s-multisite', `kubernetes-${version}-${GOOS}-${GOARCH}`);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function binaryFromCache(
  name: BinaryName,
  release: Release,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = cacheFolder(release);
  const path = join(folder, name);
  const workFolder = join(folder, `.building-${name}`);
  await mkdir(folder, { recursive: true });
  await buildOnce({
    folder: workFolder,
    isDone: () => isExecutable(path),
    onWait: () => onProgress(`waiting for another process that builds ${described(name, release)}`),
    build: async () => {
      const output = join(workFolder, randomUUID());
      await build(name, release, output, workFolder, onProgress, signal);
      await rename(output, path);
    },
    signal,
  });
  return path;
}

async function build(
  name: BinaryName,
  release: Release,
  output: string,
  workFolder: string,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  const started = Date.now();
  try {
    await goBuild({
      package: PACKAGES[name],
      output,
      moduleFolder: release.moduleFolder,
      workFolder,
      ldflags: versionFlags(release.version),
      goos: GOOS,
      goarch: GOARCH,
      onProgress: (line) => onProgress(`building ${described(name, release)} (only once): ${line}`),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error(cannotBuild(name, release, error), { cause: error });
  }
  onProgress(`built ${described(name, release)} in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Without these a Kubernetes program calls itself v0.0.0 and kubectl warns of a version skew. */
function versionFlags(version: string): string {
  const [major, minor] = version.split('.');
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const settings = Object.entries(variables).map(
    ([variable, value]) => `-X k8s.io/component-base/version.${variable}=${value}`,
  );
  return ['-s -w', ...settings].join(' ');
}

function described(name: BinaryName, { version }: Release): string {
  return `${name} for Kubernetes ${version}`;
}

function cannotBuild(name: BinaryName, release: Release, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const install = error instanceof GoMissingError ? 'install Go 1.26 or newer, or ' : '';
  const instead = assetsMayHold(name, release)
    ? `set KUBEBUILDER_ASSETS to a folder that holds ${ASSETS.join(', ')}, ` +
      `for example: export KUBEBUILDER_ASSETS="$(setup-envtest use ${release.version} -p path)"`
    : `put an executable ${name} of that release into ${cacheFolder(release)}`;
  return `${described(name, release)} could not be built: ${why}\nTo mend it: ${install}${instead}`;
}
