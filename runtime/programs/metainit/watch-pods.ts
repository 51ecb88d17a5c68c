import { ExitCode } from '../../cli/exit-code.ts';
import { ApiError, CredentialsError, type KubeError } from '../../kube/errors.ts';
import { Reflector } from '../../kube/reflector.ts';
import type { Deps } from './deps.ts';
import { type HeldPod, heldPod, isHeld, type NotHeld } from './held-pod.ts';
import type { Options } from './options.ts';
import type { ReleaseStatus } from './release-status.ts';
import type { Releaser } from './releaser.ts';
import { describeScope, selectionOf } from './selection.ts';

/**
 * Reports the labelled pods of a namespace, or of all namespaces, to the releaser until the signal is aborted.
 *
 * @throws the signal's reason; a Failure if there are no credentials before the first list
 */
export function watchPods(
  namespace: string | undefined,
  options: Options,
  deps: Deps,
  status: ReleaseStatus,
  releaser: Releaser,
  signal: AbortSignal,
): Promise<never> {
  const { transport, clock, log } = deps;
  const scope = describeScope(namespace);
  let watches = 0;
  let lists = 0;
  const reflector = new Reflector<HeldPod | NotHeld>(transport, clock, selectionOf(namespace, options), {
    project: (object) => heldPod(object, options.gates),
    applied: (uid, pod) => (isHeld(pod) ? releaser.seen(pod) : releaser.notHeld(uid, pod)),
    deleted: (uid) => releaser.notHeld(uid, undefined),
    synced: () => {
      lists += 1;
      status.listed(scope);
      if (lists === 1) {
        log.info(`watching pods with the label ${options.label} in ${scope}`);
      }
      releaser.listed(reflector.objects);
    },
    opened: () => {
      watches += 1;
      if (watches > 1) {
        status.restarted();
      }
      status.succeeded('watch', scope);
    },
    failed: (error) => watchFailed(error, scope, deps, status, signal),
  });
  return reflector.listAndWatch(signal);
}

async function watchFailed(
  error: KubeError | CredentialsError,
  scope: string,
  { log, explain }: Deps,
  status: ReleaseStatus,
  signal: AbortSignal,
): Promise<void> {
  if (error instanceof ApiError && error.code === 410) {
    log.info(`the watch of ${scope} is too old to go on: listing the pods again`);
    return;
  }
  status.failed('watch', scope, error.message);
  const failure = await explain(error, signal);
  if (failure.exitCode === ExitCode.bug || (error instanceof CredentialsError && !status.isListed)) {
    throw failure;
  }
  log.error(failure.message, failure.hint);
  status.explained('watch', scope, failure.message);
}
