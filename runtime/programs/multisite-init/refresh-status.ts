import { Counter, Gauge, Registry } from 'prom-client';
import type { Outcome } from './run.ts';

/** The state of the refresher, for probes and for Prometheus. */
export class RefreshStatus {
  private readonly registry = new Registry();
  private readonly expiry = this.gauge(
    'credential_expiry_timestamp_seconds',
    'When the credential in the kubeconfig ends, in seconds since 1970. Absent before the first check, and if the credential has no end.',
  );
  private readonly lastSuccess = this.gauge(
    'last_success_timestamp_seconds',
    'When a check last found the entry correct or corrected it, in seconds since 1970. Absent before the first such check.',
  );
  private readonly writes = this.counter('writes_total', 'Writes of the kubeconfig.');
  private readonly conflicts = this.counter(
    'conflicts_total',
    'Writes that were tried again because somebody else wrote in between.',
  );
  private readonly failures = this.counter('failures_total', 'Failed checks of the entry.');
  private started = false;
  private problem: string | undefined = 'the entry is not checked yet';

  /** A run has ended without an error. This does not tell whether readers can use the entry. */
  ran({ credential, written, conflicts }: Outcome): void {
    this.started = true;
    if (written) {
      this.writes.inc();
    }
    this.conflicts.inc(conflicts);
    if (credential.life) {
      this.expiry.set(credential.life.expires.getTime() / 1000);
    } else {
      this.expiry.remove();
    }
  }

  /** The entry is correct. If the server was asked, it accepts the entry's token. */
  succeeded(now: Date): void {
    this.problem = undefined;
    this.lastSuccess.set(now.getTime() / 1000);
  }

  failed(message: string): void {
    this.problem = message;
    this.failures.inc();
  }

  /** Why there is no entry yet. Undefined after it was written or found. */
  whyNotStarted(): string | undefined {
    return this.started ? undefined : 'the entry is not written yet';
  }

  /** Why the entry may be wrong. Undefined if it is correct. */
  whyNotReady(): string | undefined {
    return this.problem;
  }

  /** In the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  private gauge(name: string, help: string): Gauge {
    const gauge = new Gauge({ name: `multisite_init_${name}`, help, registers: [this.registry] });
    // A gauge begins at 0, which would be read as the year 1970.
    gauge.remove();
    return gauge;
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name: `multisite_init_${name}`, help, registers: [this.registry] });
  }
}
