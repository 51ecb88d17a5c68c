import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { kubernetesBinary } from '../cluster/binaries.ts';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], stdin: string): Promise<Outcome> {
  const command = await kubernetesBinary('kubectl');
  const child = spawn(command, ['--kubeconfig', inject('controlPlane').kubeconfig, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs kubectl as an administrator of the control plane; rejects with what it says on stderr. */
export async function kubectl(args: readonly string[], stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await run(args, stdin);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
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
  if (answer !== 'yes' && answer !== 'no') throw new Error(`kubectl auth can-i ${args.join(' ')}: ${stderr}`);
  return answer === 'yes';
}
