import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const HEARTBEAT_MS = 1000;
/** A builder without a sign of life for this time was killed. */
const STALE_AFTER_MS = 15_000;
const POLL_MS = 200;

export interface BuildLockOptions {
  /** The folder is the lock. The builder creates it, works in it, and removes it at the end. */
  readonly folder: string;
  /** Whether the work is done. Another process may have done it in the meantime. */
  readonly isDone: () => Promise<boolean>;
  readonly build: () => Promise<void>;
  /** Called once if another process is building. */
  readonly onWait: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lets one process build while the others wait for the result, across processes and containers that share the folder.
 * The lock only saves work. The builder's rename makes sure that nobody sees a half-built program.
 */
export async function buildOnce(options: BuildLockOptions): Promise<void> {
  let waiting = false;
  while (!(await options.isDone())) {
    if (await tryMakeFolder(options.folder)) {
      return buildInside(options);
    }
    if (!waiting) {
      options.onWait();
    }
    waiting = true;
    // The folder of a killed builder has everything that it left: the lock and the intermediate files.
    if (await isStale(options.folder)) {
      await rm(options.folder, { recursive: true, force: true });
    } else {
      await setTimeout(POLL_MS);
    }
    options.signal?.throwIfAborted();
  }
}

async function buildInside({ folder, build }: BuildLockOptions): Promise<void> {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(folder, now, now).catch(() => undefined); // then other processes regard this one as dead and build too, which is harmless
  }, HEARTBEAT_MS);
  try {
    await build();
  } finally {
    clearInterval(heartbeat);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function tryMakeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function isStale(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS;
}
