import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const HEARTBEAT_MS = 1000;
/** A builder that has not been heard of for so long was killed. */
const STALE_AFTER_MS = 15_000;
const POLL_MS = 200;

export interface BuildLockOptions {
  /** The folder that is the lock: made for the builder to work in, gone when the work is done. */
  readonly folder: string;
  /** Whether the work has been done, perhaps by somebody else while this one waited. */
  readonly isDone: () => Promise<boolean>;
  readonly build: () => Promise<void>;
  /** Called once if somebody else is building. */
  readonly onWait: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lets one process build while others wait for what it builds, across processes and containers that
 * share the folder. It saves work; that nothing half-built is ever seen is the builder's rename.
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
    // A killed builder's folder holds all it left: its lock and its intermediate files.
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
    utimes(folder, now, now).catch(() => undefined); // others then think that we died, and build as well: that is harmless
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
