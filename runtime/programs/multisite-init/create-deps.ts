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

/** What the process gives to the program. */
export interface ProcessDeps extends ConnectDeps {
  readonly log: Log;
}

export interface CreatedDeps extends Deps {
  /** What our own files hold, to be compared. @throws CredentialsError */
  readonly ownFiles: () => string;
}

/** Puts together what the run needs, as the command line has it. */
export function createDeps(options: Options, process: ProcessDeps): CreatedDeps {
  const { env, readFile, log, clock, userAgent, addSecret } = process;
  const { transport: local, read: inCluster } = connectInCluster(
    env.SERVICE_ACCOUNT_DIRECTORY ?? SERVICE_ACCOUNT_DIRECTORY,
    process,
  );
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

/** The source, with every token that it hands out hidden from messages. */
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

/** The tokens that entries have already are hidden as well. */
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
