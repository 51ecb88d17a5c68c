import type { Clock } from '../async/clock.ts';
import { bearerConnection } from './connection.ts';
import type { ReadFile } from './credential-files.ts';
import { type InCluster, readInCluster } from './in-cluster.ts';
import { createTransport, type Transport } from './transport.ts';

/** What it takes to connect to an API server. */
export interface ConnectDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Told every credential, so that none is shown. */
  readonly addSecret: (secret: string) => void;
}

/** The pod's own API server. */
export interface OwnCluster {
  readonly transport: Transport;
  /** What the pod was given, as it is now. @throws CredentialsError */
  read(): InCluster;
}

/** @param directory where token and CA are mounted */
export function connectInCluster(directory: string, deps: ConnectDeps): OwnCluster {
  const read = () => {
    const inCluster = readInCluster(deps.env, directory, deps.readFile);
    deps.addSecret(inCluster.token);
    return inCluster;
  };
  const connect = () => {
    const { server, token } = read();
    return bearerConnection(server, token);
  };
  return { transport: createTransport(connect, deps.userAgent, deps.clock), read };
}

/** @param context the file's current context where undefined */
export function connectByKubeconfig(file: string, context: string | undefined, deps: ConnectDeps): Transport {
  // Loaded only where there is a kubeconfig: a pod's own cluster needs none.
  const loaded = import('./kubeconfig-connection.ts').then(({ kubeconfigConnection }) =>
    kubeconfigConnection(file, context, deps),
  );
  return createTransport(
    async () => {
      const connection = await (await loaded)();
      connection.secrets.forEach(deps.addSecret);
      return connection;
    },
    deps.userAgent,
    deps.clock,
  );
}
