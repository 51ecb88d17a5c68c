import { spawn } from 'node:child_process';
import type { V1Container } from '@kubernetes/client-node';
import { PODMAN, run, ulimits } from '../../devcluster/images/containers.ts';
import { type EndOfProcess, type FollowedProcess, followProcess } from './follow-process.ts';

/** What the kubelet would add to what the manifest says. */
export interface ContainerEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** A folder or file of this machine for each path in the container. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** Longer than a test; and then a container ends whose test was killed. */
const LIFE_SECONDS = 600;

/**
 * Starts a container of the manifests under podman, as a kubelet would: its image, command, arguments and mounts, under
 * its security context. On the host's network, which is where the tests' API server is.
 */
export async function startContainer(
  name: string,
  container: V1Container,
  environment: ContainerEnvironment,
): Promise<FollowedProcess> {
  const child = spawn(
    'podman',
    [
      ...PODMAN,
      'run',
      '--rm',
      `--name=${name}`,
      '--network=host',
      '--pull=never',
      `--timeout=${LIFE_SECONDS}`,
      ...(await ulimits()),
      ...flags(container, environment),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return followProcess(child);
}

/** Runs it to its end. @throws when podman could not run it */
export async function runContainer(
  name: string,
  container: V1Container,
  environment: ContainerEnvironment,
): Promise<EndOfProcess> {
  const ended = await (await startContainer(name, container, environment)).ended;
  // podman's own codes: 125 for itself, 126 and 127 for a command that cannot be run.
  if (ended.exitCode !== null && ended.exitCode >= 125 && ended.exitCode <= 127) {
    throw new Error(`podman: ${ended.stderr}`);
  }
  return ended;
}

function flags(container: V1Container, { env, mounts }: ContainerEnvironment): string[] {
  const { image, command = [], args = [], volumeMounts = [], securityContext } = container;
  const [entrypoint, ...more] = command;
  if (image === undefined || entrypoint === undefined) {
    throw new Error('the container names no image or no command');
  }
  const paths = volumeMounts.map(({ mountPath }) => mountPath);
  for (const path of paths) {
    if (!(path in mounts)) {
      throw new Error(`nothing to mount at ${path}`);
    }
  }
  const readOnly = (path: string) => volumeMounts.find(({ mountPath }) => mountPath === path)?.readOnly;
  return [
    ...securityFlags(securityContext),
    ...Object.entries(env).map(([key, value]) => `--env=${key}=${value}`),
    ...Object.entries(mounts).map(
      ([path, source]) => `--volume=${source}:${path}${readOnly(path) ? ':ro' : ''}`,
    ),
    `--entrypoint=${entrypoint}`,
    image,
    ...more,
    ...args,
  ];
}

/** The process of a container that runs, as this machine numbers it. */
export async function processOf(name: string): Promise<number> {
  return Number(await run('podman', [...PODMAN, 'inspect', '--format={{.State.Pid}}', name]));
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context-1 */
function securityFlags(context: V1Container['securityContext']): string[] {
  if (!context) {
    return [];
  }
  const {
    runAsUser,
    runAsGroup,
    readOnlyRootFilesystem,
    allowPrivilegeEscalation,
    capabilities,
    seccompProfile,
  } = context;
  return [
    `--user=${runAsUser}:${runAsGroup}`,
    ...(readOnlyRootFilesystem ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(allowPrivilegeEscalation === false ? ['--security-opt=no-new-privileges'] : []),
    ...(capabilities?.drop ?? []).map((name) => `--cap-drop=${name}`),
    // RuntimeDefault is podman's own profile, which it applies unless told otherwise.
    ...(seccompProfile?.type === 'RuntimeDefault' ? [] : ['--security-opt=seccomp=unconfined']),
  ];
}
