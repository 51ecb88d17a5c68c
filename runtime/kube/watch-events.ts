import { ApiError, UnreachableError } from './errors.ts';
import { actionOn, type CollectionRef, collectionPath, type KubeObject } from './resource.ts';
import { statusOf, type Transport } from './transport.ts';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

/**
 * Sends one watch request, and passes on its events until the server ends it.
 *
 * @param query selectors, `resourceVersion`, `timeoutSeconds` and the like
 * @param idleMs if nothing arrives for this many milliseconds, the connection counts as dead
 * @param onOpen called when the server answers
 * @throws ApiError, also for an ERROR event: with code 410 if the server no longer has the history since the resourceVersion
 * @throws KubeError
 */
export function watchEvents(
  transport: Transport,
  ref: CollectionRef & { readonly name?: string },
  query: Readonly<Record<string, string>>,
  idleMs: number,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
  onOpen?: () => void,
): Promise<void> {
  const search = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true', ...query });
  const path = `${collectionPath(ref)}?${search}`;
  const action = actionOn('watch', ref);
  const onLine = (line: string) => {
    const { type, object } = parseLine(path, line);
    if (type === 'ERROR') {
      throw new ApiError({ name: `GET ${path}`, action }, object.code ?? 500, statusOf(object));
    }
    onEvent({ type, object });
  };
  return transport.readLines({ method: 'GET', path, action }, idleMs, onLine, signal, onOpen);
}

interface Line {
  readonly type: WatchEvent['type'] | 'ERROR';
  /** For an ERROR, the object is a Status. */
  readonly object: KubeObject & { readonly code?: number };
}

const TYPES = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'];

function parseLine(path: string, text: string): Line {
  try {
    const line = JSON.parse(text) as Line | null;
    if (line && TYPES.includes(line.type) && typeof line.object === 'object' && line.object !== null) {
      return line;
    }
  } catch {
    // Not JSON: the error below reports it.
  }
  throw new UnreachableError(`GET ${path}: the answer does not consist of watch events`);
}
