import { get } from 'node:http';
import type { Clock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';

/** Milliseconds between two checks. */
const INTERVAL_MS = 20;

/**
 * Waits until the program with --watch on this port of the same pod has written its entry, or has found it correct. There is
 * no deadline. If the other program cannot write, it ends. Then the kubelet ends this program too, because both run in one
 * container.
 *
 * @throws the signal's reason
 */
export async function untilWritten(port: number, clock: Clock, signal: AbortSignal): Promise<ExitCode> {
  while (!(await hasWritten(port))) {
    await clock.sleep(INTERVAL_MS, signal);
  }
  return ExitCode.ok;
}

function hasWritten(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // node:http obeys no proxy variable.
    const request = get({ host: '127.0.0.1', port, path: '/startupz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    // The other program does not listen yet.
    request.on('error', () => resolve(false));
  });
}
