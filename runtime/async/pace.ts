import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';

const FIRST_WAIT_MS = 1000;

/** Random, so that replicas do not all check at the same time. */
const EVENT_DISTANCE_MS = { least: 750, spread: 500 };

/** If there was no repair for this long after the last wait, the back-off begins again with its shortest wait. */
const CALM_MS = 60_000;

/** The longest wait that a server can ask for. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** Puts a pause between the checks that events cause. So one check answers several writes of other writers. */
export class EventPace {
  private readonly clock: Clock;
  private repairs: Backoff;
  private calmSince: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.repairs = this.newRepairs();
    this.calmSince = clock.now();
  }

  /**
   * Waits after a check that an event caused. The wait grows with each repair in a row, so that two programs that undo
   * each other's writes slow down.
   */
  async rest(repaired: boolean, signal: AbortSignal): Promise<void> {
    const { clock } = this;
    const distance = EVENT_DISTANCE_MS.least + EVENT_DISTANCE_MS.spread * clock.random();
    if (!repaired) {
      return clock.sleep(distance, signal);
    }
    if (clock.now() - this.calmSince >= CALM_MS) {
      this.repairs = this.newRepairs();
    }
    await clock.sleep(Math.max(distance, this.repairs.next()), signal);
    this.calmSince = clock.now();
  }

  private newRepairs(): Backoff {
    return createBackoff(FIRST_WAIT_MS, 60_000, this.clock.random);
  }
}

/** The waits between failed attempts in a row: longer each time, and never shorter than the server asks for. */
export class FailurePace {
  private readonly clock: Clock;
  private readonly capMs: number;
  private backoff: Backoff;

  constructor(capMs: number, clock: Clock) {
    this.capMs = capMs;
    this.clock = clock;
    this.backoff = this.newBackoff();
  }

  succeeded(): void {
    this.backoff = this.newBackoff();
  }

  /** @param askedMs how long the server asks to wait, in milliseconds */
  async rest(askedMs: number, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(Math.min(askedMs, LONGEST_RETRY_AFTER_MS) + this.backoff.next(), signal);
  }

  private newBackoff(): Backoff {
    return createBackoff(FIRST_WAIT_MS, this.capMs, this.clock.random);
  }
}
