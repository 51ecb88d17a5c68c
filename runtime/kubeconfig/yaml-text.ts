/** Plain data that this project writes: strings, and lists and mappings of them. */
export type Data = string | readonly Data[] | { readonly [key: string]: Data };

/**
 * Strings that every YAML reader takes for strings without quotes, 1.1 readers (Go's, Python's) included: no
 * indicator characters, no `: `, nothing that looks like a number, a date, a boolean or null.
 */
const PLAIN = /^[A-Za-z][A-Za-z0-9+/=._-]*(?::\/\/[A-Za-z0-9.:_-]+)?$/;
const RESERVED = /^(?:y|yes|n|no|true|false|on|off|null)$/i;

/** A scalar in block style; quoted (as JSON, which YAML contains) where plain text could be misread. */
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

/** `data` as block lines, none of them indented further than its nesting asks. */
export function blockLines(data: Exclude<Data, string>): string[] {
  if (isList(data)) {
    return data.flatMap(listItemLines);
  }
  return Object.entries(data).flatMap(([key, value]) => pairLines(key, value));
}

/** `key: value`, the value on the lines below if it is a list or a mapping. */
export function pairLines(key: string, value: Data): string[] {
  if (typeof value === 'string') {
    return [`${blockScalar(key)}: ${blockScalar(value)}`];
  }
  const entries = isList(value) ? value.length : Object.keys(value).length;
  if (entries === 0) {
    return [`${blockScalar(key)}: ${flow(value)}`];
  }
  // A list stands under its key without further indentation, as kubectl writes it.
  const indent = isList(value) ? '' : '  ';
  return [`${blockScalar(key)}:`, ...blockLines(value).map((line) => indent + line)];
}

/** `- value`, its further lines aligned with the first. */
export function listItemLines(item: Data): string[] {
  const lines = typeof item === 'string' ? [blockScalar(item)] : blockLines(item);
  return lines.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
}

export function isList(data: Data): data is readonly Data[] {
  return Array.isArray(data);
}
