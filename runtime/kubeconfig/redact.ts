import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { listOf, pairOf, parseKubeconfig } from './document.ts';

/**
 * Shows kubeconfigs without the credentials in them. Each credential is replaced by a number, the same one wherever it
 * stands, so that a change of it is still seen.
 */
export function createKubeconfigRedactor(): (text: string) => string {
  const numbers = new Map<string, number>();
  const placeholder = (secret: string) => {
    if (!numbers.has(secret)) numbers.set(secret, numbers.size + 1);
    return `(redacted ${numbers.get(secret)})`;
  };
  return (text) => {
    let redacted = text;
    for (const { start, end, value } of secretsOf(text).sort((a, b) => b.start - a.start)) {
      const lineBreak = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
      redacted = redacted.slice(0, start) + placeholder(value) + lineBreak + redacted.slice(end);
    }
    // The user and password of a proxy's URL.
    return redacted.replace(/:\/\/[^/\s"'@]*@/g, '://(redacted)@');
  };
}

interface Secret {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Everything that says how a user authenticates: tokens and keys, but passwords, arguments and variables of plug-ins too. */
function secretsOf(text: string): Secret[] {
  const document = parseKubeconfig(text);
  const secrets = new Map<number, Secret>();
  const collect = (node: unknown): void => {
    if (isAlias(node)) collect(document && node.resolve(document.yaml));
    else if (isMap(node)) for (const pair of node.items) collect(pair.value);
    else if (isSeq(node)) for (const item of node.items) collect(item);
    else if (isScalar(node) && node.value !== null) addTo(secrets, node, text);
  };
  for (const item of (document && listOf(document.top, 'users')?.items) ?? []) {
    if (isMap(item)) collect(pairOf(item, 'user')?.value);
  }
  return [...secrets.values()];
}

function addTo(secrets: Map<number, Secret>, { range }: Node, text: string): void {
  const [start, end] = range ?? [0, 0];
  if (start < end) secrets.set(start, { start, end, value: text.slice(start, end) });
}
