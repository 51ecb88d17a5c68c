import type { CreatedDeps } from './create-deps.ts';
import type { Options } from './options.ts';
import { refresh } from './refresh.ts';
import type { Outcome } from './run.ts';
import { Status } from './status.ts';
import { serveStatus } from './status-server.ts';

/** Serves the status and refreshes until the process is ended. @throws Failure, and what the first run throws */
export async function startRefreshing(
  options: Options,
  port: number,
  deps: CreatedDeps,
  redact: (text: string) => string,
  onOutcome: (outcome: Outcome) => void,
): Promise<never> {
  const status = new Status();
  await serveStatus(status, port, redact);
  return refresh(options, { ...deps, status, onOutcome });
}
