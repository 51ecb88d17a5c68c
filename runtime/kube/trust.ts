import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import { withoutNamesakes } from './ca-certificates.ts';
import { UntrustedError } from './errors.ts';
import { checkIdentity } from './server-identity.ts';

export type Ca = SecureContextOptions['ca'];

/**
 * The trust rules of Go, because the readers of the kubeconfig are Go programs. Any certificate of the CA's file may be the end of
 * a chain, and the name is checked. If the name is the host's IP address, the engines are as strict. In that case our own check
 * is left out, because neither engine keeps a connection with a custom check alive.
 *
 * @param host the host that the engine connects to; undefined behind a proxy, because the engine may then check another name
 * @param name the name that the certificate must have: a host name or an IP address
 */
export function trustAsGo(host: string | undefined, name: string): ConnectionOptions {
  const isAddress = isIP(name) !== 0;
  return {
    allowPartialTrustChain: true,
    // An IP address is not allowed as server name (RFC 6066, section 3).
    servername: isAddress ? '' : name,
    ...((!isAddress || name !== host) && {
      checkServerIdentity: (_, certificate) => checkIdentity(name, certificate),
    }),
  };
}

/** If several certificates of a CA file have the same subject, remembers which of them work for a server. */
export class Trust {
  private readonly working = new Map<Ca, Ca>();

  /**
   * Runs some work with the CA that works.
   *
   * @throws UntrustedError if no CA works, or what else `work` throws
   */
  async use<T>(ca: Ca, work: (ca: Ca) => Promise<T>): Promise<T> {
    try {
      return await work(this.working.get(ca) ?? ca);
    } catch (error) {
      if (!(error instanceof UntrustedError) || typeof ca !== 'string') {
        throw error;
      }
      return this.useOneOf(ca, withoutNamesakes(ca), error, work);
    }
  }

  private async useOneOf<T>(
    ca: Ca,
    candidates: readonly string[],
    error: UntrustedError,
    work: (ca: Ca) => Promise<T>,
  ): Promise<T> {
    for (const candidate of candidates) {
      try {
        const result = await work(candidate);
        this.working.set(ca, candidate);
        return result;
      } catch (failure) {
        if (!(failure instanceof UntrustedError)) {
          this.working.set(ca, candidate);
          throw failure;
        }
      }
    }
    throw error;
  }
}
