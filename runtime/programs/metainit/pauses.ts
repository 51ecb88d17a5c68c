import { type Backoff, createBackoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';

/** The first pause is a random time below this bound, in milliseconds. The bound doubles with each further pause. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** While one request tries whether the fault is over, the others wait and ask again after this time, in milliseconds. */
const TRIAL_MS = 1000;

interface Pause {
  readonly backoff: Backoff;
  until: number;
  isTried: boolean;
}

/**
 * Pauses after a failure that concerns all pods of a namespace, for example a missing right. After a pause one request goes
 * first. If it succeeds, all requests go. If it fails, the next pause is longer.
 */
export class Pauses {
  private readonly clock: Clock;
  private readonly pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The milliseconds that a request must wait. If 0, the caller sends it, and then calls `succeeded` or `failed`. */
  waitFor(namespace: string): number {
    const pause = this.pauses.get(namespace);
    if (pause === undefined) {
      return 0;
    }
    const wait = pause.until - this.clock.now();
    if (wait > 0) {
      return wait;
    }
    if (pause.isTried) {
      return TRIAL_MS;
    }
    pause.isTried = true;
    return 0;
  }

  has(namespace: string): boolean {
    return this.pauses.has(namespace);
  }

  /** @returns whether this ends a pause */
  succeeded(namespace: string): boolean {
    return this.pauses.delete(namespace);
  }

  /**
   * Begins a pause.
   *
   * @param askedMs how long the server asks to wait, in milliseconds
   * @returns false if the request began before the present pause, so that the failure is not news
   */
  failed(namespace: string, askedMs: number): boolean {
    const { clock } = this;
    let pause = this.pauses.get(namespace);
    if (pause === undefined) {
      pause = { backoff: createBackoff(FIRST_MS, LONGEST_MS, clock.random), until: 0, isTried: false };
      this.pauses.set(namespace, pause);
    } else if (!pause.isTried) {
      return false;
    }
    pause.isTried = false;
    pause.until = clock.now() + Math.max(askedMs, pause.backoff.next());
    return true;
  }
}
