import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'deploy.py');

/** Where the manager's clients read the kubeconfig. */
export const KUBECONFIG = '/opt/onap/kube/kubeconfig';
/** The context of the site that the manager runs on. */
export const CONTEXT = 'central';

export interface Command {
  readonly command: readonly string[];
  readonly stdin: string;
}

/** What deploys a workload when it runs in the manager's container, with its kubeconfig and its Python client. */
export async function deployCommand(namespace: string, name: string, image: string): Promise<Command> {
  const command = ['python3', '-', KUBECONFIG, CONTEXT, namespace, name, image];
  return { command, stdin: await readFile(PROGRAM, 'utf8') };
}
