import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly cwd: string;
  /** Variables in addition to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the command and its child processes. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command and waits until it ends.
 *
 * @throws with the command's output, if its exit code is not 0; with the reason of the signal, if the signal was
 *   aborted
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // its own process group, so that one signal reaches its child processes too
  });
  const kill = () => {
    if (child.pid !== undefined) {
      process.kill(-child.pid, 'SIGKILL');
    }
  };
  signal.addEventListener('abort', kill);
  try {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    signal.throwIfAborted();
    if (exitCode !== 0) {
      throw new Error(
        `${[command, ...args].join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`.trimEnd(),
      );
    }
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
