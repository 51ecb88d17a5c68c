import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'deploy.py');

/** The path of the kubeconfig in the manager. */
export const KUBECONFIG = '/opt/onap/kube/kubeconfig';
/** The context of the site that the manager runs on. */
export const CONTEXT = 'central';

export interface Command {
  readonly command: readonly string[];
  readonly stdin: string;
}

/**
 * The command that deploys a workload. It runs in the manager's container, with the container's kubeconfig and Python
 * client.
 */
export async function deployCommand(namespace: string, name: string, image: string): Promise<Command> {
  const command = ['python3', '-', KUBECONFIG, CONTEXT, namespace, name, image];
  return { command, stdin: await readFile(PROGRAM, 'utf8') };
}
