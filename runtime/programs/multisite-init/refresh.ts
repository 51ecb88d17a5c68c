import { Alarm } from '../../async/alarm.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { type Log, type LogEntry, replay } from '../../cli/log.ts';
import { ApiError } from '../../kube/api-error.ts';
import { describeRef } from '../../kube/data-objects.ts';
import { watchDataObject } from '../../kube/watch.ts';
import { failureOf } from './failure-of.ts';
import type { Options } from './options.ts';
import { EventPace, FailurePace } from './pace.ts';
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
  private outcome: Outcome;
  /** What the watch, or a look, saw last. */
  private resourceVersion: string;

  constructor(options: Options, deps: RefreshDeps, first: Outcome) {
    this.options = options;
    this.deps = deps;
    this.outcome = first;
    this.resourceVersion = first.resourceVersion;
  }

  async keepRight(): Promise<never> {
    const pace = new EventPace(this.deps.clock);
    for (;;) {
      const rung = await this.alarm.sleep(this.untilNextCheck());
      await this.look();
      // What rings meanwhile is not lost, but answered by one look.
      if (rung) {
        await pace.rest(this.outcome.written);
      }
    }
  }

  /** Watches the object, for as long as the program runs. */
  async follow(): Promise<never> {
    const pace = new FailurePace(30_000, this.deps.clock);
    for (;;) {
      const error = await this.watch(() => pace.succeeded());
      await pace.rest(error);
    }
  }

  /** Resolves to what ended the watch, undefined where the server did as it was asked to. */
  private async watch(onEvent: () => void): Promise<unknown> {
    const { target, log, clock } = this.deps;
    const { resourceVersion } = this;
    const timeoutSeconds = Math.round(WATCH_SECONDS.least + WATCH_SECONDS.spread * clock.random());
    const options = { resourceVersion, timeoutSeconds, startMs: WATCH_START_MS, idleMs: WATCH_IDLE_MS };
    try {
      await watchDataObject(target, this.options.target, options, (seen, changed) => {
        onEvent();
        if (changed && seen !== this.resourceVersion) {
          this.alarm.ring();
        }
        this.resourceVersion = seen;
      });
      return undefined;
    } catch (error) {
      const failure = failureOf(error, this.options);
      if (failure.exitCode === ExitCode.bug) {
        throw error;
      }
      if (error instanceof ApiError && error.status === 410) {
        log.info(`the watch of ${describeRef(this.options.target)} is too old to go on: beginning a new one`);
        this.resourceVersion = '';
      } else if (failure.exitCode === ExitCode.denied) {
        log.error(failure.message, failure.hint);
      }
      return error;
    }
  }

  /** Looks whether our own token or CA was replaced, for as long as the program runs. */
  async mindOwnSide(): Promise<never> {
    let last = this.ownSide();
    for (;;) {
      await this.deps.clock.sleep(OWN_SIDE_INTERVAL_MS);
      const now = this.ownSide() ?? last;
      if (now !== last) {
        this.alarm.ring();
      }
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

  /** Tries until the entry is right. What happens while it waits does not shorten that. */
  private async look(): Promise<void> {
    const { status, log, clock } = this.deps;
    const pace = new FailurePace(60_000, clock);
    for (;;) {
      try {
        await this.attempt();
        return;
      } catch (error) {
        const failure = failureOf(error, this.options);
        if (failure.exitCode === ExitCode.bug) {
          throw error;
        }
        log.error(failure.message, failure.hint);
        status.failed(failure.message);
        await pace.rest(error);
      }
    }
  }

  /** Says what it does only if it writes or fails. */
  private async attempt(): Promise<void> {
    const { status, log, wallClock, onOutcome } = this.deps;
    const said: LogEntry[] = [];
    const quiet: Log = {
      info: (message, fields) => void said.push({ message, fields }),
      error: log.error,
    };
    try {
      this.outcome = await run(this.options, { ...this.deps, log: quiet });
    } catch (error) {
      replay(said, log);
      throw error;
    }
    this.resourceVersion = this.outcome.resourceVersion;
    status.succeeded(this.outcome, new Date(wallClock()));
    if (!this.outcome.written) {
      return;
    }
    replay(said, log);
    onOutcome(this.outcome);
  }

  private untilNextCheck(): number {
    const { renewal } = this.outcome.credential;
    const check = CHECK_INTERVAL_MS * (0.9 + 0.2 * this.deps.clock.random());
    return Math.max(0, Math.min(renewal - this.deps.wallClock(), check));
  }
}
