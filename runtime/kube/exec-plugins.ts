import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { KubeConfig } from '@kubernetes/client-node';

/** Whoever waits for a credential gives up much earlier, and gets it later if it comes after all. */
const TIME_LIMIT_MS = 60_000;

/** Sees to it that no exec plug-in outlives the program, nor its time. The library starts them, and leaves them alone. */
export function endExecPlugins(content: KubeConfig, timeLimitMs = TIME_LIMIT_MS): void {
  // Private there, and the only way to the process.
  const { authenticators } = content as unknown as { authenticators: { execFn?: unknown }[] };
  for (const authenticator of authenticators) {
    if (authenticator.execFn === undefined) {
      continue;
    }
    authenticator.execFn = (...args: Parameters<typeof spawn>) =>
      ending(spawn(...args) as ChildProcessWithoutNullStreams, timeLimitMs);
  }
}

function ending(child: ChildProcessWithoutNullStreams, timeLimitMs: number): ChildProcessWithoutNullStreams {
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    child.emit('error', new Error(`its exec plug-in did not end within ${timeLimitMs / 1000} s`));
    kill();
    // Else a process that it started keeps them open.
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeLimitMs);
  process.once('exit', kill);
  child.once('close', () => {
    clearTimeout(timer);
    process.off('exit', kill);
  });
  return child;
}
