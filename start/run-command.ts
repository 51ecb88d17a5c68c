import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CommandOptions {
  readonly cwd: string;
  /** Besides this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command and all that it started. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command to its end, whatever that is.
 *
 * @throws with what it said, if it ends with another code than 0; the signal's reason, if that ended it
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
    detached: true, // it leads a process group, so that one signal reaches all that it started
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
