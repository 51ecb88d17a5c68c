import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServiceStatus } from '../../serve/serve-status.ts';

/** What a request is for. */
export type Task = 'watch' | 'release' | 'event';
const TASKS: readonly Task[] = ['watch', 'release', 'event'];

/** Seconds. */
const HELD_BUCKETS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];
const RELEASE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The state of the service, for probes and for Prometheus. */
export class ReleaseStatus implements ServiceStatus {
  private readonly registry = new Registry();
  private readonly releasedPods: Counter;
  private readonly held: Histogram;
  private readonly release: Histogram;
  private readonly restarts: Counter;
  private readonly errors: Counter<'task'>;
  /** The watches whose first list is not complete yet. */
  private readonly unlisted: Set<string>;
  private readonly problems = new Map<string, string>();

  /**
   * @param watches the name of each watch
   * @param queueDepth the number of pods that wait for their release
   * @param certificateExpiry when the client certificate expires, in milliseconds since 1970; undefined if there is none
   */
  constructor(
    watches: readonly string[],
    queueDepth: () => number,
    certificateExpiry: () => number | undefined,
  ) {
    this.unlisted = new Set(watches);
    const options = (name: string, help: string) => ({
      name: `metainit_${name}`,
      help,
      registers: [this.registry],
    });
    this.releasedPods = new Counter(options('pods_released_total', 'Pods whose gates this replica removed.'));
    this.held = new Histogram({
      ...options('pod_held_seconds', 'From the creation of a pod to the removal of its gates.'),
      buckets: HELD_BUCKETS,
    });
    this.release = new Histogram({
      ...options('release_seconds', 'From when the program saw a held pod to the removal of its gates.'),
      buckets: RELEASE_BUCKETS,
    });
    new Gauge({
      ...options('queue_depth', 'Held pods that wait to be released, also for another attempt.'),
      collect() {
        this.set(queueDepth());
      },
    });
    new Gauge({
      ...options(
        'client_certificate_expiration_timestamp_seconds',
        'When the client certificate of a kubeconfig expires, in seconds since 1970.',
      ),
      collect() {
        const expiry = certificateExpiry();
        if (expiry === undefined) {
          this.remove();
        } else {
          this.set(expiry / 1000);
        }
      },
    });
    this.restarts = new Counter(options('watch_restarts_total', 'Watches that followed an earlier one.'));
    this.errors = new Counter({
      ...options('errors_total', 'Failed requests: of a watch or list, a release, an Event.'),
      labelNames: ['task'],
    });
    for (const task of TASKS) {
      this.errors.inc({ task }, 0);
    }
  }

  /** A list is complete. */
  listed(watch: string): void {
    this.unlisted.delete(watch);
  }

  get isListed(): boolean {
    return this.unlisted.size === 0;
  }

  restarted(): void {
    this.restarts.inc();
  }

  released(heldMs: number, sinceSeenMs: number): void {
    this.releasedPods.inc();
    this.held.observe(heldMs / 1000);
    this.release.observe(sinceSeenMs / 1000);
  }

  /** A request failed. @param why why the program cannot do its work; undefined if it can */
  failed(task: Task, where: string, why: string | undefined): void {
    this.errors.inc({ task });
    if (why !== undefined) {
      this.problems.set(`${task} ${where}`, why);
    }
  }

  /** Replaces the reason of a failure by a better one, unless the failure is over. */
  explained(task: Task, where: string, why: string): void {
    const problem = `${task} ${where}`;
    if (this.problems.has(problem)) {
      this.problems.set(problem, why);
    }
  }

  /** The program can do a task there. */
  succeeded(task: Task, where: string): void {
    this.problems.delete(`${task} ${where}`);
  }

  whyNotStarted(): string | undefined {
    const [problem = 'the held pods are not listed yet'] = this.problems.values();
    return this.isListed ? undefined : problem;
  }

  whyNotReady(): string | undefined {
    const [problem] = this.problems.values();
    return this.whyNotStarted() ?? problem;
  }

  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}
