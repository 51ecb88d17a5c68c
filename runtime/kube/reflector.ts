import type { Clock } from '../async/clock.ts';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import { FailurePace } from '../async/pace.ts';
import { ApiError, CredentialsError, KubeError, UnreachableError } from './errors.ts';
import {
  type CollectionRef,
  collectionPath,
  type KubeList,
  type KubeObject,
  listObjects,
} from './resource.ts';
import type { Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/** The objects of a collection that are of interest. */
export interface Selection extends CollectionRef {
  /** The one object of this name. @default - all */
  readonly name?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * What happens to the objects. One that was deleted and created again under its name has another uid, and counts as
 * another: its predecessor may be told as deleted after it was told as applied.
 */
export interface ReflectorHandler<T> {
  /** Picks what to keep of an object: nothing else of it stays in memory. */
  project(object: KubeObject): T;
  /** An object is there: it was added or changed, or a list has it, perhaps as it was known already. */
  applied(uid: string, kept: T): void;
  /** An object was deleted or left the selection, perhaps a while ago. */
  deleted(uid: string, kept: T): void;
  /** A list has been told to its end: `objects` is the whole selection. */
  synced(): void;
  /** A request failed; the next one follows after a pause, once this has resolved. */
  failed(error: KubeError | CredentialsError): Promise<void> | void;
}

export interface ReflectorLimits {
  /** Objects a page. */
  readonly pageSize: number;
  /** The initial events of a streaming list may take so long, in milliseconds; then it is listed by pages. */
  readonly streamMs: number;
  /** A watch on which nothing comes for so long is dead, in milliseconds. */
  readonly idleMs: number;
  /** When nothing has come for so long, in milliseconds, the next watch does not resume, but begins anew. Less than `idleMs`. */
  readonly resumeMs: number;
}

/**
 * As client-go has it, where it has it. Bookmarks come about once a minute
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks).
 */
export const REFLECTOR_LIMITS: ReflectorLimits = {
  pageSize: 500,
  streamMs: 60_000,
  idleMs: 150_000,
  resumeMs: 120_000,
};

/** The server ends a watch after five to ten minutes, as client-go has it: not all of them at once. */
const WATCH_SECONDS = { least: 300, spread: 300 };

/** Longer than the server lets a watch last, in milliseconds. */
const LONGEST_WATCH_MS = 660_000;

/** In milliseconds. A watch that lasted as long was no failure. */
const LONGEST_PAUSE_MS = 30_000;

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
const STREAM_QUERY = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Follows the objects of a selection: what client-go's Reflector and its store do
 * (https://pkg.go.dev/k8s.io/client-go/tools/cache#Reflector). A watch that ends is resumed where it ended. Where that
 * cannot be, because the server no longer knows (410) or has been silent, it begins anew, and tells what was deleted in
 * between. An etcd that was restored from a backup is noticed by silence: the server takes the last resourceVersion for one
 * of the future, and waits for it (https://github.com/kubernetes/kubernetes/issues/107457).
 */
export class Reflector<T> {
  private readonly transport: Transport;
  private readonly clock: Clock;
  private readonly selection: Selection;
  private readonly handler: ReflectorHandler<T>;
  private readonly limits: ReflectorLimits;
  private readonly pace: FailurePace;
  private readonly kept = new Map<string, T>();
  /** Where to resume; empty: nowhere. */
  private resourceVersion = '';
  /** The uids that a list has told so far; undefined while none is under way. */
  private listed: Set<string> | undefined;
  private streams = true;
  /** When something came last. */
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

  /** What is kept of each object, by its uid. */
  get objects(): ReadonlyMap<string, T> {
    return this.kept;
  }

  /**
   * Lists and watches until the signal is aborted. Takes the verbs `list` and `watch`.
   *
   * @throws the signal's reason, and whatever the handler throws
   */
  listAndWatch(signal: AbortSignal): Promise<never> {
    return this.repeat(() => (this.resourceVersion === '' ? this.begin(signal) : this.watch(signal)), signal);
  }

  /**
   * Watches the one object that is selected by its name, until the signal is aborted. Takes the verb `watch` alone. Where
   * it begins anew it tells the state that the object has then. If the object is gone by then, it cannot tell.
   *
   * @param resourceVersion what is known already: it tells what came after that
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
    await this.pace.rest(failure instanceof KubeError ? failure.retryAfterMs : 0, signal);
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
   * @returns whether the server does that. Those of 1.28 refuse it with 422; others, or proxies before them, send initial
   *   events, but not the bookmark at their end (https://github.com/openyurtio/openyurt/issues/2745)
   */
  private stream(signal: AbortSignal): Promise<boolean> {
    this.listed = new Set();
    return withDeadline(this.clock, this.limits.streamMs, signal, async (limited, renew) => {
      try {
        await this.watch(limited, STREAM_QUERY, () => renew(LONGEST_WATCH_MS));
        // One that ended before its end was told has not been one.
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

  /** What it returns holds none of the objects, so that one page is in memory at a time. */
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

  /** One watch. @param onSynced called when the initial events have been told */
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
      await watchEvents(this.transport, this.selection, all, this.limits.idleMs, onEvent, signal);
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
      // Initial events come in any order: there is nowhere to resume before that.
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

  /** What is known, but not listed, was deleted while nobody watched. */
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
      `GET ${collectionPath(this.selection)}: the answer holds an object without a uid`,
    );
  }
}
