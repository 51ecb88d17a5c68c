import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { KUBECONFIG } from './application.ts';
import { containerProcess } from './container-process.ts';

const READ_KUBECONFIG = join(import.meta.dirname, 'read-kubeconfig.ts');

/** One look into the mounted kubeconfig, which was used at once. */
export interface Use {
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
  /** When its token ends, by what that says itself. */
  readonly ends: number;
  /** PEM. */
  readonly authority: string;
  /** As whom the API server knows who uses it. */
  readonly user: string;
}

/** What read-kubeconfig.ts tells of each look. */
export type Reading = Use | { readonly problem: string };

/** Somebody in the pod's network who reads the application's kubeconfig several times a second, and authenticates with it. */
export interface Reader {
  readonly uses: readonly Use[];
  /** Why looks came to nothing. */
  readonly problems: readonly string[];
  /** Resolves to its exit code: 0 when it ended since the pod had ended. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

export async function startReader(pod: V1Pod): Promise<Reader> {
  const pid = await containerProcess(pod, 'application');
  // The mount as the container has it, through its own root.
  const command = [process.execPath, READ_KUBECONFIG, `/proc/${pid}/root`, KUBECONFIG];
  const child = spawn('nsenter', [`--target=${pid}`, '--net', ...command], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const uses: Use[] = [];
  const problems: string[] = [];
  child.on('message', (reading: Reading) => {
    if ('problem' in reading) {
      problems.push(reading.problem);
    } else {
      uses.push(reading);
    }
  });
  const ended = once(child, 'exit').then(([exitCode]) => exitCode);
  return {
    uses,
    problems,
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
