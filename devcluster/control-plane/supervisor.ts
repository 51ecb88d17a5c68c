import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Progress } from '../progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

/** A process that keeps others running as long as the channel to it is open. */
export interface Supervisor<Facts> {
  readonly started: Promise<Facts>;
  /** Lets go of the channel whose end tells the supervisor to clean up. */
  readonly release: () => void;
  /** @throws if what it keeps had ended by itself before */
  readonly stop: () => Promise<void>;
  /** Lets this process end without waiting for the supervisor. */
  readonly unref: () => void;
}

/**
 * Listens to a supervisor.
 *
 * @param child it: the leader of a process group of its own, with a channel to here
 * @param name what messages call that which it keeps
 * @param stopDeadlineMs how long it may take to stop; then it is killed with its components, and that is reported
 */
export function superviseChild<Facts>(
  child: ChildProcess,
  name: string,
  onProgress: Progress,
  stopDeadlineMs: number,
): Supervisor<Facts> {
  let failure: string | undefined;
  // The channel's end comes after the last message, the process's end perhaps before it.
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
    ended.then(() => reject(new Error(failure ?? `${name} was ended while it started`)), reject);
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

/** The supervisor leads a process group that its components are in. */
function killGroup(leader: number | undefined): void {
  if (leader !== undefined) {
    process.kill(-leader, 'SIGKILL');
  }
}
