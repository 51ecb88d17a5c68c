import type { KubernetesObject, V1Container, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import { type PodSurroundings, type ProgramResult, runPodProgram } from './pod-program.ts';

/** The init container that the manifests give the manager's pod. */
export function initContainer(deployment: KubernetesObject): V1Container {
  const container = podSpec(deployment).initContainers?.find(({ name }) => name === 'multisite-init');
  if (!container) {
    throw new Error('the Deployment has no init container multisite-init');
  }
  return container;
}

/** The ServiceAccount that the manager's pod runs as. */
export function podAccount(deployment: KubernetesObject): string {
  const { serviceAccountName } = podSpec(deployment);
  if (serviceAccountName === undefined) {
    throw new Error('the Deployment has no ServiceAccount');
  }
  return serviceAccountName;
}

/** The ServiceAccount whose token the init container requests for the kubeconfig. */
export function siteAccount(container: V1Container): string {
  return flagOf(container, 'service-account');
}

/** The value of a flag of the init container. */
export function flagOf({ args = [] }: V1Container, name: string): string {
  const flag = `--${name}=`;
  const value = args.find((arg) => arg.startsWith(flag))?.slice(flag.length);
  if (value === undefined) {
    throw new Error(`the init container has no flag ${flag.slice(0, -1)}`);
  }
  return value;
}

/** The pod spec of a Deployment. */
export function podSpec(deployment: KubernetesObject): V1PodSpec {
  const spec = (deployment as V1Deployment).spec?.template.spec;
  if (!spec) {
    throw new Error('the Deployment has no pod');
  }
  return spec;
}

/** Runs multisite-init with the arguments of its container. */
export function runInitProgram(
  container: V1Container,
  pod: PodSurroundings,
  signal?: AbortSignal,
): Promise<ProgramResult> {
  return runPodProgram('multisite-init', container.args, pod, signal);
}
