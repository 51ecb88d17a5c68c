import type { AuthInfo, Cluster, ExecConfig } from '../kubeconfig/client-config.ts';
import { CredentialsError } from './errors.ts';
import { impersonationHeaders, isHeaderValue } from './impersonation.ts';
import { parseProxyUrl } from './proxy-url.ts';

/**
 * Confirms that kubectl would use a context's cluster with its user
 * (https://github.com/kubernetes/client-go/blob/v0.37.1/tools/clientcmd/validation.go).
 *
 * @param context the context's name and file, for the message
 * @param user undefined if the context names no user
 * @throws CredentialsError with all reasons why kubectl would not use them
 */
export function confirmUsable(
  context: { readonly name: string; readonly file: string },
  cluster: Cluster,
  user: AuthInfo | undefined,
): asserts user is AuthInfo {
  const problems = [...ofCluster(cluster), ...(user ? ofUser(user) : ['it names no user'])];
  if (problems.length > 0) {
    throw new CredentialsError(
      'kubeconfig context',
      `context "${context.name}" of ${context.file} cannot be used: ${problems.join('; ')}`,
      'Correct the file, or choose another context.',
    );
  }
}

function* ofCluster(cluster: Cluster): Iterable<string> {
  if (!cluster.server) {
    yield 'it names no cluster with a server';
  }
  if (cluster['proxy-url'] && parseProxyUrl(cluster['proxy-url']) === undefined) {
    // The message does not repeat the URL, because the URL can have a password.
    yield 'its cluster has a "proxy-url" that is not a URL of http, https or socks5';
  }
  yield* bothOf('its cluster', cluster, 'certificate-authority', 'certificate-authority-data');
}

function* ofUser(user: AuthInfo): Iterable<string> {
  // HTTPWrappersForConfig refuses the second case. It ignores a password without a user name.
  if ((user.token && (user.username || user.password)) || (user.tokenFile && user.username)) {
    yield 'its user has a token and a password';
  }
  if (user['client-certificate'] || isThere(user['client-certificate-data'])) {
    yield* bothOf('its user', user, 'client-certificate', 'client-certificate-data');
    yield* bothOf('its user', user, 'client-key', 'client-key-data');
    if (!user['client-key'] && !isThere(user['client-key-data'])) {
      yield 'its user has a client certificate without a key';
    }
  }
  if (user.exec && user['auth-provider']) {
    yield 'its user has an exec plug-in and an auth-provider';
  }
  const other = (['as-uid', 'as-groups', 'as-user-extra'] as const).find((field) => isThere(user[field]));
  if (!user.as && other !== undefined) {
    yield `its user has "${other}" without "as"`;
  }
  if (!Object.values(impersonationHeaders(user)).flat().every(isHeaderValue)) {
    yield 'its user has an "as" field that no HTTP header can carry';
  }
  if (user.exec) {
    yield* ofPlugin(user.exec);
  }
}

function* ofPlugin({ command, apiVersion, env, interactiveMode }: ExecConfig): Iterable<string> {
  if (!command) {
    yield 'its exec plug-in has no command';
  }
  if (!PLUGIN_VERSIONS.some((version) => version === apiVersion)) {
    yield `its exec plug-in has an unknown apiVersion; known are ${PLUGIN_VERSIONS.join(', ')}`;
  }
  if (env?.some((variable) => !variable?.name)) {
    yield 'its exec plug-in has an environment variable without a name';
  }
  if (!interactiveMode && apiVersion !== BETA) {
    yield 'its exec plug-in has no interactiveMode';
  } else if (interactiveMode && !INTERACTIVE_MODES.includes(interactiveMode)) {
    yield `its exec plug-in has an unknown interactiveMode; known are ${INTERACTIVE_MODES.join(', ')}`;
  }
}

/** With this apiVersion, the default of interactiveMode is IfAvailable. */
const BETA = 'client.authentication.k8s.io/v1beta1';
const PLUGIN_VERSIONS = ['client.authentication.k8s.io/v1', BETA];
const INTERACTIVE_MODES = ['Never', 'IfAvailable', 'Always'];

function* bothOf<T extends object>(
  what: string,
  object: T,
  one: keyof T & string,
  other: keyof T & string,
): Iterable<string> {
  if (isThere(object[one]) && isThere(object[other])) {
    yield `${what} has both "${one}" and "${other}"`;
  }
}

/** Whether a value is there, and not empty. */
function isThere(value: unknown): boolean {
  return value !== undefined && Object.keys(value as object).length > 0;
}
