import { inject } from 'vitest';
import { type Outcome, runKubectl } from '../../devcluster/control-plane/kubectl.ts';

function run(args: readonly string[], stdin: string): Promise<Outcome> {
  return runKubectl(inject('controlPlane').kubeconfig, args, { stdin });
}

/** Runs kubectl as an administrator of the control plane; rejects with what it says on stderr. */
export async function kubectl(args: readonly string[], stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args, stdin);
  if (exitCode !== 0) {
    throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  }
  return stdout;
}

/** The flags of an apply of what is on standard input, in which an unknown field is an error. */
export const APPLY = ['apply', '--validate=strict', '-f', '-'];

export async function createNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
  await kubectl(APPLY, JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }));
}

/** What `kubectl auth can-i` answers, which says no by its exit code as well as in words. */
export async function canI(args: readonly string[]): Promise<boolean> {
  const { stdout, stderr } = await run(['auth', 'can-i', ...args], '');
  const answer = stdout.trim();
  if (answer !== 'yes' && answer !== 'no') {
    throw new Error(`kubectl auth can-i ${args.join(' ')}: ${stderr}`);
  }
  return answer === 'yes';
}
