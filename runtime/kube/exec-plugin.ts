import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Clock } from '../async/clock.ts';
import type { Cluster, ExecConfig } from '../kubeconfig/client-config.ts';
import { type KeyPair, keyPairOf } from './key-pair.ts';
import { shorten } from './shorten.ts';

/** The credential that a plug-in printed. */
export interface ExecCredential {
  readonly token: string | undefined;
  /** A client certificate and its key. */
  readonly certificate: KeyPair | undefined;
  /** In milliseconds since 1970. Undefined if the plug-in printed no expiry. */
  readonly expires: number | undefined;
}

/** The plug-in gave no credential. The message has the reason, and nothing that the plug-in printed on stdout. */
export class PluginError extends Error {
  override readonly name = 'PluginError';
}

/** The environment of the plug-in, which is the program's whole environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Time limit of a plug-in. A caller stops waiting much earlier. If the plug-in answers after that, a later call gets
 * the credential.
 */
const TIME_LIMIT_MS = 60_000;

/** The name of a cluster's extension for plug-ins. */
const PLUGIN_EXTENSION = 'client.authentication.k8s.io/exec';

/**
 * Asks a credential plug-in, as client-go does
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). The plug-in has no
 * terminal, and its stdin is empty. It is ended when this program ends, or when its time is over.
 *
 * @param cluster passed to a plug-in that asks for it, with the cluster's CA
 * @throws PluginError, and what keyPairOf throws
 */
export async function askExecPlugin(
  config: ExecConfig,
  cluster: Cluster,
  env: Environment,
  clock: Clock,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<ExecCredential> {
  if (config.interactiveMode === 'Always') {
    throw new PluginError('its exec plug-in needs a terminal to ask a person, and there is no terminal');
  }
  const { apiVersion, command = '', args = [] } = config;
  const spec = { interactive: false, ...(config.provideClusterInfo && { cluster: clusterInfo(cluster) }) };
  const own = (config.env ?? []).map((variable) => [variable?.name, variable?.value ?? '']);
  const child = spawn(
    command,
    args.map((arg) => arg ?? ''),
    {
      env: {
        ...env,
        ...Object.fromEntries(own),
        KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stdout = await output(child, config, clock, timeLimitMs);
  return credentialOf(stdout, apiVersion);
}

function clusterInfo(cluster: Cluster): object {
  const { extensions, 'certificate-authority': _, 'certificate-authority-data': ca, ...fields } = cluster;
  const config = extensions?.find(({ name }) => name === PLUGIN_EXTENSION)?.extension ?? null;
  return { ...fields, ...(ca && { 'certificate-authority-data': ca.toString('base64') }), config };
}

/** The plug-in's stdout. @throws PluginError if it fails, or does not end in time */
async function output(
  child: ChildProcess,
  { installHint }: ExecConfig,
  clock: Clock,
  timeLimitMs: number,
): Promise<string> {
  const { stdout, stderr } = child as ChildProcess & {
    stdout: NodeJS.ReadableStream;
    stderr: NodeJS.ReadableStream;
  };
  const kill = () => void child.kill('SIGKILL');
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(timeLimitMs, () => {
    late.reject(new PluginError(`its exec plug-in did not end within ${timeLimitMs / 1000} s`));
  });
  process.once('exit', kill);
  try {
    const ended = Promise.all([text(stdout), text(stderr), once(child, 'close')]);
    const [printed, complaint, [exitCode]] = await Promise.race([ended, late.promise]);
    if (exitCode !== 0) {
      throw new PluginError(shorten(complaint, 500) || 'its exec plug-in failed without a message');
    }
    return printed;
  } catch (error) {
    if (error instanceof PluginError) {
      throw error;
    }
    const hint = installHint === undefined ? '' : `: ${shorten(installHint, 500)}`;
    throw new PluginError(`its exec plug-in cannot be started: ${(error as Error).message}${hint}`);
  } finally {
    cancel();
    process.off('exit', kill);
    kill();
    // A process that the plug-in started may live on and keep stdout and stderr open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function credentialOf(printed: string, apiVersion: string | undefined): ExecCredential {
  const status = statusOf(printed, apiVersion);
  const { expirationTimestamp } = status;
  const token = nonEmpty(status.token);
  const [cert, key] = [nonEmpty(status.clientCertificateData), nonEmpty(status.clientKeyData)];
  const certificate = cert !== undefined && key !== undefined ? keyPairOf(cert, key) : undefined;
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : undefined;
  const isHalf = (cert ?? key) !== undefined && certificate === undefined;
  if (Number.isNaN(expires) || isHalf || (token === undefined && certificate === undefined)) {
    throw somethingElse(apiVersion);
  }
  return { token, certificate, expires };
}

function statusOf(printed: string, apiVersion: string | undefined): Record<string, unknown> {
  try {
    const answer = JSON.parse(printed) as Record<string, unknown> | null;
    const { status } = answer ?? {};
    if (
      answer?.kind === 'ExecCredential' &&
      answer.apiVersion === apiVersion &&
      typeof status === 'object' &&
      status
    ) {
      return status as Record<string, unknown>;
    }
  } catch {
    // The error's message would quote the output.
  }
  throw somethingElse(apiVersion);
}

function somethingElse(apiVersion: string | undefined): PluginError {
  return new PluginError(
    `its exec plug-in did not print an ExecCredential of ${apiVersion} with a token, or with a certificate and its key`,
  );
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
