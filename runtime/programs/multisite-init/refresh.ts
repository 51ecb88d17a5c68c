import { Alarm } from '../../async/alarm.ts';
import { EventPace, FailurePace } from '../../async/pace.ts';
import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import { type HeldLine, type Log, replay } from '../../cli/log.ts';
import { describeRef, objectRef } from '../../kube/data-objects.ts';
import { ApiError, retryAfterMs } from '../../kube/errors.ts';
import { Reflector } from '../../kube/reflector.ts';
import { PortError, serveStatus } from '../../serve/serve-status.ts';
import type { CreatedDeps } from './create-deps.ts';
import { explainFailure } from './explain-failure.ts';
import type { Options } from './options.ts';
import { RefreshStatus } from './refresh-status.ts';
import { type Outcome, run, tryEntry } from './run.ts';

/** How often the entry's token is tested, in milliseconds. No event tells that a token was revoked, or that its pod ended. */
const CHECK_INTERVAL_MS = 60_000;

/** How often our own files are compared, in milliseconds. The kubelet replaces them within about a minute of a change. */
const OWN_FILES_INTERVAL_MS = 5000;

export interface RefreshDeps extends CreatedDeps {
  readonly status: RefreshStatus;
  /** Called after each run that changed the target, and always after the first run. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Serves the status, and keeps the entry correct until the signal is aborted.
 *
 * @throws Failure, what the first run throws, and the signal's reason
 */
export async function startRefreshing(
  options: Options,
  port: number,
  deps: CreatedDeps,
  redact: (text: string) => string,
  onOutcome: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<never> {
  const status = new RefreshStatus();
  try {
    await serveStatus(status, port, redact, signal);
  } catch (error) {
    if (!(error instanceof PortError)) {
      throw error;
    }
    const hint = 'Choose another port with --port: another container of the pod may use this one.';
    throw new Failure(ExitCode.usage, error.message, hint, { cause: error });
  }
  return refresh(options, { ...deps, status, onOutcome }, signal);
}

/**
 * Writes the entry, and keeps it correct until the signal is aborted. The entry is checked again when the object changes,
 * when our own token or CA changes, when it is time for another token, and once a minute.
 *
 * @throws what the first run throws, and the signal's reason; later runs that fail are tried again
 */
export async function refresh(options: Options, deps: RefreshDeps, signal: AbortSignal): Promise<never> {
  const first = await run(options, deps, signal);
  deps.status.ran(first);
  deps.onOutcome(first);
  // An object may be missing for a while. The watch notices its return, so there is no need to wait for it here.
  const refresher = new Refresher({ ...options, waitMs: 0 }, deps, first);
  return Promise.race([
    refresher.keepEntry(signal),
    refresher.watchTarget(signal),
    refresher.watchOwnFiles(signal),
  ]);
}

class Refresher {
  private readonly options: Options;
  private readonly deps: RefreshDeps;
  private readonly alarm: Alarm;
  private outcome: Outcome;
  /** The last version that the watch or a check saw. */
  private resourceVersion: string;

  constructor(options: Options, deps: RefreshDeps, first: Outcome) {
    this.options = options;
    this.deps = deps;
    this.alarm = new Alarm(deps.clock);
    this.outcome = first;
    this.resourceVersion = first.resourceVersion;
  }

  /** Checks the entry when it is time, or when the alarm rings. */
  async keepEntry(signal: AbortSignal): Promise<never> {
    const pace = new EventPace(this.deps.clock);
    await this.tryFirst(signal);
    for (;;) {
      const rung = await this.alarm.sleep(this.untilNextCheck(), signal);
      await this.check(signal);
      // Events during the pause are not lost: one check handles all of them.
      if (rung) {
        await pace.rest(this.outcome.written, signal);
      }
    }
  }

  /** If readers cannot use the entry, the program does not end: the probes and the log report it. */
  private async tryFirst(signal: AbortSignal): Promise<void> {
    try {
      await this.tryEntry(signal);
    } catch (error) {
      await this.report(error, signal);
      await this.check(signal);
    }
  }

  /** Rings when somebody else changes the target. */
  watchTarget(signal: AbortSignal): Promise<never> {
    const { target, clock } = this.deps;
    const reflector = new Reflector<string>(target, clock, objectRef(this.options.target), {
      project: ({ metadata }) => metadata?.resourceVersion ?? '',
      applied: (_, seen) => this.seen(seen),
      deleted: (_, seen) => this.seen(seen),
      synced: () => {},
      failed: (error) => this.watchFailed(error, signal),
    });
    return reflector.watchOnly(this.resourceVersion, signal);
  }

  private seen(resourceVersion: string): void {
    if (resourceVersion !== this.resourceVersion) {
      this.alarm.ring();
    }
    this.resourceVersion = resourceVersion;
  }

  private async watchFailed(error: Error, signal: AbortSignal): Promise<void> {
    const { log } = this.deps;
    if (error instanceof ApiError && error.code === 410) {
      log.info(
        `the watch of ${describeRef(this.options.target)} has ended, because the API server does not keep changes for so long: starting a new watch`,
      );
      return;
    }
    const failure = await explainFailure(error, this.options, this.deps, signal);
    if (failure.exitCode === ExitCode.denied) {
      log.error(failure.message, failure.hint);
    }
  }

  /** Rings when our own token or CA has changed. */
  async watchOwnFiles(signal: AbortSignal): Promise<never> {
    let last = this.ownFiles();
    for (;;) {
      await this.deps.clock.sleep(OWN_FILES_INTERVAL_MS, signal);
      const now = this.ownFiles() ?? last;
      if (now !== last) {
        this.alarm.ring();
      }
      last = now;
    }
  }

  private ownFiles(): string | undefined {
    try {
      return this.deps.ownFiles();
    } catch {
      // The files may be in the middle of a change. If they stay unreadable, the next run fails and reports it.
      return undefined;
    }
  }

  /** Repeats an attempt until the entry is correct. Events do not shorten the wait between attempts. */
  private async check(signal: AbortSignal): Promise<void> {
    const pace = new FailurePace(60_000, this.deps.clock);
    for (;;) {
      try {
        await this.attempt(signal);
        return;
      } catch (error) {
        await this.report(error, signal);
        await pace.rest(retryAfterMs(error), signal);
      }
    }
  }

  /** Reports a failure to the log and the probes. @throws the signal's reason, and an error that is a bug */
  private async report(error: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { status, log } = this.deps;
    const failure = await explainFailure(error, this.options, this.deps, signal);
    if (failure.exitCode === ExitCode.bug) {
      throw error;
    }
    log.error(failure.message, failure.hint);
    status.failed(failure.message);
  }

  /** Logs the steps of a run only if the run writes or fails. */
  private async attempt(signal: AbortSignal): Promise<void> {
    const { status, log, onOutcome } = this.deps;
    const held: HeldLine[] = [];
    const quiet: Log = {
      info: (message, fields) => void held.push({ message, fields }),
      error: log.error,
    };
    try {
      this.outcome = await run(this.options, { ...this.deps, log: quiet }, signal);
    } catch (error) {
      replay(held, log);
      throw error;
    }
    this.resourceVersion = this.outcome.resourceVersion;
    status.ran(this.outcome);
    if (this.outcome.written) {
      replay(held, log);
      onOutcome(this.outcome);
    }
    await this.tryEntry(signal);
  }

  /** Tests the entry as its readers use it, unless this run has already tested it. */
  private async tryEntry(signal: AbortSignal): Promise<void> {
    const { authenticateEntry, status, clock } = this.deps;
    const { credential, server, verifiedAs } = this.outcome;
    if (authenticateEntry && !credential.isTried && verifiedAs === undefined) {
      await tryEntry(authenticateEntry, server, credential.token, signal);
    }
    status.succeeded(new Date(clock.wallTime()));
  }

  private untilNextCheck(): number {
    const { renewal } = this.outcome.credential;
    const check = CHECK_INTERVAL_MS * (0.9 + 0.2 * this.deps.clock.random());
    return Math.max(0, Math.min(renewal - this.deps.clock.wallTime(), check));
  }
}
