import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { kubernetesBinary } from '../builds/kubernetes.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** @default - nothing */
  readonly stdin?: string;
  /** Kills it. */
  readonly signal?: AbortSignal;
}

/** Runs kubectl with a kubeconfig, and waits until it ends. */
export async function runKubectl(
  kubeconfig: string,
  args: readonly string[],
  { stdin = '', signal }: KubectlOptions = {},
): Promise<Outcome> {
  const command = await kubernetesBinary('kubectl', undefined, signal);
  const child = spawn(command, ['--kubeconfig', kubeconfig, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  child.stdin.on('error', () => {}); // kubectl ended without reading, and its stderr has the reason
  child.stdin.end(stdin);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode, stdout, stderr };
}

/** @returns its stdout @throws with its stderr */
export async function succeeded(outcome: Promise<Outcome>): Promise<string> {
  const { exitCode, stdout, stderr } = await outcome;
  if (exitCode !== 0) {
    throw new Error(stderr.trim() || `kubectl ended with exit code ${exitCode}`);
  }
  return stdout;
}
