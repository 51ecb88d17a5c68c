import type { Log } from '../cli/log.ts';
import { ApiError } from '../kube/api-error.ts';
import { type Backoff, createBackoff } from '../kube/backoff.ts';
import {
  type ConfigMapRef,
  getConfigMap,
  patchConfigMapKey,
  type StoredConfigMap,
} from '../kube/config-maps.ts';
import type { InCluster } from '../kube/in-cluster.ts';
import type { Transport } from '../kube/transport.ts';
import { UnreachableError } from '../kube/unreachable-error.ts';
import type { Entry } from '../kubeconfig/entry.ts';
import { renderKubeconfig } from '../kubeconfig/render.ts';
import { checkSize, checkWritable } from './check-writable.ts';
import type { Options } from './options.ts';

/** One attempt hangs no longer than this, so that a half-open connection leaves time for another. */
const ATTEMPT_TIMEOUT_MS = 10_000;

export interface Deps {
  readonly inCluster: InCluster;
  readonly transport: Transport;
  readonly log: Log;
  /** Milliseconds of a clock that only moves forward. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** A number in [0, 1), as of Math.random. */
  readonly random: () => number;
}

/** What became of the ConfigMap. */
export interface Outcome {
  readonly written: boolean;
  readonly resourceVersion: string;
}

/**
 * Writes this cluster's entry into the kubeconfig of the ConfigMap: reads, merges, and writes if nobody else wrote
 * in between. Whatever interrupts that cycle, a conflict or a fault, it starts again from reading, until the
 * deadline; a write whose answer got lost is thereby noticed too.
 *
 * @throws ApiError UnreachableError RefusedError
 */
export async function run(options: Options, deps: Deps): Promise<Outcome> {
  const deadline = deps.now() + options.timeoutMs;
  const conflicts = createBackoff(20, 1000, deps.random);
  const faults = createBackoff(200, 5000, deps.random);
  let unanswered = false;
  for (;;) {
    let writing = false;
    try {
      const current = await read(options, deps, attemptTimeout(deadline, deps));
      checkWritable(current, options.key);
      const text = await merge(current.data?.[options.key] ?? '', options, deps);
      const { resourceVersion } = current.metadata;
      if (text === undefined) return { written: unanswered, resourceVersion };
      checkSize(current, options.key, text);
      writing = true;
      return await write(text, resourceVersion, options, deps, attemptTimeout(deadline, deps));
    } catch (error) {
      if (writing && !isConflict(error)) unanswered = true;
      const wait = waitBeforeRetry(error, conflicts, faults);
      if (wait === undefined || deps.now() + wait >= deadline) throw error;
      deps.log.info(`${(error as Error).message}; trying again`, { retryInMs: Math.round(wait) });
      await deps.sleep(wait);
    }
  }
}

/** @throws UnreachableError when the deadline has passed */
function attemptTimeout(deadline: number, deps: Deps): number {
  const left = Math.ceil(deadline - deps.now());
  if (left <= 0) throw new UnreachableError('the API server took all the time there was', true);
  return Math.min(ATTEMPT_TIMEOUT_MS, left);
}

function waitBeforeRetry(error: unknown, conflicts: Backoff, faults: Backoff): number | undefined {
  if (isConflict(error)) return conflicts.next();
  const transient = (error instanceof ApiError || error instanceof UnreachableError) && error.isTransient;
  return transient ? faults.next() : undefined;
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.isConflict;
}

async function read(options: Options, deps: Deps, timeoutMs: number): Promise<StoredConfigMap> {
  const configMap = await getConfigMap(deps.transport, refOf(options), timeoutMs);
  const { resourceVersion } = configMap.metadata;
  deps.log.info(
    `read configmap ${options.namespace}/${options.configMap} at resourceVersion ${resourceVersion}`,
    { resourceVersion },
  );
  return configMap;
}

/** The text to write; undefined when the document has the entry already. */
async function merge(text: string, options: Options, deps: Deps): Promise<string | undefined> {
  const entry = entryOf(options, deps.inCluster);
  if (text.trim() === '') {
    deps.log.info(`key ${options.key} is empty: starting a kubeconfig with context "${options.location}"`);
    return renderKubeconfig(entry);
  }
  // The YAML parser is a good part of the program: it is loaded only when there is something to parse.
  const { mergeEntry } = await import('../kubeconfig/merge.ts');
  const merged = mergeEntry(text, entry);
  if (merged.changes.length === 0) return undefined;
  deps.log.info(`merging into key ${options.key}: ${merged.changes.join(', ')}`);
  return merged.text;
}

async function write(
  text: string,
  resourceVersion: string,
  options: Options,
  deps: Deps,
  timeoutMs: number,
): Promise<Outcome> {
  const written = await patchConfigMapKey(
    deps.transport,
    refOf(options),
    options.key,
    text,
    resourceVersion,
    timeoutMs,
  );
  return { written: true, resourceVersion: written.metadata.resourceVersion };
}

function entryOf(options: Options, inCluster: InCluster): Entry {
  return {
    location: options.location,
    user: options.user,
    server: inCluster.server,
    certificateAuthorityData: Buffer.from(inCluster.ca, 'utf8').toString('base64'),
    token: inCluster.token,
  };
}

function refOf(options: Options): ConfigMapRef {
  return { namespace: options.namespace, name: options.configMap };
}
