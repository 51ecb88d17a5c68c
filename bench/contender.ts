import { join } from 'node:path';
import { checkout } from './programs.ts';
import type { Python } from './python.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';

/** A way to write the entry to the ConfigMap. */
export interface Contender {
  readonly name: ContenderName;
  command(scenario: Scenario, site: Site): readonly string[];
}

export const OURS = ['multisite-init on Bun', 'multisite-init on Node'] as const;
/** The contenders that multisite-init is compared with. */
export const BASELINES = ['kubectl patch', 'Python client'] as const;

export type Ours = (typeof OURS)[number];
export type Baseline = (typeof BASELINES)[number];
export type ContenderName = Ours | Baseline;

/** The contenders that can run here. */
export function contenders(kubectl: string, python: Python | undefined): readonly Contender[] {
  return [
    { name: 'multisite-init on Bun', command: (_, { initArgs }) => [checkout().bunBinary, ...initArgs] },
    multisiteInitOnNode,
    { name: 'kubectl patch', command: (scenario, site) => kubectlPatch(kubectl, scenario, site) },
    ...(python ? [pythonClient(python)] : []),
  ];
}

export const multisiteInitOnNode: Contender = {
  name: 'multisite-init on Node',
  command: (_, { initArgs }) => [process.execPath, checkout().nodeCommand, ...initArgs],
};

function kubectlPatch(kubectl: string, { patchFile }: Scenario, site: Site): readonly string[] {
  const { configMap, folder, kubeconfigFile } = site;
  return [
    kubectl,
    `--kubeconfig=${kubeconfigFile}`,
    // The warm-up round fills this cache.
    `--cache-dir=${join(folder, 'kubectl-cache')}`,
    `--namespace=${configMap.namespace}`,
    'patch',
    'configmap',
    configMap.name,
    '--type=merge',
    `--patch-file=${patchFile}`,
  ];
}

function pythonClient({ interpreter }: Python): Contender {
  const script = join(import.meta.dirname, 'python-client.py');
  return {
    name: 'Python client',
    command: ({ patchFile }, { configMap }) => [
      interpreter,
      script,
      configMap.namespace,
      configMap.name,
      patchFile,
    ],
  };
}
