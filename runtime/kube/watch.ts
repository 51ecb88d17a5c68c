import { ApiError } from './api-error.ts';
import { type DataObjectRef, watchPath } from './data-objects.ts';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

export interface WatchOptions {
  /** What was seen last: the watch tells what came after it. If that is empty, it tells first of what is there. */
  readonly resourceVersion: string;
  /** The server ends the watch after so long, in seconds. */
  readonly timeoutSeconds: number;
  /** For the answer to begin, in milliseconds. */
  readonly startMs: number;
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
): Promise<void> {
  const { resourceVersion, timeoutSeconds, startMs, idleMs } = options;
  const path = `${watchPath(ref)}&resourceVersion=${resourceVersion}&timeoutSeconds=${timeoutSeconds}`;
  return transport.readLines({ method: 'GET', path, timeoutMs: startMs }, idleMs, (line) => {
    const { type, object } = parseEvent(path, line);
    if (type === 'ERROR') {
      throw new ApiError(`GET ${path}`, object.code ?? 500, object.message ?? '');
    }
    onSeen(object.metadata?.resourceVersion ?? '', type !== 'BOOKMARK');
  });
}

/** An event of a watch (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). */
interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly metadata?: { readonly resourceVersion?: string };
    /** Of the Status that an ERROR carries. */
    readonly code?: number;
    readonly message?: string;
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
