import { isMap, isScalar } from 'yaml';
import { effectivePairOf, itemOf, pairOf, parseKubeconfig, SECTIONS, type Section } from './document.ts';

/** The parts of an entry that a document has. A part is undefined if it is missing, or if its form is too complex to read here. */
export interface ExistingEntry {
  readonly server: string | undefined;
  readonly certificateAuthorityData: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly token: string | undefined;
}

/** Reads one site's entry. @throws RefusedError if the text is not one well-formed kubeconfig */
export function readEntry(text: string, location: string, user: string): ExistingEntry {
  const document = parseKubeconfig(text);
  const dereferenced = (node: unknown) => document?.aliases.get(node) ?? node;
  const field = (section: Section, name: string, key: string): string | undefined => {
    const item = document && itemOf(document, section, name);
    const fields = item && dereferenced(pairOf(item, SECTIONS[section])?.value);
    const pair = document && isMap(fields) ? effectivePairOf(fields, key, document.aliases) : undefined;
    const value = dereferenced(pair?.value);
    return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
  };
  return {
    server: field('clusters', location, 'server'),
    certificateAuthorityData: field('clusters', location, 'certificate-authority-data'),
    tlsServerName: field('clusters', location, 'tls-server-name') || undefined,
    proxyUrl: field('clusters', location, 'proxy-url') || undefined,
    token: field('users', user, 'token'),
  };
}
