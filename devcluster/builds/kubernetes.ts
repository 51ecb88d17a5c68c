import { join, resolve } from 'node:path';
import { type Progress, progressTo } from '../progress.ts';
import { type GoProgram, goProgram, isBuilt, isExecutable } from './go-program.ts';
import { RELEASES, type Release, type ReleaseName } from './kubernetes-releases.ts';

/**
 * The main package of each program. It is a `tool` in the main release's go.mod. kube-apiserver is one in every
 * release's go.mod.
 */
const PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubeadm: 'k8s.io/kubernetes/cmd/kubeadm',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  kubelet: 'k8s.io/kubernetes/cmd/kubelet',
} as const;

export type BinaryName = keyof typeof PACKAGES;

/** The programs of a control plane with controllers, and kubectl. */
export const CONTROL_PLANE = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
] as const satisfies readonly BinaryName[];

/** The programs that setup-envtest provides. Only these are searched in KUBEBUILDER_ASSETS. */
const ASSETS: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl'];

/**
 * The path of a Kubernetes program. If the folder `KUBEBUILDER_ASSETS` is set and is for this program, the program must
 * be there. Otherwise it is in the user's cache. A missing program is built first, which takes minutes once.
 *
 * @param onProgress gets the progress of a build @default - shown on stderr
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
  if (assets && assetsMayHold(name, release)) {
    return binaryFromAssets(resolve(assets), name);
  }

  return goProgram(kubernetesProgram(name, release), onProgress, signal);
}

/** Whether a control plane of the main release can start without a build. */
export async function isControlPlaneBuilt(): Promise<boolean> {
  const { main } = RELEASES;
  const built = CONTROL_PLANE.map(
    (name) =>
      (process.env.KUBEBUILDER_ASSETS && assetsMayHold(name, main)) || isBuilt(kubernetesProgram(name, main)),
  );
  return (await Promise.all(built)).every(Boolean);
}

function assetsMayHold(name: BinaryName, release: Release): boolean {
  return release === RELEASES.main && ASSETS.includes(name);
}

async function binaryFromAssets(assets: string, name: BinaryName): Promise<string> {
  const path = join(assets, name);
  if (await isExecutable(path)) {
    return path;
  }
  throw new Error(
    `the folder ${assets} (KUBEBUILDER_ASSETS) has no executable ${name}: ` +
      `put it there, or unset KUBEBUILDER_ASSETS so that it is built.`,
  );
}

function kubernetesProgram(name: BinaryName, release: Release): GoProgram {
  return {
    name,
    title: `${name} for Kubernetes ${release.version}`,
    release: `kubernetes-${release.version}`,
    package: PACKAGES[name],
    moduleFolder: release.moduleFolder,
    variables: versionVariables(release.version),
    insteadOfBuilding: assetsMayHold(name, release) ? setAssets(release) : undefined,
  };
}

/** Without these variables, a Kubernetes program reports version v0.0.0, and kubectl warns of a version skew. */
function versionVariables(version: string): Record<string, string> {
  const [major = '', minor = ''] = version.split('.');
  return {
    'k8s.io/component-base/version.gitVersion': `v${version}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/component-base/version.gitTreeState': 'clean',
  };
}

function setAssets({ version }: Release): string {
  return (
    `set KUBEBUILDER_ASSETS to a folder that holds ${ASSETS.join(', ')}, ` +
    `for example: export KUBEBUILDER_ASSETS="$(setup-envtest use ${version} -p path)"`
  );
}
