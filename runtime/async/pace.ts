import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';

const FIRST_WAIT_MS = 1000;

/** At random, so that replicas do not check all at once. */
const EVENT_DISTANCE_MS = { least: 750, spread: 500 };

/** Who undid nothing for so long, after the wait that followed a repair, is answered at once again. */
const CALM_MS = 60_000;

/** However long a server asks to wait. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** Keeps checks that events cause apart: other people's writes are not answered one by one. */
export class EventPace {
  private readonly clock: Clock;
  private repairs: Backoff;
  private calmSince: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.repairs = this.newRepairs();
    this.calmSince = clock.now();
  }

  /** Waits after such a check. After repairs in a row it waits longer each time, so that two programs that undo each other slow down. */
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

/** The waits between failed attempts in a row: longer each time, and no shorter than the server asks for. */
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
