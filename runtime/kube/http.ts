import type { Connection } from './connection.ts';
import { UnreachableError, UntrustedError } from './errors.ts';

/** A request as it is sent, without what the connection adds. */
export interface HttpRequest {
  /** For messages. */
  readonly name: string;
  readonly connection: Connection;
  readonly method: string;
  /** The path after the connection's base path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A complete answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Error codes of a certificate that is not trusted. All other errors may be temporary. */
const UNTRUSTED = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/;

/** The failure of a request whose connection failed. */
export function connectionError({ name, connection }: HttpRequest, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNTRUSTED.test(code)
    ? new UntrustedError(`${name}: the CA does not verify the server's certificate (${code})`, connection.url)
    : new UnreachableError(`${name}: ${code === '' ? error.message : code}`);
}
