import { type QueueWorker, WorkQueue } from '../../async/work-queue.ts';
import { ApiError, CredentialsError, KubeError, retryAfterMs } from '../../kube/errors.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Deps } from './deps.ts';
import { type HeldPod, isHeld, type NotHeld } from './held-pod.ts';
import type { Options } from './options.ts';
import { Pauses } from './pauses.ts';
import { Precedence } from './precedence.ts';
import { Recorder } from './recorder.ts';
import { describeRelease, releaseFields, releaseOf } from './release.ts';
import { type Removal, releasePod } from './release-pod.ts';
import type { ReleaseStatus } from './release-status.ts';

const QUEUE_LIMITS = { concurrency: CONCURRENCY, firstWaitMs: 1000, longestWaitMs: 60_000 };

/** A pod that waits for its release, or for the watch to show it. */
interface Waiting {
  pod: HeldPod;
  readonly seenAt: number;
  /** A request to release it is under way, or got no answer. The request may have released it. */
  isRequested: boolean;
  /** It is released, but the watch has not shown this yet. Gates cannot be added later, so there is nothing left to do. */
  isReleased: boolean;
  /** A late event or a new list shows it as held, after its release. */
  isShownAgain: boolean;
  /** The watch has shown that nothing is left to do, while the request was under way. */
  isOver: boolean;
}

/** Releases the held pods that the watches find. */
export class Releaser implements QueueWorker {
  private readonly options: Options;
  private readonly deps: Deps;
  private readonly status: ReleaseStatus;
  private readonly queue: WorkQueue;
  private readonly precedence: Precedence;
  private readonly pauses: Pauses;
  private readonly recorder: Recorder;
  private readonly waiting = new Map<string, Waiting>();
  /** After SIGTERM a release that has begun is still completed and recorded. */
  private readonly unaborted = new AbortController().signal;

  constructor(options: Options, deps: Deps, status: ReleaseStatus) {
    this.options = options;
    this.deps = deps;
    this.status = status;
    this.queue = new WorkQueue(QUEUE_LIMITS, deps.clock, this);
    this.precedence = new Precedence(deps.clock);
    this.pauses = new Pauses(deps.clock);
    this.recorder = new Recorder(options, deps, status);
  }

  /** The number of pods that wait for their release. */
  get depth(): number {
    return [...this.waiting.values()].filter(({ isReleased }) => !isReleased).length;
  }

  /** Works until the signal is aborted. @throws an error that is a bug */
  run(signal: AbortSignal): Promise<void> {
    return this.queue.run(signal);
  }

  /** A pod is held. */
  seen(pod: HeldPod): void {
    const known = this.waiting.get(pod.uid);
    if (known) {
      known.pod = pod;
      known.isShownAgain = known.isReleased;
      return;
    }
    const seenAt = this.deps.clock.now();
    const state = { isRequested: false, isReleased: false, isShownAgain: false, isOver: false };
    this.waiting.set(pod.uid, { pod, seenAt, ...state });
    const wait = this.precedence.waitFor(seenAt);
    if (wait > 0) {
      this.queue.addAfter(pod.uid, wait);
    } else {
      this.queue.add(pod.uid);
    }
  }

  /** A pod is not held. @param why undefined if the pod is gone, or has left the selection */
  notHeld(uid: string, why: NotHeld | undefined): void {
    const known = this.waiting.get(uid);
    if (known?.isRequested) {
      known.isOver = true;
    } else if (known) {
      this.forget(known);
      if (!known.isReleased && why === 'no gate') {
        this.precedence.otherReleased();
      }
    }
  }

  /** A list is complete. If it shows a released pod as held, the release is lost, for example because etcd was restored. */
  listed(pods: ReadonlyMap<string, HeldPod | NotHeld>): void {
    for (const [uid, pod] of pods) {
      const known = isHeld(pod) ? this.waiting.get(uid) : undefined;
      if (known?.isShownAgain) {
        known.isReleased = false;
        known.isShownAgain = false;
        this.queue.add(uid);
      }
    }
  }

  async work(uid: string): Promise<number | undefined> {
    const waiting = this.waiting.get(uid);
    if (waiting === undefined || waiting.isReleased) {
      return undefined;
    }
    const { pod, seenAt, isRequested } = waiting;
    const wait = (isRequested ? 0 : this.precedence.waitFor(seenAt)) || this.pauses.waitFor(pod.namespace);
    if (wait > 0) {
      return wait;
    }
    await this.release(waiting);
    return undefined;
  }

  failed(_: string, error: unknown): number {
    if (error instanceof KubeError || error instanceof CredentialsError) {
      return retryAfterMs(error);
    }
    throw error;
  }

  private async release(waiting: Waiting): Promise<void> {
    const { transport, clock } = this.deps;
    const { pod, seenAt } = waiting;
    const begun = clock.now();
    waiting.isRequested = true;
    this.precedence.begin();
    let removal: Removal | undefined;
    try {
      removal = await releasePod(transport, pod, this.options.gates, this.unaborted);
    } catch (error) {
      this.precedence.failed();
      if (error instanceof KubeError || error instanceof CredentialsError) {
        await this.releaseFailed(waiting, error);
      }
      throw error;
    }
    waiting.isReleased = true;
    this.answered(waiting);
    this.works(pod.namespace);
    if (removal === undefined) {
      this.precedence.failed();
      this.forget(waiting);
    } else {
      await this.record(removal, begun, clock.now() - seenAt);
    }
  }

  /** Records and logs a release, unless another replica was faster. */
  private async record({ pod, after }: Removal, begun: number, sinceSeenMs: number): Promise<void> {
    const { clock, log } = this.deps;
    const release = releaseOf(pod, after, clock.wallTime());
    const recorded = await this.recorder.record(release, this.unaborted);
    if (recorded === "another's") {
      this.precedence.failed();
      this.precedence.otherReleased();
      return;
    }
    if (this.precedence.released(begun)) {
      this.addAll();
    }
    this.status.released(release.heldMs, sinceSeenMs);
    log.info(describeRelease(release), releaseFields(release));
  }

  private async releaseFailed(waiting: Waiting, error: KubeError | CredentialsError): Promise<void> {
    const { namespace, name } = waiting.pod;
    const concernsAll = !(error instanceof ApiError) || CONCERN_ALL.has(error.code) || error.code >= 500;
    if (!concernsAll) {
      this.works(namespace);
    }
    const isNew = !concernsAll || this.pauses.failed(namespace, retryAfterMs(error));
    this.status.failed('release', namespace, concernsAll ? error.message : undefined);
    if (isNew) {
      const { message, hint } = await this.deps.explain(error, this.unaborted);
      this.deps.log.error(`cannot release pod ${namespace}/${name}: ${message}`, hint);
      this.status.explained('release', namespace, message);
    }
    if (error instanceof ApiError || error instanceof CredentialsError) {
      this.answered(waiting);
    }
  }

  /** The program can release pods of a namespace. */
  private works(namespace: string): void {
    this.status.succeeded('release', namespace);
    if (this.pauses.succeeded(namespace)) {
      this.addAll();
    }
  }

  /** A failure in a namespace counts only as long as the namespace has held pods. */
  private forget({ pod }: Waiting): void {
    this.waiting.delete(pod.uid);
    const isLast = () => [...this.waiting.values()].every((other) => other.pod.namespace !== pod.namespace);
    if (this.pauses.has(pod.namespace) && isLast()) {
      this.works(pod.namespace);
    }
  }

  /** No pod waits for another replica or for the end of a pause any more. */
  private addAll(): void {
    for (const uid of this.waiting.keys()) {
      this.queue.add(uid);
    }
  }

  /** No request is under way any more. */
  private answered(waiting: Waiting): void {
    waiting.isRequested = false;
    if (waiting.isOver) {
      this.forget(waiting);
    }
  }
}

/** The status codes that concern more than one pod. */
const CONCERN_ALL: ReadonlySet<number> = new Set([401, 403, 408, 429]);
