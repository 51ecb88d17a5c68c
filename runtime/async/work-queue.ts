import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';

export interface QueueLimits {
  /** The number of keys that are worked on at the same time. */
  readonly concurrency: number;
  /** The upper bound of the random wait after a key's first failure, in milliseconds. Each further failure doubles the bound. */
  readonly firstWaitMs: number;
  /** The largest value of that bound, in milliseconds. */
  readonly longestWaitMs: number;
}

export interface QueueWorker {
  /**
   * Does the work for a key.
   *
   * @param signal aborted when the queue ends
   * @returns the milliseconds until the next work on the key; undefined if the key waits until it is added again
   * @throws any error: then the work is repeated after a wait
   */
  work(key: string, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Called with the error that `work` threw. Returns how many milliseconds to wait before the next attempt. If the key is
   * due earlier for another reason, the earlier time wins.
   *
   * @throws any error: it ends the queue
   */
  failed(key: string, error: unknown): number;
}

/**
 * Keys to work on, in the order of their addition, with the rules of client-go's workqueue
 * (https://pkg.go.dev/k8s.io/client-go/util/workqueue):
 * - a key that is added again before its work begins is worked on once;
 * - a key that is added during its work is worked on again afterwards, never twice at the same time;
 * - a key whose work failed comes back after a wait, which grows with each failure of this key in a row.
 *
 * Unlike in client-go, a key has at most one time for its next work. The earliest time wins. The queue forgets this time
 * when the work begins.
 */
export class WorkQueue {
  private readonly limits: QueueLimits;
  private readonly clock: Clock;
  private readonly worker: QueueWorker;
  /** The keys to work on as soon as a worker is free, and no other worker works on the same key. */
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

  /** How many keys wait for a worker. Keys that come back later are not counted. */
  get depth(): number {
    return this.ready.size;
  }

  /** Adds a key, to be worked on as soon as possible. */
  add(key: string): void {
    this.ready.add(key);
    this.freeWorkers.shift()?.();
  }

  /** Adds a key, to be worked on after the given milliseconds. If the key has an earlier time already, the earlier time stays. */
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
   * Works until the signal is aborted. Resolves when the running work has ended. Call it once.
   *
   * @throws what `failed` throws, after the other work has ended
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

  /** A worker calls this after each key. So a key that was added during the work is not forgotten. */
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
      // Work that ended because of the signal does not count as a failure.
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
