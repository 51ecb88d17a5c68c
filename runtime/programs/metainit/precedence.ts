import type { Clock } from '../../async/clock.ts';

/** The wait of a replica that does not go first, in milliseconds. */
const WAIT_MS = { least: 500, spread: 500 };

/** No pod waits longer than this for another replica, in milliseconds. */
const LONGEST_WAIT_MS = 5000;

/** While a replica makes its trial release, its other pods wait and ask again after this time, in milliseconds. */
const TRIAL_MS = 1000;

/**
 * Decides which of several replicas goes first, so that few pods are patched twice. All replicas are active, without a leader:
 * - The replica that released the last pod releases the next pods at once.
 * - A replica that saw another replica's release waits, until it has seen no such release for a short, random time.
 * - After this wait, and at its start, a replica makes a trial: it releases one pod. If no other replica released the same pod,
 *   this replica goes first.
 */
export class Precedence {
  private readonly clock: Clock;
  private goesFirst = false;
  private isTrying = false;
  private waitMs = 0;
  private otherReleasedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The milliseconds that the release of a pod must wait. @param seenAt when the program saw the pod */
  waitFor(seenAt: number): number {
    if (this.goesFirst) {
      return 0;
    }
    if (this.isTrying) {
      return TRIAL_MS;
    }
    const due = Math.max(seenAt, this.otherReleasedAt) + this.waitMs;
    return Math.max(0, Math.min(due, seenAt + LONGEST_WAIT_MS) - this.clock.now());
  }

  /** A release begins. Call `released` or `failed` at its end. */
  begin(): void {
    this.isTrying = !this.goesFirst;
  }

  /**
   * This replica released a pod.
   *
   * @param begun when the release began
   * @returns whether the replica goes first from now on, and did not before
   */
  released(begun: number): boolean {
    this.isTrying = false;
    // A release that began before another replica's release does not show which replica goes first now.
    if (this.goesFirst || begun <= this.otherReleasedAt) {
      return false;
    }
    this.goesFirst = true;
    return true;
  }

  /** A release of this replica failed, or was not necessary. */
  failed(): void {
    this.isTrying = false;
  }

  otherReleased(): void {
    this.goesFirst = false;
    this.waitMs = WAIT_MS.least + WAIT_MS.spread * this.clock.random();
    this.otherReleasedAt = this.clock.now();
  }
}
