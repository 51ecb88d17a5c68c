import { type DataObjectRef, objectRef } from './data-objects.ts';
import { ApiError, UnreachableError } from './errors.ts';
import { actionOn, collectionPath } from './resource.ts';
import { statusOf, type Transport } from './transport.ts';

export interface WatchOptions {
  /** What was seen last: the watch tells what came after it. If that is empty, it tells first of what is there. */
  readonly resourceVersion: string;
  /** The server ends the watch after so long, in seconds. */
  readonly timeoutSeconds: number;
  /**
   * Silence of so many milliseconds means that the connection is dead; bookmarks come about once a minute
   * (https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks).
   */
  readonly idleMs: number;
}

/**
 * Watches one object until the server ends that.
 *
 * @param onSeen is told the resourceVersion of each event; `changed` is false for a bookmark
 * @throws ApiError with status 410 when the server remembers no longer what came after that resourceVersion
 * @throws KubeError
 */
export function watchDataObject(
  transport: Transport,
  ref: DataObjectRef,
  options: WatchOptions,
  onSeen: (resourceVersion: string, changed: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  const { resourceVersion, timeoutSeconds, idleMs } = options;
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    fieldSelector: `metadata.name=${ref.name}`,
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
  const path = `${collectionPath(objectRef(ref))}?${query}`;
  const request = { method: 'GET', path, action: actionOn('watch', objectRef(ref)) } as const;
  const onLine = (line: string) => {
    const { type, object } = parseEvent(path, line);
    if (type === 'ERROR') {
      throw new ApiError(
        { name: `GET ${path}`, action: request.action },
        object.code ?? 500,
        statusOf(object),
      );
    }
    onSeen(object.metadata?.resourceVersion ?? '', type !== 'BOOKMARK');
  };
  return transport.readLines(request, idleMs, onLine, signal);
}

/** An event of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). */
interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly resourceVersion?: string };
    /** Of the Status that an ERROR carries. */
    readonly code?: number;
  };
}

function parseEvent(path: string, line: string): WatchEvent {
  try {
    const event = JSON.parse(line) as WatchEvent | null;
    if (typeof event?.type === 'string' && typeof event.object === 'object' && event.object) {
      return event;
    }
  } catch {
    // Said below.
  }
  throw new UnreachableError(`GET ${path}: the answer holds something else than events`);
}
