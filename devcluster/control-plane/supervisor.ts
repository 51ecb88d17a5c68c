import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Progress } from '../progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

/** A process that keeps other processes running while the channel to it is open. */
export interface Supervisor<Facts> {
  readonly started: Promise<Facts>;
  /** Closes the channel, so that the supervisor cleans up. */
  readonly release: () => void;
  /** @throws if a component had ended by itself before */
  readonly stop: () => Promise<void>;
  /** Allows this process to end without waiting for the supervisor. */
  readonly unref: () => void;
}

/**
 * Connects to a supervisor.
 *
 * @param child the supervisor's process. It leads its own process group and has a channel to this process
 * @param name the name of the control plane or node in messages
 * @param stopDeadlineMs the time limit for stopping. After it, the supervisor and its components are killed, and an
 *   error is reported
 */
export function superviseChild<Facts>(
  child: ChildProcess,
  name: string,
  onProgress: Progress,
  stopDeadlineMs: number,
): Supervisor<Facts> {
  let failure: string | undefined;
  // The channel closes after the last message, but the process may end before the last message arrives.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(() => {
    if (child.signalCode !== null) {
      failure ??= `${name}'s supervisor was killed (${child.signalCode})`;
    } else if (child.exitCode !== 0) {
      failure ??= `${name}'s supervisor ended with exit code ${child.exitCode}`;
    }
  });
  const started = new Promise<Facts>((resolve, reject) => {
    child.on('message', (message: SupervisorMessage<Facts>) => {
      if (message.kind === 'progress') {
        onProgress(message.line, message.fraction);
      } else if (message.kind === 'started') {
        resolve(message.facts);
      } else {
        failure = message.reason;
      }
    });
    ended.then(() => reject(new Error(failure ?? `${name} was ended while it was starting`)), reject);
  });
  const release = () => {
    if (!child.connected) {
      return;
    }
    child.disconnect();
    const deadline = setTimeout(() => killGroup(child.pid), stopDeadlineMs);
    child.once('exit', () => clearTimeout(deadline));
  };
  const stop = async () => {
    child.ref();
    release();
    await ended;
    if (failure !== undefined) {
      throw new Error(failure);
    }
  };
  const unref = () => {
    child.unref();
    child.channel?.unref();
  };
  return { started, release, stop, unref };
}

/** The components are in the process group of the supervisor. */
function killGroup(leader: number | undefined): void {
  if (leader !== undefined) {
    process.kill(-leader, 'SIGKILL');
  }
}
