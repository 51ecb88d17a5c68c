import type { Clock } from '../async/clock.ts';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import { FailurePace } from '../async/pace.ts';
import { ApiError, CredentialsError, KubeError, retryAfterMs, UnreachableError } from './errors.ts';
import {
  type CollectionRef,
  collectionPath,
  type KubeList,
  type KubeObject,
  listObjects,
} from './resource.ts';
import type { Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/** Which objects of a collection to follow. */
export interface Selection extends CollectionRef {
  /** Only the object of this name. @default - all objects */
  readonly name?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * What happens to the objects. An object that was deleted and created again has a new uid, and counts as a new object.
 * `deleted` for the old object may come after `applied` for the new one.
 */
export interface ReflectorHandler<T> {
  /** Returns what to keep of an object. Nothing else of the object stays in memory. */
  project(object: KubeObject): T;
  /** An object exists. It was added or changed, or a list contains it (perhaps unchanged). */
  applied(uid: string, kept: T): void;
  /** An object was deleted or left the selection, perhaps a while ago. */
  deleted(uid: string, kept: T): void;
  /** A list is complete: `objects` is the whole selection. */
  synced(): void;
  /** The server answers a watch. */
  opened?(): void;
  /** A request failed. The next request follows after this has resolved, and after a pause. */
  failed(error: KubeError | CredentialsError): Promise<void> | void;
}

export interface ReflectorLimits {
  /** Objects per page. */
  readonly pageSize: number;
  /**
   * Time limit for the initial events of a streaming list, in milliseconds. If they take longer, the objects are listed
   * by pages.
   */
  readonly streamMs: number;
  /** A watch without any data for this many milliseconds counts as dead. */
  readonly idleMs: number;
  /** After this many milliseconds without an event, the next watch does not resume but begins again. Less than `idleMs`. */
  readonly resumeMs: number;
}

/**
 * The values of client-go, where client-go has one. Bookmarks come about once a minute
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks).
 */
export const REFLECTOR_LIMITS: ReflectorLimits = {
  pageSize: 500,
  streamMs: 60_000,
  idleMs: 150_000,
  resumeMs: 120_000,
};

/** The server ends a watch after five to ten minutes, as in client-go. The time is random, so that not all watches end together. */
const WATCH_SECONDS = { least: 300, spread: 300 };

/** In milliseconds. The server ends every watch earlier. */
const LONGEST_WATCH_MS = 660_000;

/** In milliseconds. A watch that lasted this long does not count as a failure. */
const LONGEST_PAUSE_MS = 30_000;

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
const STREAM_QUERY = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Follows the objects of a selection, like client-go's Reflector with its store
 * (https://pkg.go.dev/k8s.io/client-go/tools/cache#Reflector). A watch that ends is resumed where it ended. If the server
 * has no history (410) or was silent, this is impossible. Then the watch begins again, and the reflector reports what was
 * deleted in between. After etcd was restored from a backup, the server does not know our last resourceVersion yet, and
 * waits for it silently. The silence shows this case (https://github.com/kubernetes/kubernetes/issues/107457).
 */
export class Reflector<T> {
  private readonly transport: Transport;
  private readonly clock: Clock;
  private readonly selection: Selection;
  private readonly handler: ReflectorHandler<T>;
  private readonly limits: ReflectorLimits;
  private readonly pace: FailurePace;
  private readonly kept = new Map<string, T>();
  /** Where to resume. If it is empty, the watch cannot resume. */
  private resourceVersion = '';
  /** The uids that the current list has reported so far. Undefined if no list is running. */
  private listed: Set<string> | undefined;
  private streams = true;
  /** The time of the last event. */
  private heard = 0;

  constructor(
    transport: Transport,
    clock: Clock,
    selection: Selection,
    handler: ReflectorHandler<T>,
    limits = REFLECTOR_LIMITS,
  ) {
    this.transport = transport;
    this.clock = clock;
    this.selection = selection;
    this.handler = handler;
    this.limits = limits;
    this.pace = new FailurePace(LONGEST_PAUSE_MS, clock);
  }

  /** The kept part of each object, by its uid. */
  get objects(): ReadonlyMap<string, T> {
    return this.kept;
  }

  /**
   * Lists and watches until the signal is aborted. Needs the rights `list` and `watch`.
   *
   * @throws the signal's reason, and whatever the handler throws
   */
  listAndWatch(signal: AbortSignal): Promise<never> {
    return this.repeat(() => (this.resourceVersion === '' ? this.begin(signal) : this.watch(signal)), signal);
  }

  /**
   * Watches the one object that is selected by its name, until the signal is aborted. Needs only the right `watch`. When it
   * begins again, it reports the object's current state. If the object was deleted in between, it does not report the deletion.
   *
   * @param resourceVersion the version that the caller knows; only later changes are reported
   * @throws the signal's reason, and whatever the handler throws
   */
  watchOnly(resourceVersion: string, signal: AbortSignal): Promise<never> {
    this.resourceVersion = resourceVersion;
    return this.repeat(() => this.watch(signal), signal);
  }

  private async repeat(request: () => Promise<void>, signal: AbortSignal): Promise<never> {
    this.heard = this.clock.now();
    for (;;) {
      let failure: KubeError | CredentialsError | undefined;
      try {
        await request();
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof KubeError || error instanceof CredentialsError)) {
          throw error;
        }
        failure = error;
      }
      await this.rest(failure, signal);
      if (this.clock.now() - this.heard >= this.limits.resumeMs) {
        this.resourceVersion = '';
      }
    }
  }

  private async rest(failure: KubeError | CredentialsError | undefined, signal: AbortSignal): Promise<void> {
    if (failure instanceof ApiError && failure.code === 410) {
      this.resourceVersion = '';
    }
    if (failure) {
      await this.handler.failed(failure);
    }
    await this.pace.rest(retryAfterMs(failure), signal);
  }

  private async begin(signal: AbortSignal): Promise<void> {
    if (this.streams) {
      this.streams = await this.stream(signal);
    }
    if (!this.streams) {
      await this.listByPages(signal);
      await this.watch(signal);
    }
  }

  /**
   * A watch that begins with a list.
   *
   * @returns whether the server supports streaming lists. Servers of 1.28 refuse them with 422. Other servers, or proxies before
   *   them, send initial events, but not the bookmark at their end (https://github.com/openyurtio/openyurt/issues/2745)
   */
  private stream(signal: AbortSignal): Promise<boolean> {
    this.listed = new Set();
    return withDeadline(this.clock, this.limits.streamMs, signal, async (limited, renew) => {
      try {
        await this.watch(limited, STREAM_QUERY, () => renew(LONGEST_WATCH_MS));
        // If the watch ended before the bookmark came, the server does not support streaming lists.
        return this.listed === undefined;
      } catch (error) {
        const isRefused = error instanceof ApiError && (error.code === 400 || error.code === 422);
        const isLate = limited.reason instanceof DeadlineError;
        const brokeOff = error instanceof UnreachableError && (this.listed?.size ?? 0) > 0;
        if (this.listed && (isRefused || isLate || brokeOff)) {
          return false;
        }
        throw error;
      }
    });
  }

  private async listByPages(signal: AbortSignal): Promise<void> {
    this.listed = new Set();
    const query = { ...this.selectors(), limit: String(this.limits.pageSize) };
    let page = await this.listPage(query, signal);
    while (page.continueToken !== '') {
      page = await this.listPage({ ...query, continue: page.continueToken }, signal);
    }
    this.endList(page.resourceVersion);
  }

  /** It returns the list without its objects, so that only one page is in memory at a time. */
  private async listPage(
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Omit<KubeList, 'items'>> {
    const { items, ...rest } = await listObjects(this.transport, this.selection, query, signal);
    for (const object of items) {
      this.apply(object);
    }
    return rest;
  }

  /** One watch. @param onSynced called after the initial events */
  private async watch(signal: AbortSignal, query = {}, onSynced = () => {}): Promise<void> {
    const begun = this.clock.now();
    const seconds = Math.round(WATCH_SECONDS.least + WATCH_SECONDS.spread * this.clock.random());
    const all = {
      ...this.selectors(),
      resourceVersion: this.resourceVersion,
      timeoutSeconds: String(seconds),
      ...query,
    };
    const onEvent = (event: WatchEvent) => this.tell(event, onSynced);
    try {
      const { idleMs } = this.limits;
      const onOpen = () => this.handler.opened?.();
      await watchEvents(this.transport, this.selection, all, idleMs, onEvent, signal, onOpen);
    } finally {
      if (!this.listed && this.clock.now() - begun >= LONGEST_PAUSE_MS) {
        this.pace.succeeded();
      }
    }
  }

  private selectors(): Record<string, string> {
    const { name, labelSelector, fieldSelector } = this.selection;
    const fields = [name && `metadata.name=${name}`, fieldSelector].filter(Boolean).join(',');
    return { ...(labelSelector && { labelSelector }), ...(fields && { fieldSelector: fields }) };
  }

  private tell({ type, object }: WatchEvent, onSynced: () => void): void {
    const { resourceVersion = '', annotations } = object.metadata ?? {};
    this.heard = this.clock.now();
    if (type === 'DELETED') {
      this.remove(object);
    } else if (type !== 'BOOKMARK') {
      this.apply(object);
    }
    if (!this.listed) {
      this.resourceVersion = resourceVersion;
      this.pace.succeeded();
    } else if (annotations?.[INITIAL_EVENTS_END] === 'true') {
      // Initial events come in any order. So the watch cannot resume before their end.
      this.endList(resourceVersion);
      onSynced();
    }
  }

  private apply(object: KubeObject): void {
    const uid = this.uidOf(object);
    const kept = this.handler.project(object);
    this.kept.set(uid, kept);
    this.listed?.add(uid);
    this.handler.applied(uid, kept);
  }

  private remove(object: KubeObject): void {
    const uid = this.uidOf(object);
    this.kept.delete(uid);
    this.listed?.delete(uid);
    this.handler.deleted(uid, this.handler.project(object));
  }

  /** A known object that is not in the list was deleted while no watch was open. */
  private endList(resourceVersion: string): void {
    const { listed } = this;
    this.listed = undefined;
    for (const [uid, kept] of this.kept) {
      if (!listed?.has(uid)) {
        this.kept.delete(uid);
        this.handler.deleted(uid, kept);
      }
    }
    this.resourceVersion = resourceVersion;
    this.heard = this.clock.now();
    this.handler.synced();
  }

  private uidOf({ metadata }: KubeObject): string {
    if (metadata?.uid) {
      return metadata.uid;
    }
    throw new UnreachableError(
      `GET ${collectionPath(this.selection)}: the answer has an object without a uid`,
    );
  }
}
