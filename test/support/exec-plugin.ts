import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecConfig } from '../../runtime/kubeconfig/client-config.ts';

export interface ExecPlugin {
  /** What a kubeconfig has under `exec`. */
  readonly exec: ExecConfig;
  /** How often it ran. */
  runs(): Promise<number>;
  /** Whether the process of its last run is there. */
  lives(): Promise<boolean>;
  /** What it prints from now on. */
  print(text: string): Promise<void>;
}

/** A credential plug-in (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). */
export async function createExecPlugin(folder: string, output: string, last = 'exit 0'): Promise<ExecPlugin> {
  const [runs, printed] = [join(folder, 'runs'), join(folder, 'printed')];
  await writeFile(runs, '');
  await writeFile(printed, output);
  const script = `echo $$ >>'${runs}'; cat '${printed}'; ${last}`;
  const pids = async () => (await readFile(runs, 'utf8')).split('\n').slice(0, -1);
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', script],
      interactiveMode: 'Never',
    },
    runs: async () => (await pids()).length,
    lives: async () => {
      try {
        const stat = await readFile(`/proc/${(await pids()).at(-1)}/stat`, 'utf8');
        // Not one that nobody has asked after since it ended.
        return !/\) [ZX] /.test(stat);
      } catch {
        return false;
      }
    },
    print: (text) => writeFile(printed, text),
  };
}

/** What such a plug-in prints. */
export function execCredential(token: string, expirationTimestamp?: Date): string {
  return JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token, expirationTimestamp },
  });
}
