import type { RequestOptions } from 'node:https';
import type { Clock } from '../async/clock.ts';
import type { AuthInfo, AuthProviderConfig, Cluster, ExecConfig } from '../kubeconfig/client-config.ts';
import { isToken, type ReadFile } from './credential-files.ts';
import { CredentialsError } from './errors.ts';
import { askExecPlugin, type Environment, type ExecCredential } from './exec-plugin.ts';
import { type KeyPair, keyPairOf } from './key-pair.ts';
import type { KubeconfigFile } from './kubeconfig-file.ts';

/** How a request authenticates. */
export interface Credential {
  /** The header `Authorization`. @default - the request has none */
  readonly authorization?: string;
  /** A client certificate and its key. */
  readonly certificate?: KeyPair;
  /** The secret part of the header. */
  readonly secret?: string;
}

/** Reads the current credential of a kubeconfig's user. @throws CredentialsError */
export type UserCredential = () => Promise<Credential>;

/** What the use of a kubeconfig needs from the process. */
export interface KubeconfigDeps {
  readonly readFile: ReadFile;
  /** The environment of exec plug-ins. */
  readonly env: Environment;
  readonly clock: Clock;
}

/**
 * As in client-go, a user with a token, a password or a client certificate needs no exec plug-in. An auth-provider's token is used
 * together with a client certificate. A user without any of them is anonymous.
 */
export function userCredential(kubeconfig: KubeconfigFile, deps: KubeconfigDeps): UserCredential {
  const { user, cluster } = kubeconfig;
  let given: ExecCredential | undefined;
  const askPlugin = async (exec: ExecConfig): Promise<Credential> => {
    if (given === undefined || (given.expires ?? Number.POSITIVE_INFINITY) <= deps.clock.wallTime()) {
      const told = exec.provideClusterInfo ? withCaData(cluster, deps.readFile) : cluster;
      given = await askExecPlugin(exec, told, deps.env, deps.clock);
    }
    const { token, certificate } = given;
    return { ...(token !== undefined && bearer(token)), ...(certificate && { certificate }) };
  };
  return async () => {
    try {
      const own = {
        ...(tokenOf(user, deps.readFile) ?? passwordOf(user)),
        ...certificateOf(user, deps.readFile),
      };
      const isOwn = own.authorization !== undefined || own.certificate !== undefined;
      if (!isOwn && user.exec) {
        return await askPlugin(user.exec);
      }
      if (own.authorization === undefined && user['auth-provider']) {
        return { ...(await askAuthProvider(user['auth-provider'])), ...own };
      }
      return own;
    } catch (error) {
      throw new CredentialsError(
        'kubeconfig credential',
        `the user of context "${kubeconfig.context}" in ${kubeconfig.file} gives no credential: ${(error as Error).message}`,
        "Check that the user's files exist. If it has an exec plug-in, check that the plug-in works in this container.",
      );
    }
  };
}

/** `tokenFile` wins over `token`, unless the file cannot be read. */
function tokenOf({ token, tokenFile }: AuthInfo, readFile: ReadFile): Credential | undefined {
  if (!tokenFile) {
    return token ? bearer(token) : undefined;
  }
  try {
    return bearer(readFile(tokenFile).trim());
  } catch (error) {
    if (token) {
      return bearer(token);
    }
    throw error;
  }
}

function bearer(token: string): Credential {
  if (!isToken(token)) {
    throw new Error('its token is empty, or has white space or characters that are not ASCII');
  }
  return { authorization: `Bearer ${token}`, secret: token };
}

/** client-go ignores a password without a user name. */
function passwordOf({ username = '', password = '' }: AuthInfo): Credential | undefined {
  if (username === '') {
    return undefined;
  }
  const encoded = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${encoded}`, secret: password };
}

function certificateOf(user: AuthInfo, readFile: ReadFile): Credential {
  const cert = pemOf(user['client-certificate-data'], user['client-certificate'], readFile);
  const key = pemOf(user['client-key-data'], user['client-key'], readFile);
  return cert !== undefined && key !== undefined ? { certificate: keyPairOf(cert, key) } : {};
}

function pemOf(data: Buffer | undefined, file: string | undefined, readFile: ReadFile): string | undefined {
  if (data !== undefined && data.length > 0) {
    return data.toString('utf8');
  }
  return file ? readFile(file) : undefined;
}

/** A plug-in gets the CA itself, not its path, as in client-go's ConfigToExecCluster. */
function withCaData(cluster: Cluster, readFile: ReadFile): Cluster {
  const { 'certificate-authority': file, 'certificate-authority-data': data } = cluster;
  return file && !data?.length
    ? { ...cluster, 'certificate-authority-data': Buffer.from(readFile(file), 'utf8') }
    : cluster;
}

/** client-node asks the auth-provider. Kubernetes 1.26 removed all auth-providers except `oidc`. */
async function askAuthProvider({ name, config = {} }: AuthProviderConfig): Promise<Credential> {
  if (name !== 'oidc') {
    throw new Error(`the auth-provider "${name ?? ''}" does not exist any more: exec plug-ins replace it`);
  }
  const { KubeConfig } = await import('./client-node.ts');
  const content = new KubeConfig();
  content.loadFromClusterAndUser(
    { name: 'cluster', server: 'https://localhost', skipTLSVerify: false },
    { name: 'user', authProvider: { name, config } },
  );
  const options: RequestOptions = { rejectUnauthorized: true };
  await content.applyToHTTPSOptions(options);
  const header = (options.headers as { Authorization?: string } | undefined)?.Authorization;
  return header === undefined ? {} : bearer(header.replace(/^Bearer /, ''));
}
