import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 25;
const LOG_TAIL_LINES = 20;

/** A program of the control plane. */
export interface Component {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its environment. @default - empty, because etcd reads flags from it, and Go reads proxies and more */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is ready. Called repeatedly until it is. */
  readonly isReady: (signal: AbortSignal) => Promise<boolean>;
}

export interface RunningComponent {
  readonly name: string;
  /** Resolves when the program has ended for any reason, to a text with the reason. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Thrown if a component does not become ready or ends by itself. The message ends with the component's last log lines.
 */
export class ComponentError extends Error {
  override readonly name = 'ComponentError';
  readonly log: string;

  constructor(component: string, reason: string, log: string) {
    super(`${component} ${reason}. Its last log lines:\n${log}`);
    this.log = log;
  }
}

/**
 * Starts a program in `folder`, with its output in the file `<name>.log` of the folder, and waits until it is ready.
 *
 * @throws ComponentError if it ends, or `signal` times out, before it is ready
 */
export async function startComponent(
  component: Component,
  folder: string,
  signal: AbortSignal,
): Promise<RunningComponent> {
  signal.throwIfAborted();
  const running = await run(component, folder);
  const failure = await whyNotReady(component, running, signal);
  if (failure === undefined) {
    return running;
  }
  await running.stop();
  if (signal.aborted && !timedOut(signal)) {
    throw signal.reason;
  }
  throw await componentError(component.name, failure, folder);
}

async function whyNotReady(
  component: Component,
  running: RunningComponent,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!(await component.isReady(signal))) {
    const ended = await Promise.race([running.ended, setTimeout(POLL_MS, undefined)]);
    if (ended !== undefined) {
      return ended;
    }
    if (signal.aborted) {
      return 'was not ready in time';
    }
  }
  return undefined;
}

function timedOut(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/** The error for a component that was ready and has ended by itself. */
export async function componentError(name: string, reason: string, folder: string): Promise<ComponentError> {
  const log = await readFile(logFile(folder, name), 'utf8').catch(() => '');
  return new ComponentError(name, reason, log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'));
}

async function run({ name, command, args, env = {} }: Component, folder: string): Promise<RunningComponent> {
  const log = await open(logFile(folder, name), 'a', 0o600);
  try {
    const child = spawn(command, args, {
      cwd: folder,
      env,
      stdio: ['ignore', log.fd, log.fd],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, killedBy) => resolve(`ended by itself (${killedBy ?? `exit code ${code}`})`));
    });
    return {
      name,
      ended,
      stop: async () => {
        // Its data is deleted next, so it does not need to finish anything.
        child.kill('SIGKILL');
        await ended;
      },
    };
  } finally {
    await log.close();
  }
}

function logFile(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}
