import type { Clock } from '../async/clock.ts';
import { bearerConnection } from './connection.ts';
import type { ReadFile } from './credential-files.ts';
import { type InCluster, readInCluster } from './in-cluster.ts';
import { createTransport, type Transport } from './transport.ts';

/** What a connection to an API server needs from the process. */
export interface ConnectDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Called with every credential, so that none is shown. */
  readonly addSecret: (secret: string) => void;
  /** Called with the client certificate of a connection, in PEM, if a kubeconfig gives one. */
  readonly onClientCertificate?: (certificate: string) => void;
}

/** The pod's own API server. */
export interface OwnCluster {
  readonly transport: Transport;
  /** Reads the pod's address, CA and token again. @throws CredentialsError */
  read(): InCluster;
}

/** @param directory the folder where token and CA are mounted */
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

/** @param context undefined for the file's current context */
export function connectByKubeconfig(file: string, context: string | undefined, deps: ConnectDeps): Transport {
  // Loaded only if there is a kubeconfig: the pod's own cluster needs none.
  const loaded = import('./kubeconfig-connection.ts').then(({ kubeconfigConnection }) =>
    kubeconfigConnection(file, context, deps),
  );
  return createTransport(
    async () => {
      const connection = await (await loaded)();
      connection.secrets.forEach(deps.addSecret);
      if (typeof connection.options.cert === 'string') {
        deps.onClientCertificate?.(connection.options.cert);
      }
      return connection;
    },
    deps.userAgent,
    deps.clock,
  );
}
