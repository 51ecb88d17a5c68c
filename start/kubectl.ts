import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { kubernetesBinary } from '../test/cluster/binaries.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl to its end, whatever that is. */
export type Kubectl = (args: readonly string[], stdin?: string) => Promise<Outcome>;

export async function createKubectl(kubeconfig: string, signal: AbortSignal): Promise<Kubectl> {
  const command = await kubernetesBinary('kubectl', undefined, signal);
  return async (args, stdin = '') => {
    const child = spawn(command, ['--kubeconfig', kubeconfig, ...args], {
      signal,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(stdin);
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
  };
}

/** @returns its stdout @throws with what it says on stderr */
export async function succeeded(outcome: Promise<Outcome>): Promise<string> {
  const { exitCode, stdout, stderr } = await outcome;
  if (exitCode !== 0) throw new Error(stderr || `kubectl ended with ${exitCode}`);
  return stdout;
}
