import { ApiError, CredentialsError, KubeError, retryAfterMs } from '../../kube/errors.ts';
import { createObject } from '../../kube/resource.ts';
import { retry } from '../../kube/retry.ts';
import type { Deps } from './deps.ts';
import type { Options } from './options.ts';
import { Pauses } from './pauses.ts';
import type { Release } from './release.ts';
import { EVENTS, releaseEvent } from './release-event.ts';
import type { ReleaseStatus } from './release-status.ts';

/** An Event is worth a short wait for a server that does not answer, but not for a missing right. */
const RETRY_LIMITS = { timeoutMs: 5000, waitMs: 0 };

/** `another's`: another replica recorded the same release. */
export type Recorded = 'ours' | "another's" | 'not';

/** Records releases as Events. A release without its Event still counts. */
export class Recorder {
  private readonly deps: Deps;
  private readonly gates: Options['gates'];
  private readonly status: Pick<ReleaseStatus, 'failed' | 'explained' | 'succeeded'>;
  private readonly pauses: Pauses;

  constructor({ gates }: Options, deps: Deps, status: Recorder['status']) {
    this.gates = gates;
    this.deps = deps;
    this.status = status;
    this.pauses = new Pauses(deps.clock);
  }

  async record(release: Release, signal: AbortSignal): Promise<Recorded> {
    const { namespace } = release.pod;
    if (this.pauses.waitFor(namespace) > 0) {
      return 'not';
    }
    let recorded: Recorded = 'not';
    try {
      recorded = await this.create(release, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeError || error instanceof CredentialsError)) {
        throw error;
      }
      if (!isNamespaceGone(error)) {
        await this.failed(error, namespace, signal);
        return 'not';
      }
    }
    this.pauses.succeeded(namespace);
    this.status.succeeded('event', namespace);
    return recorded;
  }

  private create(release: Release, signal: AbortSignal): Promise<Recorded> {
    const { transport, clock, instance } = this.deps;
    const { namespace } = release.pod;
    const event = releaseEvent(release, this.gates, instance, clock.wallTime());
    const attempt = async (limited: AbortSignal): Promise<Recorded> => {
      try {
        await createObject(transport, { resource: EVENTS, namespace }, event, limited);
        return 'ours';
      } catch (error) {
        if (error instanceof ApiError && error.code === 409) {
          return "another's";
        }
        throw error;
      }
    };
    return retry(RETRY_LIMITS, clock, signal, attempt, () => {});
  }

  private async failed(
    error: KubeError | CredentialsError,
    namespace: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { log, explain } = this.deps;
    const isNew = this.pauses.failed(namespace, retryAfterMs(error));
    // Other faults pass, and perhaps no later Event shows that they are over.
    const isDenied = error instanceof ApiError && (error.code === 401 || error.code === 403);
    this.status.failed('event', namespace, isDenied ? error.message : undefined);
    if (isNew) {
      const { message, hint } = await explain(error, signal);
      log.error(`a release is not recorded as an Event: ${message}`, hint);
      this.status.explained('event', namespace, message);
    }
  }
}

/** The API server creates nothing in a namespace that is being deleted, or gone. */
function isNamespaceGone(error: Error): boolean {
  const isTerminating = (status: ApiError['status']) =>
    status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
  return error instanceof ApiError && (error.code === 404 || isTerminating(error.status));
}
