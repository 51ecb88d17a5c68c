import type { Clock } from './clock.ts';

/** Wakes a sleeper early. A ring that comes while nobody sleeps is not lost: the next sleep ends at once. */
export class Alarm {
  private readonly clock: Clock;
  private rung = false;
  private wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /**
   * Sleeps for the given milliseconds, or until the alarm rings. Resolves to whether it rang.
   *
   * @throws the signal's reason as soon as it is aborted
   */
  async sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (!this.rung) {
      await this.wakeOrTimeout(ms, signal);
      signal.throwIfAborted();
    }
    const { rung } = this;
    this.rung = false;
    return rung;
  }

  private async wakeOrTimeout(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.after(ms, resolve);
    const abort = () => resolve();
    signal.addEventListener('abort', abort);
    this.wake = resolve;
    try {
      await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
      this.wake = undefined;
    }
  }
}
