import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import { PortError, serveStatus } from '../../serve/serve-status.ts';
import type { Deps } from './deps.ts';
import type { Options } from './options.ts';
import { ReleaseStatus } from './release-status.ts';
import { Releaser } from './releaser.ts';
import { describeScope, namespacesOf } from './selection.ts';
import { watchPods } from './watch-pods.ts';

/**
 * Serves the status, and releases pods until the signal is aborted.
 *
 * @param redact removes secrets from a text
 * @throws Failure, an error that is a bug, and the signal's reason
 */
export async function serve(
  options: Options,
  deps: Deps,
  redact: (text: string) => string,
  parent: AbortSignal,
): Promise<never> {
  const namespaces = namespacesOf(options);
  const status = new ReleaseStatus(
    namespaces.map(describeScope),
    (): number => releaser.depth,
    () => deps.certificate.expiresAt,
  );
  const releaser: Releaser = new Releaser(options, deps, status);
  try {
    await serveStatus(status, options.port, redact, parent, options.host);
  } catch (error) {
    if (!(error instanceof PortError)) {
      throw error;
    }
    const hint = 'Choose another port with --port, or an address of this machine with --bind-address.';
    throw new Failure(ExitCode.usage, error.message, hint, { cause: error });
  }
  const ending = new AbortController();
  const signal = AbortSignal.any([parent, ending.signal]);
  const releases = releaser.run(signal);
  const watches = namespaces.map((namespace) =>
    watchPods(namespace, options, deps, status, releaser, signal),
  );
  try {
    // The watches only end with an error.
    await Promise.all([releases, ...watches]);
    throw signal.reason;
  } finally {
    ending.abort();
    await Promise.allSettled([releases]);
  }
}
