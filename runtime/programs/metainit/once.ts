import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import { listObjects } from '../../kube/resource.ts';
import { retry } from '../../kube/retry.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Deps } from './deps.ts';
import { type HeldPod, heldPod, isHeld } from './held-pod.ts';
import type { Options } from './options.ts';
import { Recorder } from './recorder.ts';
import { describeRelease, releaseFields, releaseOf } from './release.ts';
import { releasePod } from './release-pod.ts';
import { namespacesOf, selectionOf } from './selection.ts';

/** The limits for each list and each pod. */
const RETRY_LIMITS = { timeoutMs: 60_000, waitMs: 10_000 };

const PAGE_SIZE = '500';

/** All pods that are held now. @throws KubeError */
export async function listHeldPods(options: Options, deps: Deps, signal: AbortSignal): Promise<HeldPod[]> {
  const held: HeldPod[] = [];
  for (const namespace of namespacesOf(options)) {
    held.push(...(await retrying(deps, signal, (limited) => listOf(namespace, options, deps, limited))));
  }
  return held;
}

async function listOf(
  namespace: string | undefined,
  options: Options,
  { transport }: Deps,
  signal: AbortSignal,
): Promise<HeldPod[]> {
  const selection = selectionOf(namespace, options);
  const { labelSelector = '', fieldSelector = '' } = selection;
  const query: Record<string, string> = { labelSelector, fieldSelector, limit: PAGE_SIZE };
  const held: HeldPod[] = [];
  for (;;) {
    const { items, continueToken } = await listObjects(transport, selection, query, signal);
    held.push(...items.map((pod) => heldPod(pod, options.gates)).filter(isHeld));
    if (continueToken === '') {
      return held;
    }
    query.continue = continueToken;
  }
}

/**
 * Releases what is held now.
 *
 * @returns how many pods it released
 * @throws Failure, after all other releases, if the API server refuses to release a pod; and KubeError
 */
export async function releaseOnce(options: Options, deps: Deps, signal: AbortSignal): Promise<number> {
  const held = (await listHeldPods(options, deps, signal)).values();
  const recorder = new Recorder(options, deps, UNWATCHED);
  const refusals: Failure[] = [];
  let count = 0;
  const releaseOne = async (pod: HeldPod) => {
    const removal = await retrying(deps, signal, (limited) =>
      releasePod(deps.transport, pod, options.gates, limited),
    );
    if (removal === undefined) {
      return;
    }
    const release = releaseOf(removal.pod, removal.after, deps.clock.wallTime());
    if ((await recorder.record(release, signal)) !== "another's") {
      count += 1;
      deps.log.info(describeRelease(release), releaseFields(release));
    }
  };
  const releaseAll = async () => {
    for (const pod of held) {
      await releaseOne(pod).catch(async (error: unknown) => {
        signal.throwIfAborted();
        const failure = await deps.explain(error, signal);
        if (failure.exitCode !== ExitCode.refused) {
          throw failure;
        }
        const { exitCode, message, hint } = failure;
        refusals.push(
          new Failure(exitCode, `cannot release pod ${pod.namespace}/${pod.name}: ${message}`, hint),
        );
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, releaseAll));
  const [first, ...others] = refusals;
  if (first) {
    others.forEach(({ message, hint }) => void deps.log.error(message, hint));
    throw first;
  }
  return count;
}

function retrying<T>(
  { clock, log }: Deps,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return retry(RETRY_LIMITS, clock, signal, attempt, ({ message }, waitMs) =>
    log.info(`${message}; trying again in ${Math.round(waitMs)} ms`, { retryInMs: Math.round(waitMs) }),
  );
}

/** `--once` serves no status. */
const UNWATCHED = { failed: () => {}, explained: () => {}, succeeded: () => {} };
