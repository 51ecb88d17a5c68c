import { get } from 'node:http';
import type { Clock } from '../../async/clock.ts';
import { ExitCode } from '../../cli/exit-code.ts';

/** Milliseconds between two checks. */
const INTERVAL_MS = 20;

/**
 * Waits until the program with --watch that has this port, in the same pod, has written its entry, or found it right. Without a deadline, since
 * one that cannot write ends, and the kubelet then ends whatever waits in its container.
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
    // By node:http, which obeys no proxy variable.
    const request = get({ host: '127.0.0.1', port, path: '/startupz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    // It does not listen yet.
    request.on('error', () => resolve(false));
  });
}
