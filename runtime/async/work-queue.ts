import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';

export interface QueueLimits {
  /** So many keys are worked on at once. */
  readonly concurrency: number;
  /** The wait after a key's first failure is anywhere below this, in milliseconds; with each further one the bound doubles. */
  readonly firstWaitMs: number;
  /** That bound grows no further than this, in milliseconds. */
  readonly longestWaitMs: number;
}

export interface QueueWorker {
  /**
   * Does what is to be done about a key.
   *
   * @param signal the one that the queue runs with
   * @returns after how many milliseconds the key is to be worked on again; undefined: once it is added
   * @throws to be called again, after a wait
   */
  work(key: string, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Told of what `work` threw. Returns how many milliseconds the next attempt must wait at least, unless the key was planned
   * or is added for earlier.
   *
   * @throws to end the queue
   */
  failed(key: string, error: unknown): number;
}

/**
 * Keys to be worked on, in the order of their addition, with the rules of client-go's workqueue
 * (https://pkg.go.dev/k8s.io/client-go/util/workqueue):
 * - a key that is added again before its work begins is worked on once;
 * - a key that is added during its work is worked on again afterwards, never twice at once;
 * - a key whose work failed comes back after a wait of its own, which grows with each failure in a row.
 *
 * Other than there, a key has one time to come back at most. The earliest wins, and is forgotten when work begins.
 */
export class WorkQueue {
  private readonly limits: QueueLimits;
  private readonly clock: Clock;
  private readonly worker: QueueWorker;
  /** To be worked on as soon as a worker is free and nobody else works on them. */
  private readonly ready = new Set<string>();
  private readonly inWork = new Set<string>();
  private readonly later = new Map<string, { readonly due: number; readonly cancel: () => void }>();
  private readonly backoffs = new Map<string, Backoff>();
  private readonly freeWorkers: (() => void)[] = [];

  constructor(limits: QueueLimits, clock: Clock, worker: QueueWorker) {
    this.limits = limits;
    this.clock = clock;
    this.worker = worker;
  }

  /** How many keys wait for a worker, without those that come back later. */
  get depth(): number {
    return this.ready.size;
  }

  /** Has a key worked on as soon as possible. */
  add(key: string): void {
    this.ready.add(key);
    this.freeWorkers.shift()?.();
  }

  /** Has a key worked on in so many milliseconds, or earlier where that was asked for before. */
  addAfter(key: string, ms: number): void {
    const due = this.clock.now() + ms;
    const planned = this.later.get(key);
    if (planned && planned.due <= due) {
      return;
    }
    planned?.cancel();
    const cancel = this.clock.after(ms, () => {
      this.later.delete(key);
      this.add(key);
    });
    this.later.set(key, { due, cancel });
  }

  /**
   * Works until the signal is aborted, and resolves when the work that runs then has ended. To be called once.
   *
   * @throws what `failed` throws, once the other work has ended
   */
  async run(parent: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const end = () => {
      ending.abort(parent.reason);
      this.wakeAll();
    };
    parent.addEventListener('abort', end);
    if (parent.aborted) {
      end();
    }
    const workers = Array.from({ length: this.limits.concurrency }, () => this.workOnKeys(ending.signal));
    try {
      await Promise.all(workers);
    } finally {
      end();
      await Promise.allSettled(workers);
      parent.removeEventListener('abort', end);
      for (const { cancel } of this.later.values()) {
        cancel();
      }
      this.later.clear();
    }
  }

  private wakeAll(): void {
    for (const wake of this.freeWorkers.splice(0)) {
      wake();
    }
  }

  /** One of the workers. */
  private async workOnKeys(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const key = this.next();
      if (key === undefined) {
        await new Promise<void>((wake) => this.freeWorkers.push(wake));
      } else {
        await this.workOn(key, signal);
      }
    }
  }

  /** Who ends work on a key looks here afterwards, so that no key which was added meanwhile is left. */
  private next(): string | undefined {
    for (const key of this.ready) {
      if (!this.inWork.has(key)) {
        return key;
      }
    }
    return undefined;
  }

  private async workOn(key: string, signal: AbortSignal): Promise<void> {
    this.ready.delete(key);
    this.later.get(key)?.cancel();
    this.later.delete(key);
    this.inWork.add(key);
    try {
      const again = await this.worker.work(key, signal);
      this.backoffs.delete(key);
      if (again !== undefined) {
        this.addAfter(key, again);
      }
    } catch (error) {
      // What was given up because of the signal did not fail.
      if (!signal.aborted) {
        this.addAfter(key, Math.max(this.worker.failed(key, error), this.nextWait(key)));
      }
    } finally {
      this.inWork.delete(key);
    }
  }

  private nextWait(key: string): number {
    const { firstWaitMs, longestWaitMs } = this.limits;
    const backoff = this.backoffs.get(key) ?? createBackoff(firstWaitMs, longestWaitMs, this.clock.random);
    this.backoffs.set(key, backoff);
    return backoff.next();
  }
}
