import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The number of lines with what went wrong and what to do, at the end of a failed run. */
const LAST_LINES = 3;

const PROGRAMS = join(import.meta.dirname, '../runtime/programs');

/** The environment that a pod gives to a program. */
export interface PodSurroundings {
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt`. */
  readonly serviceAccountDirectory: string;
}

export interface ProgramResult {
  /** The name of the program. */
  readonly program: string;
  readonly exitCode: number | null;
  /** The result, one line. */
  readonly stdout: string;
  /** The steps, one per line. */
  readonly stderr: string;
}

/** Runs one of our programs as a pod would. The environment has nothing else than the pod's variables. */
export async function runPodProgram(
  program: 'multisite-init' | 'metainit',
  args: readonly string[] | undefined,
  pod: PodSurroundings,
  signal?: AbortSignal,
): Promise<ProgramResult> {
  const child = spawn(process.execPath, [join(PROGRAMS, program, 'bin.cjs'), ...(args ?? [])], {
    env: {
      KUBERNETES_SERVICE_HOST: pod.host,
      KUBERNETES_SERVICE_PORT: pod.port,
      SERVICE_ACCOUNT_DIRECTORY: pod.serviceAccountDirectory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { program, exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** The output of a run. @throws if the run failed */
export function outputOf({ program, exitCode, stdout, stderr }: ProgramResult): string {
  if (exitCode !== 0) {
    const last = stderr.split('\n').slice(-LAST_LINES).join('\n'); // the lines before are retries
    throw new Error(`${program} ended with exit code ${exitCode}:\n${last}`);
  }
  return `${stderr}\n${stdout}`;
}
