import type { Log } from '../../cli/log.ts';
import { type ApiServer, apiServerOf } from '../../kube/api-server.ts';
import { type Authenticate, createAuthenticate } from '../../kube/authenticate.ts';
import { type ConnectDeps, connectByKubeconfig, connectInCluster } from '../../kube/connect.ts';
import { type ReadFile, readCa } from '../../kube/credential-files.ts';
import { type InCluster, SERVICE_ACCOUNT_DIRECTORY } from '../../kube/in-cluster.ts';
import { CredentialChooser } from './credential/choose-credential.ts';
import type { CredentialSource } from './credential/credential.ts';
import { credentialSource } from './credential/sources.ts';
import type { Options } from './options.ts';
import type { Deps } from './run.ts';
import { verifying } from './verify-server.ts';

/** What the program needs from the process. */
export interface ProcessDeps extends ConnectDeps {
  readonly log: Log;
}

export interface CreatedDeps extends Deps {
  /** The contents of our own files, to find changes. @throws CredentialsError */
  readonly ownFiles: () => string;
  /** Path of the pod's own token. */
  readonly podTokenFile: string;
}

/** Creates what a run needs, as the command line asks. */
export function createDeps(options: Options, process: ProcessDeps): CreatedDeps {
  const { env, readFile, log, clock, userAgent, addSecret } = process;
  const directory = env.SERVICE_ACCOUNT_DIRECTORY ?? SERVICE_ACCOUNT_DIRECTORY;
  const { transport: local, read: inCluster } = connectInCluster(directory, process);
  const server = () => serverToWrite(options, inCluster, readFile);
  const source = hidingTokens(
    credentialSource(options, { inCluster, local, readFile, log, clock }),
    addSecret,
  );
  const authenticate = hidingToken(createAuthenticate(userAgent, clock), addSecret);
  const verifyServer = options.server && options.verifyServer ? verifying(authenticate, clock) : undefined;
  return {
    target: options.targetCluster
      ? connectByKubeconfig(options.targetCluster.kubeconfig, options.targetCluster.context, process)
      : local,
    local,
    server,
    chooser: new CredentialChooser({
      source,
      authenticate: options.server ? verifyServer : authenticate,
      subject: () => subjectOf(options, inCluster),
      clock,
    }),
    keepsOthers: options.watch !== undefined || options.credential.source === 'request',
    authenticate,
    authenticateEntry: options.server && !options.verifyServer ? undefined : authenticate,
    verifyServer,
    log,
    clock,
    ownFiles: () => ownFiles(options, server, inCluster, readFile),
    podTokenFile: `${directory}/token`,
  };
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

/** The same source. All messages hide the tokens that it returns. */
function hidingTokens(source: CredentialSource, addSecret: (secret: string) => void): CredentialSource {
  return {
    requestsTokens: source.requestsTokens,
    obtain: async (useless, signal) => {
      const credential = await source.obtain(useless, signal);
      addSecret(credential.token);
      return credential;
    },
  };
}

/** The same function. All messages hide the tokens that it tests, for example the token of an existing entry. */
function hidingToken(authenticate: Authenticate, addSecret: (secret: string) => void): Authenticate {
  return (server, token, signal) => {
    addSecret(token);
    return authenticate(server, token, signal);
  };
}

function ownFiles(
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
