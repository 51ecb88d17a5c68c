import { ExitCode } from '../cli/exit-code.ts';
import { type Log, type LogEntry, replay } from '../cli/log.ts';
import { ApiError } from '../kube/api-error.ts';
import { createBackoff } from '../kube/backoff.ts';
import { describeRef } from '../kube/data-objects.ts';
import { watchDataObject } from '../kube/watch.ts';
import { Alarm } from './alarm.ts';
import { failureOf } from './failure-of.ts';
import type { Options } from './options.ts';
import { type Deps, type Outcome, run } from './run.ts';
import type { Status } from './status.ts';

/** How often the entry's token is tried, in milliseconds: nothing tells when one is revoked, or its pod ends. */
const CHECK_INTERVAL_MS = 60_000;

/** How often our own files are looked at, in milliseconds: the kubelet swaps them within a minute or so of a change. */
const OWN_SIDE_INTERVAL_MS = 5000;

/** Bookmarks come about once a minute. */
const WATCH_IDLE_MS = 150_000;
const WATCH_START_MS = 10_000;

/** As client-go has it: the server ends a watch after five to ten minutes, not all of them at once. */
const WATCH_SECONDS = { least: 300, spread: 300 };

export interface RefreshDeps extends Deps {
  readonly status: Status;
  /** What our own files say: compared, to see when it changes. @throws while they cannot be read */
  readonly ownSide: () => string;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Told of each run that changed the target, the first one always. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Makes the entry right, and keeps it so for ever: it is looked at again when the object changes, when our own token
 * or CA does, when it is time for another token, and once a minute.
 *
 * @throws whatever the first run throws; later ones are tried again
 */
export async function refresh(options: Options, deps: RefreshDeps): Promise<never> {
  const first = await run(options, deps);
  deps.status.succeeded(first, new Date(deps.wallClock()));
  deps.onOutcome(first);
  // What was there once may be gone for a while, which the watch tells better than trying again would.
  const refresher = new Refresher({ ...options, waitMs: 0 }, deps, first);
  return Promise.race([refresher.keepRight(), refresher.follow(), refresher.mindOwnSide()]);
}

class Refresher {
  private readonly options: Options;
  private readonly deps: RefreshDeps;
  private readonly alarm = new Alarm();
  /** Rings when the object was read. */
  private readonly read = new Alarm();
  private outcome: Outcome;
  /** What the watch, or a read, saw last. */
  private resourceVersion: string;

  constructor(options: Options, deps: RefreshDeps, first: Outcome) {
    this.options = options;
    this.deps = deps;
    this.outcome = first;
    this.resourceVersion = first.resourceVersion;
  }

  async keepRight(): Promise<never> {
    const { random, sleep } = this.deps.clock;
    const newRepairs = () => createBackoff(1000, 60_000, random);
    const newFailures = () => createBackoff(1000, 60_000, random);
    let repairs = newRepairs();
    let failures = newFailures();
    let delay = this.untilNextCheck();
    for (;;) {
      const rung = await this.alarm.sleep(delay);
      const outcome = await this.attempt();
      if (outcome === undefined) {
        delay = failures.next();
        continue;
      }
      failures = newFailures();
      if (!outcome.written) repairs = newRepairs();
      // Whoever undoes every repair is not answered ever faster.
      else if (rung) await sleep(repairs.next());
      delay = this.untilNextCheck();
    }
  }

  /** Watches the object, for as long as the program runs. */
  async follow(): Promise<never> {
    const { target, log, clock } = this.deps;
    const newFaults = () => createBackoff(1000, 30_000, clock.random);
    let faults = newFaults();
    for (;;) {
      try {
        const timeoutSeconds = Math.round(WATCH_SECONDS.least + WATCH_SECONDS.spread * clock.random());
        const { resourceVersion } = this;
        const times = { timeoutSeconds, startMs: WATCH_START_MS, idleMs: WATCH_IDLE_MS };
        await watchDataObject(target, this.options.target, { resourceVersion, ...times }, (seen, changed) => {
          faults = newFaults();
          if (changed && seen !== this.resourceVersion) this.alarm.ring();
          this.resourceVersion = seen;
        });
      } catch (error) {
        const failure = failureOf(error, this.options);
        if (failure.exitCode === ExitCode.bug) throw error;
        if (error instanceof ApiError && error.status === 410) {
          log.info(`the watch of ${describeRef(this.options.target)} is too old to go on: reading it again`);
          this.alarm.ring();
          await this.read.sleep(CHECK_INTERVAL_MS);
        } else if (failure.exitCode === ExitCode.denied) {
          log.error(failure.message, failure.mend);
        }
        await clock.sleep(faults.next());
      }
    }
  }

  /** Looks whether our own token or CA was replaced, for as long as the program runs. */
  async mindOwnSide(): Promise<never> {
    let last = this.ownSide();
    for (;;) {
      await this.deps.clock.sleep(OWN_SIDE_INTERVAL_MS);
      const now = this.ownSide() ?? last;
      if (now !== last) this.alarm.ring();
      last = now;
    }
  }

  private ownSide(): string | undefined {
    try {
      return this.deps.ownSide();
    } catch {
      // Half-way through a change; a run says so if it stays like that.
      return undefined;
    }
  }

  private async attempt(): Promise<Outcome | undefined> {
    const { status, log, wallClock, onOutcome } = this.deps;
    const said: LogEntry[] = [];
    const quiet: Log = {
      info: (message, fields) => void said.push({ message, fields }),
      error: log.error,
    };
    try {
      const outcome = await run(this.options, { ...this.deps, log: quiet });
      status.succeeded(outcome, new Date(wallClock()));
      if (outcome.written) {
        replay(said, log);
        onOutcome(outcome);
      }
      this.outcome = outcome;
      this.resourceVersion = outcome.resourceVersion;
      this.read.ring();
      return outcome;
    } catch (error) {
      const failure = failureOf(error, this.options);
      if (failure.exitCode === ExitCode.bug) throw error;
      replay(said, log);
      log.error(failure.message, failure.mend);
      status.failed(failure.message);
      return undefined;
    }
  }

  private untilNextCheck(): number {
    const { renewal } = this.outcome.credential;
    const check = CHECK_INTERVAL_MS * (0.9 + 0.2 * this.deps.clock.random());
    return Math.max(0, Math.min(renewal - this.deps.wallClock(), check));
  }
}
