import { dirname, resolve } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ReadFile } from './credential-files.ts';
import { CredentialsError } from './errors.ts';

/** A kubeconfig file as it was when it was read, and the context to use of it. */
export interface KubeconfigFile {
  readonly file: string;
  readonly text: string;
  readonly content: KubeConfig;
  readonly context: string;
  /** Where the token of the context's user is in a file of its own. */
  readonly tokenFile: string | undefined;
}

const HINT = 'Name a file that `kubectl --kubeconfig` reads.';

/** @throws CredentialsError when it cannot be read */
export function readKubeconfig(file: string, readFile: ReadFile): string {
  try {
    return readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CredentialsError('kubeconfig file', `cannot read the kubeconfig ${file} (${code})`, HINT);
  }
}

/**
 * @param context the file's current context where undefined
 * @throws CredentialsError when the text is no kubeconfig, or has no such context
 */
export async function loadKubeconfig(
  file: string,
  text: string,
  context: string | undefined,
): Promise<KubeconfigFile> {
  const { KubeConfig } = await import('./client-node.ts');
  const { parse } = await import('yaml');
  const { endExecPlugins } = await import('./exec-plugins.ts');
  const content = new KubeConfig();
  endExecPlugins(content);
  let data: Data;
  try {
    data = parse(text, { logLevel: 'error' });
    content.loadFromString(text);
  } catch {
    // No message of a YAML parser is repeated: it quotes the text, which holds credentials.
    throw new CredentialsError('kubeconfig file', `${file} is not a kubeconfig`, HINT);
  }
  content.makePathsAbsolute(dirname(file));
  content.setCurrentContext(existingContext(content, file, context));
  const tokenFile = tokenFileOf(data, content.getContextObject(content.getCurrentContext())?.user);
  return {
    file,
    text,
    content,
    context: content.getCurrentContext(),
    tokenFile: tokenFile === undefined ? undefined : resolve(dirname(file), tokenFile),
  };
}

/** What the library does not read. */
type Data = { readonly users?: readonly { readonly name: string; readonly user?: { tokenFile?: string } }[] };

function tokenFileOf({ users }: Data, user: string | undefined): string | undefined {
  return Array.isArray(users) ? users.find(({ name }) => name === user)?.user?.tokenFile : undefined;
}

function existingContext(content: KubeConfig, file: string, wanted: string | undefined): string {
  const context = wanted ?? content.getCurrentContext() ?? '';
  if (content.getContextObject(context) !== null) {
    return context;
  }
  const names = content.getContexts().map(({ name }) => `"${name}"`);
  throw new CredentialsError(
    names.length === 0 ? 'kubeconfig file' : 'kubeconfig context',
    context === '' ? `${file} has no current context` : `${file} has no context "${context}"`,
    names.length === 0 ? HINT : `Choose one: it has ${names.join(', ')}.`,
  );
}
