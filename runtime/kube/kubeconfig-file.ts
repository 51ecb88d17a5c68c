import { dirname, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  type AuthInfo,
  CLIENT_CONFIG,
  type ClientConfig,
  type Cluster,
} from '../kubeconfig/client-config.ts';
import { decode, MismatchError } from '../kubeconfig/decode.ts';
import { lineAndColumn } from '../kubeconfig/line-and-column.ts';
import { resolveAliases } from '../kubeconfig/yaml-aliases.ts';
import { confirmUsable } from './confirm-usable.ts';
import type { ReadFile } from './credential-files.ts';
import { CredentialsError } from './errors.ts';

/** The context to use from a kubeconfig file. Relative paths are made absolute. */
export interface KubeconfigFile {
  readonly file: string;
  /** The file's text when it was read. */
  readonly text: string;
  readonly context: string;
  readonly cluster: Cluster;
  readonly user: AuthInfo;
}

const HINT = 'Give a file that `kubectl --kubeconfig` can read.';

/** @throws CredentialsError if the file cannot be read */
export function readKubeconfig(file: string, readFile: ReadFile): string {
  try {
    return readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CredentialsError('kubeconfig file', `cannot read the kubeconfig ${file} (${code})`, HINT);
  }
}

/**
 * Finds a context as kubectl does (https://pkg.go.dev/k8s.io/client-go/tools/clientcmd): only the parts that the context refers to
 * must be valid.
 *
 * @param context undefined for the file's current context
 * @throws CredentialsError if the text is not a kubeconfig, has no such context, or kubectl could not use the context
 */
export function loadKubeconfig(file: string, text: string, context: string | undefined): KubeconfigFile {
  const config = parseConfig(file, text);
  const contexts = byName(file, 'contexts', config.contexts);
  const name = existingContext([...contexts.keys()], file, context ?? config['current-context'] ?? '');
  const used = contexts.get(name)?.context ?? {};
  const cluster = byName(file, 'clusters', config.clusters).get(used.cluster ?? '')?.cluster ?? {};
  const users = byName(file, 'users', config.users);
  const user = used.user && users.has(used.user) ? (users.get(used.user)?.user ?? {}) : undefined;
  confirmUsable({ name, file }, cluster, user);
  const folder = dirname(file);
  return {
    file,
    text,
    context: name,
    cluster: withPaths(cluster, folder),
    user: withPathsOfUser(user, folder),
  };
}

function parseConfig(file: string, text: string): ClientConfig {
  // The messages of the YAML parser are not repeated, because they quote the text, which holds credentials. Only the first
  // document is read.
  const [document] = parseAllDocuments(text, {
    uniqueKeys: false,
    logLevel: 'error',
    prettyErrors: false,
  });
  if (document === undefined || !('contents' in document) || document.errors.length > 0) {
    throw notAKubeconfig(file);
  }
  let config: ClientConfig;
  try {
    config = decode(document.contents, CLIENT_CONFIG, resolveAliases(document.contents)) as ClientConfig;
  } catch (error) {
    throw notAKubeconfig(file, error instanceof MismatchError ? describe(error, text) : undefined);
  }
  if ((config?.kind || 'Config') !== 'Config' || (config?.apiVersion || 'v1') !== 'v1') {
    throw notAKubeconfig(file, 'it must have kind Config and apiVersion v1');
  }
  return config ?? {};
}

function describe({ message, offset }: MismatchError, text: string): string {
  return offset === undefined ? message : `${message} (${lineAndColumn(offset, text)})`;
}

function notAKubeconfig(file: string, why?: string): CredentialsError {
  const message = `${file} is not a kubeconfig${why === undefined ? '' : `: ${why}`}`;
  return new CredentialsError('kubeconfig file', message, HINT);
}

function byName<T extends { readonly name?: string }>(
  file: string,
  section: string,
  items: readonly (T | undefined)[] = [],
): Map<string, T | undefined> {
  const named = new Map<string, T | undefined>();
  for (const item of items) {
    const name = item?.name ?? '';
    if (named.has(name)) {
      throw notAKubeconfig(file, `"${section}" has two items named "${name}"`);
    }
    named.set(name, item);
  }
  return named;
}

function existingContext(names: readonly string[], file: string, context: string): string {
  if (context !== '' && names.includes(context)) {
    return context;
  }
  throw new CredentialsError(
    names.length === 0 ? 'kubeconfig file' : 'kubeconfig context',
    context === '' ? `${file} has no current context` : `${file} has no context "${context}"`,
    names.length === 0 ? HINT : `Choose one: it has ${names.map((name) => `"${name}"`).join(', ')}.`,
  );
}

function withPaths(cluster: Cluster, folder: string): Cluster {
  const ca = cluster['certificate-authority'];
  return { ...cluster, ...(ca && { 'certificate-authority': resolve(folder, ca) }) };
}

function withPathsOfUser(user: AuthInfo, folder: string): AuthInfo {
  const { 'client-certificate': certificate, 'client-key': key, tokenFile, exec } = user;
  return {
    ...user,
    ...(certificate && { 'client-certificate': resolve(folder, certificate) }),
    ...(key && { 'client-key': resolve(folder, key) }),
    ...(tokenFile && { tokenFile: resolve(folder, tokenFile) }),
    // A command without a slash is looked up in PATH.
    ...(exec?.command?.includes('/') && { exec: { ...exec, command: resolve(folder, exec.command) } }),
  };
}
