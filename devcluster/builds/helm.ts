import { join } from 'node:path';
import { type Progress, progressTo } from '../progress.ts';
import { goProgram } from './go-program.ts';
import { type PinnedModule, pinnedModule } from './pinned-module.ts';

/** The available releases of Helm, by major version. */
export const HELM_RELEASES = { v4: pinnedHelm('v4'), v3: pinnedHelm('v3') } as const;

export type HelmVersion = keyof typeof HELM_RELEASES;

/**
 * The path of `helm` in the user's cache. If it is missing, it is built first, which takes minutes once.
 *
 * @param onProgress gets the progress of a build @default - shown on stderr
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
 * The version of Kubernetes that Helm 3 is made for. Without these variables, Helm 3 uses version 1.20 for commands
 * without a cluster (`helm template`, `helm lint`), unlike its official releases. Helm 4 finds the version itself.
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
