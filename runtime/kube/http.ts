import type { Connection } from './connection.ts';
import { UnreachableError, UntrustedError } from './errors.ts';

/** A request as it goes over the wire, but for what the connection adds. */
export interface HttpRequest {
  /** For messages. */
  readonly name: string;
  readonly connection: Connection;
  readonly method: string;
  /** What comes after the connection's base path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** An answer that arrived whole. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Codes of a certificate that is not the one we must insist on; everything else may pass with time. */
const UNTRUSTED = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/;

/** The failure of a request whose connection failed. */
export function connectionError({ name, connection }: HttpRequest, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return UNTRUSTED.test(code)
    ? new UntrustedError(
        `${name}: the server's certificate is not one that the CA vouches for (${code})`,
        connection.url,
      )
    : new UnreachableError(`${name}: ${code === '' ? error.message : code}`);
}
