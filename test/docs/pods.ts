import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeConfig, V1Container } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { followProcess } from '../support/follow-process.ts';
import { ENGINES } from '../support/multisite-init.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A pod's surroundings, as the kubelet would make them: here it is a process of this machine that has them. */
export interface Pod {
  readonly env: Readonly<Record<string, string>>;
  /** Runs a container's program to its end, or until the test is over. */
  start(container: V1Container, substitutes?: Readonly<Record<string, string>>): Running;
}

export interface Running {
  /** Resolves to the line when it has said something like this on either of its outputs. */
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

export async function podOf(
  { host, port, ca }: ControlPlaneFacts,
  admin: KubeConfig,
  namespace: string,
  serviceAccount: string,
  terminationLog = '/dev/null',
): Promise<Pod> {
  const directory = join(await temporaryFolder(), 'serviceaccount');
  await writeServiceAccount(directory, await requestToken(admin, namespace, serviceAccount), ca);
  await writeFile(join(directory, 'namespace'), namespace);
  const env = {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    SERVICE_ACCOUNT_DIRECTORY: directory,
    TERMINATION_MESSAGE_PATH: terminationLog,
  };
  return {
    env,
    start: ({ args = [] }, substitutes = {}) => {
      const [command, ...first] = ENGINES.node;
      const substituted = args.map((arg) =>
        Object.entries(substitutes).reduce((text, [from, to]) => text.replace(from, to), arg),
      );
      return running(spawn(command, [...first, ...substituted], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    },
  };
}

function running(child: ChildProcess): Running {
  const followed = followProcess(child);
  const ended = followed.ended.then(({ exitCode }) => exitCode);
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  onTestFinished(() => void stop());
  return { ended, stop, said: followed.said };
}

/** What a Secret has, as files of a volume. */
export async function secretVolume(data: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await temporaryFolder(), 'secret');
  await mkdir(folder);
  for (const [name, value] of Object.entries(data)) {
    await writeFile(join(folder, name), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
  return folder;
}
