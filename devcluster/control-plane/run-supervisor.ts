import type { Progress } from '../progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

/** A launched control plane or node. Its processes are children of this process. */
export interface Launched<Facts> {
  readonly facts: Facts;
  /** Resolves if a component ends by itself. */
  readonly failed: Promise<Error>;
  /** Ends the processes in reverse order, and removes their files. */
  stop(): Promise<void>;
}

/** The receiver of the messages: a person at a terminal, or the parent process. */
export interface Audience<Facts> {
  readonly progress: Progress;
  started(facts: Facts): void;
  failed(error: Error): Promise<void>;
}

/**
 * Launches a control plane or a node. It runs until a signal arrives, or until the channel to the parent closes.
 *
 * @param person the receiver if there is no parent. Undefined if there is always a parent
 */
export async function runSupervisor<Facts>(
  launch: (onProgress: Progress, ending: AbortSignal) => Promise<Launched<Facts>>,
  person?: Audience<Facts>,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
    process.on(event, end);
  }
  const hasParent = process.send !== undefined;
  if (hasParent && !process.connected) {
    end(); // the parent ended before the handler was added
  }

  const audience = person === undefined || hasParent ? parent<Facts>() : person;
  try {
    await supervise(launch, audience, ending.signal);
  } catch (error) {
    if (ending.signal.aborted) {
      return;
    }
    await audience.failed(error instanceof Error ? error : new Error(String(error)));
    process.exitCode = 1;
  } finally {
    if (process.connected) {
      process.disconnect();
    }
  }
}

async function supervise<Facts>(
  launch: (onProgress: Progress, ending: AbortSignal) => Promise<Launched<Facts>>,
  audience: Audience<Facts>,
  ending: AbortSignal,
): Promise<void> {
  const launched = await launch(audience.progress, ending);
  let failure: Error | undefined;
  try {
    audience.started(launched.facts);
    failure = await Promise.race([launched.failed, aborted(ending)]);
  } finally {
    await launched.stop();
  }
  if (failure !== undefined) {
    throw failure;
  }
}

function parent<Facts>(): Audience<Facts> {
  return {
    progress: (line, fraction) =>
      void send({ kind: 'progress', line, ...(fraction !== undefined && { fraction }) }),
    started: (facts) => void send({ kind: 'started', facts }),
    failed: (error) => send({ kind: 'failed', reason: error.message }),
  };
}

/** Sends a message if the channel to the parent is still open. */
function send<Facts>(message: SupervisorMessage<Facts>): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) {
      process.send?.(message, undefined, undefined, () => resolve());
    } else {
      resolve();
    }
  });
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
    } else {
      signal.addEventListener('abort', () => resolve(undefined));
    }
  });
}
