import { Counter, Gauge, Registry } from 'prom-client';
import type { Outcome } from './run.ts';

/** How the refreshing goes, for probes and for Prometheus. */
export class RefreshStatus {
  private readonly registry = new Registry();
  private readonly expiry = this.gauge(
    'credential_expiry_timestamp_seconds',
    'When the credential in the kubeconfig ends, in seconds since 1970; absent where it has no end, and before the first success.',
  );
  private readonly lastSuccess = this.gauge(
    'last_success_timestamp_seconds',
    'When the entry was last found right or made right, in seconds since 1970; absent before that.',
  );
  private readonly writes = this.counter('writes_total', 'Writes of the kubeconfig.');
  private readonly conflicts = this.counter(
    'conflicts_total',
    'Writes that were repeated because somebody else wrote in between.',
  );
  private readonly failures = this.counter(
    'failures_total',
    'Attempts to make the entry right that were given up.',
  );
  private started = false;
  private problem: string | undefined = 'the entry was not checked yet';

  /** A run came to its end. Whether its entry serves anybody is another question. */
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

  /** The entry is right, and the server takes its token, if it was asked. */
  succeeded(now: Date): void {
    this.problem = undefined;
    this.lastSuccess.set(now.getTime() / 1000);
  }

  failed(message: string): void {
    this.problem = message;
    this.failures.inc();
  }

  /** Why there is no entry that readers could use yet; undefined once it was written, or found. */
  whyNotStarted(): string | undefined {
    return this.started ? undefined : 'the entry is not written yet';
  }

  /** Why the entry is not known to be right; undefined where it is. */
  whyNotReady(): string | undefined {
    return this.problem;
  }

  /** In the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.registry.metrics();
  }

  private gauge(name: string, help: string): Gauge {
    const gauge = new Gauge({ name: `multisite_init_${name}`, help, registers: [this.registry] });
    // It begins at 0, which would be a time.
    gauge.remove();
    return gauge;
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name: `multisite_init_${name}`, help, registers: [this.registry] });
  }
}
