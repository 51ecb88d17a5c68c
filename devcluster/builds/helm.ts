import { join } from 'node:path';
import { type Progress, progressTo } from '../progress.ts';
import { goProgram } from './go-program.ts';
import { type PinnedModule, pinnedModule } from './pinned-module.ts';

/** The releases of Helm that can be had here, by their major version. */
export const HELM_RELEASES = { v4: pinnedHelm('v4'), v3: pinnedHelm('v3') } as const;

export type HelmVersion = keyof typeof HELM_RELEASES;

/**
 * The path of `helm` in the user's cache, where it is built first if need be (minutes, once).
 *
 * @param onProgress told how far a build has come; by default shown on stderr
 * @param signal ends a build
 */
export async function helmBinary(
  helmVersion: HelmVersion,
  onProgress: Progress = progressTo(process.stderr),
  signal?: AbortSignal,
): Promise<string> {
  const { version, moduleFolder } = HELM_RELEASES[helmVersion];
  const module = moduleOf(helmVersion);
  const program = {
    name: 'helm',
    title: `helm ${version}`,
    release: `helm-${version}`,
    package: `${module}/cmd/helm`,
    moduleFolder,
    variables: {
      [`${module}/internal/version.version`]: `v${version}`,
      ...(helmVersion === 'v3' ? kubernetesVariables(moduleFolder) : {}),
    },
    insteadOfBuilding: undefined,
  };
  return goProgram(program, onProgress, signal);
}

function pinnedHelm(helmVersion: string): PinnedModule {
  return pinnedModule(moduleOf(helmVersion), join(import.meta.dirname, `modules/helm-${helmVersion}`));
}

function moduleOf(helmVersion: string): string {
  return `helm.sh/helm/${helmVersion}`;
}

/**
 * The Kubernetes that Helm 3 is made for. Without these it takes 1.20 for the cluster's version where it asks
 * no cluster (`helm template`, `helm lint`), unlike its releases. Helm 4 finds out by itself.
 */
function kubernetesVariables(moduleFolder: string): Record<string, string> {
  const [, minor = ''] = pinnedModule('k8s.io/client-go', moduleFolder).version.split('.');
  return Object.fromEntries(
    ['pkg/chartutil', 'pkg/lint/rules'].flatMap((folder) => [
      [`${moduleOf('v3')}/${folder}.k8sVersionMajor`, '1'],
      [`${moduleOf('v3')}/${folder}.k8sVersionMinor`, minor],
    ]),
  );
}
