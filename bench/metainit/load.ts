import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';

/** Few enough that the measured program gets its part of two cores. */
const CONNECTIONS = 8;
const RELEASE_TIMEOUT_SECONDS = 120;

/** The pods to create. Every other pod has the label. All have a gate. */
export interface LoadOrder {
  readonly namespace: string;
  readonly label: string;
  readonly pods: number;
  /** The time for the releases after the last creation. @default 120 */
  readonly timeoutSeconds?: number;
}

export interface LoadResult {
  /** For each labelled pod: the milliseconds from its creation to its release. */
  readonly heldMs: readonly number[];
  /** How many labelled pods were not released. */
  readonly missed: number;
  /** How many other pods were changed. */
  readonly touched: number;
  /** From the first creation to the last release. */
  readonly seconds: number;
  readonly createSeconds: number;
}

/** Creates pods at full speed, and waits for their release. */
export async function runLoad(
  program: string,
  { kubeconfig }: ControlPlaneFacts,
  order: LoadOrder,
  signal: AbortSignal,
): Promise<LoadResult> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'], signal });
  child.stdin.end(JSON.stringify({ ...credentials(kubeconfig), ...DEFAULTS, ...order }));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) {
    throw new Error(`the load of ${order.pods} pods failed: ${stderr.trim()}`);
  }
  return JSON.parse(stdout) as LoadResult;
}

const DEFAULTS = { connections: CONNECTIONS, timeoutSeconds: RELEASE_TIMEOUT_SECONDS };

/** The server and the admin's certificate. */
function credentials(kubeconfig: string) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  return {
    server: cluster?.server,
    ca: decoded(cluster?.caData),
    certificate: decoded(user?.certData),
    key: decoded(user?.keyData),
  };
}

function decoded(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
