import { parseCa } from './ca-certificates.ts';
import { CredentialsError } from './errors.ts';

/** Reads a text file. Throws as node:fs does. */
export type ReadFile = (path: string) => string;

/** @throws CredentialsError if the file cannot be read, is empty, or does not hold exactly one token */
export function readToken(path: string, readFile: ReadFile): string {
  const token = read(path, 'token', readFile);
  if (!isToken(token)) {
    throw unusable(`the token file ${path} does not hold exactly one token`);
  }
  return token;
}

/** Whether an HTTP header can carry the text as a token (RFC 6750, section 2.1, allows fewer characters). */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/**
 * The CA certificates of a file, without its other parts, because the certificates are written where everybody can read them.
 *
 * @returns PEM
 * @throws CredentialsError if the file cannot be read, holds a private key, or holds no certificates
 */
export function readCa(path: string, readFile: ReadFile): string {
  const parsed = parseCa(read(path, 'CA', readFile));
  if ('why' in parsed) {
    throw unusable(`the CA file ${path} ${parsed.why}`);
  }
  return parsed.ca;
}

function read(path: string, what: string, readFile: ReadFile): string {
  let text: string;
  try {
    text = readFile(path).trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw unusable(`cannot read the ${what} file ${path} (${code})`);
  }
  if (text === '') {
    throw unusable(`the ${what} file ${path} is empty`);
  }
  return text;
}

function unusable(message: string): CredentialsError {
  return new CredentialsError(
    'credential file',
    message,
    'Check that the file exists, is readable and is complete.',
  );
}
