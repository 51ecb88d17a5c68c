/** Plain data that this project writes: strings, and lists and mappings of them. */
export type Data = string | readonly Data[] | { readonly [key: string]: Data };

/**
 * Texts that every YAML reader reads as strings without quotes, also the 1.1 readers (of Go and Python). They have no indicator
 * characters, no `: `, and do not look like a number, a date, a boolean or null.
 */
const PLAIN = /^[A-Za-z][A-Za-z0-9+/=._-]*(?::\/\/[A-Za-z0-9.:_-]+)?$/;
const RESERVED = /^(?:y|yes|n|no|true|false|on|off|null)$/i;

/** A scalar in block style. It is quoted as JSON, which is YAML too, if plain text could be misread. */
export function blockScalar(text: string): string {
  return PLAIN.test(text) && !text.endsWith(':') && !RESERVED.test(text) ? text : JSON.stringify(text);
}

/** `data` on one line, in the flow style that is JSON too. */
export function flow(data: Data): string {
  if (typeof data === 'string') {
    return JSON.stringify(data);
  }
  if (isList(data)) {
    return `[${data.map(flow).join(', ')}]`;
  }
  return `{${Object.entries(data)
    .map(([key, value]) => `${JSON.stringify(key)}: ${flow(value)}`)
    .join(', ')}}`;
}

/** `data` as block lines, with the least indentation. */
export function blockLines(data: Exclude<Data, string>): string[] {
  if (isList(data)) {
    return data.flatMap(listItemLines);
  }
  return Object.entries(data).flatMap(([key, value]) => pairLines(key, value));
}

/** `key: value`. A list or a mapping is on the lines below the key. */
export function pairLines(key: string, value: Data): string[] {
  if (typeof value === 'string') {
    return [`${blockScalar(key)}: ${blockScalar(value)}`];
  }
  const entries = isList(value) ? value.length : Object.keys(value).length;
  if (entries === 0) {
    return [`${blockScalar(key)}: ${flow(value)}`];
  }
  // A list has the same indentation as its key, as kubectl writes it.
  const indent = isList(value) ? '' : '  ';
  return [`${blockScalar(key)}:`, ...blockLines(value).map((line) => indent + line)];
}

/** `- value`. More lines are aligned with the first. */
export function listItemLines(item: Data): string[] {
  const lines = typeof item === 'string' ? [blockScalar(item)] : blockLines(item);
  return lines.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
}

export function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}
