import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { KubernetesObject, V1Container, V1Deployment, V1PodSpec } from '@kubernetes/client-node';

/** The number of lines with what went wrong and what to do, at the end of a failed run. */
const LAST_LINES = 3;

const PROGRAM = join(import.meta.dirname, '../runtime/programs/multisite-init/bin.cjs');

/** The environment that a pod gives to the program. */
export interface PodSurroundings {
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt`. */
  readonly serviceAccountDirectory: string;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  /** The result, one line. */
  readonly stdout: string;
  /** The steps, one per line. */
  readonly stderr: string;
}

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

/**
 * Runs multisite-init with the arguments of its container. The environment has nothing else than the pod's variables.
 */
export async function runInitProgram(
  container: V1Container,
  pod: PodSurroundings,
  signal?: AbortSignal,
): Promise<ProgramResult> {
  const child = spawn(process.execPath, [PROGRAM, ...(container.args ?? [])], {
    env: {
      KUBERNETES_SERVICE_HOST: pod.host,
      KUBERNETES_SERVICE_PORT: pod.port,
      SERVICE_ACCOUNT_DIRECTORY: pod.serviceAccountDirectory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** The output of a run. @throws if the run failed */
export function outputOf({ exitCode, stdout, stderr }: ProgramResult): string {
  if (exitCode !== 0) {
    const last = stderr.split('\n').slice(-LAST_LINES).join('\n'); // the lines before are retries
    throw new Error(`multisite-init ended with exit code ${exitCode}:\n${last}`);
  }
  return `${stderr}\n${stdout}`;
}
