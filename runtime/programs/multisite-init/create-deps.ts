import type { Log } from '../../cli/log.ts';
import { type ApiServer, apiServerOf } from '../../kube/api-server.ts';
import { bearerConnection } from '../../kube/connection.ts';
import { type ReadFile, readCa } from '../../kube/credential-files.ts';
import { type InCluster, readInCluster, SERVICE_ACCOUNT_DIRECTORY } from '../../kube/in-cluster.ts';
import { kubeconfigConnection } from '../../kube/kubeconfig-connection.ts';
import type { Clock } from '../../kube/retry.ts';
import { createTransport, type Transport } from '../../kube/transport.ts';
import { type Authenticate, createAuthenticate } from './authenticate.ts';
import { CredentialChooser } from './credential/choose-credential.ts';
import type { CredentialSource } from './credential/credential.ts';
import { credentialSource } from './credential/sources.ts';
import type { Options } from './options.ts';
import type { Deps } from './run.ts';
import { ENVIRONMENT } from './usage.ts';
import { verifying } from './verify-server.ts';

/** The process around the program. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly log: Log;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly userAgent: string;
  /** Told every token, so that none is shown. */
  readonly learnSecret: (secret: string) => void;
}

export interface CreatedDeps extends Deps {
  /** What our own files say, to be compared. @throws CredentialsError */
  readonly ownSide: () => string;
  readonly wallClock: () => number;
}

/** Puts together what the run needs, as the command line has it. */
export function createDeps(options: Options, surroundings: Surroundings): CreatedDeps {
  const { env, readFile, log, clock, wallClock, userAgent, learnSecret } = surroundings;
  const directory = env[ENVIRONMENT.serviceAccountDirectory] ?? SERVICE_ACCOUNT_DIRECTORY;
  const inCluster = () => {
    const read = readInCluster(env, directory, readFile);
    learnSecret(read.token);
    return read;
  };
  const local = createTransport(() => {
    const { server, token } = inCluster();
    return bearerConnection(server, token);
  }, userAgent);
  const server = () => serverToWrite(options, inCluster, readFile);
  const source = learning(
    credentialSource(options, { inCluster, local, readFile, log, wallClock }),
    learnSecret,
  );
  const authenticate = learningAuthenticate(createAuthenticate(userAgent), learnSecret);
  const verifyServer = options.server && options.verifyServer ? verifying(authenticate) : undefined;
  return {
    target: targetTransport(options, local, surroundings),
    server,
    chooser: new CredentialChooser({
      source,
      authenticate: options.server ? verifyServer : authenticate,
      subject: () => subjectOf(options, inCluster),
      wallClock,
      random: clock.random,
    }),
    keepsOthers: options.watch !== undefined || options.credential.source === 'request',
    authenticate,
    verifyServer,
    log,
    clock,
    wallClock,
    ownSide: () => ownSide(options, server, inCluster, readFile),
  };
}

function targetTransport(
  { targetCluster }: Options,
  local: Transport,
  { readFile, userAgent, learnSecret }: Surroundings,
): Transport {
  if (targetCluster === undefined) {
    return local;
  }
  const { kubeconfig, context } = targetCluster;
  const connect = kubeconfigConnection(kubeconfig, context, readFile);
  return createTransport(async () => {
    const connection = await connect();
    connection.secrets.forEach(learnSecret);
    return connection;
  }, userAgent);
}

/** Address and CA, both from the command line or both from the pod. */
function serverToWrite({ server }: Options, inCluster: () => InCluster, readFile: ReadFile): ApiServer {
  const given = server && apiServerOf(server.url, readCa(server.caFile, readFile));
  return given ?? inCluster().server;
}

function subjectOf({ credential, target }: Options, inCluster: () => InCluster): string | undefined {
  if (credential.source !== 'request') {
    return undefined;
  }
  const namespace = inCluster().namespace ?? target.namespace;
  return `system:serviceaccount:${namespace}:${credential.serviceAccount}`;
}

/** The source, which tells of every token that it hands out. */
function learning(source: CredentialSource, learnSecret: (secret: string) => void): CredentialSource {
  return {
    mints: source.mints,
    obtain: async (timeoutMs, useless) => {
      const credential = await source.obtain(timeoutMs, useless);
      learnSecret(credential.token);
      return credential;
    },
  };
}

/** The tokens that entries have already are no less secret. */
function learningAuthenticate(
  authenticate: Authenticate,
  learnSecret: (secret: string) => void,
): Authenticate {
  return (server, token, timeoutMs) => {
    learnSecret(token);
    return authenticate(server, token, timeoutMs);
  };
}

function ownSide(
  { credential }: Options,
  server: () => ApiServer,
  inCluster: () => InCluster,
  readFile: ReadFile,
): string {
  const token =
    credential.source === 'mounted'
      ? inCluster().token
      : credential.source === 'file'
        ? readFile(credential.tokenFile)
        : '';
  return `${server().ca}\n${token}`;
}
