import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import { withoutNamesakes } from './ca-certificates.ts';
import { UntrustedError } from './errors.ts';
import { checkIdentity } from './server-identity.ts';

export type Ca = SecureContextOptions['ca'];

/**
 * As Go has it, whose programs read the kubeconfig: any certificate of the CA's file may be the end of a chain, and the name is
 * checked. For the IP address of the host the engines are as strict. There our check is left out, since neither keeps a connection
 * alive that has one.
 *
 * @param host that the engine connects to; undefined behind a proxy, where it may check another name than the host's
 * @param name that the certificate has to have: a host name or an IP address
 */
export function trustAsGo(host: string | undefined, name: string): ConnectionOptions {
  const isAddress = isIP(name) !== 0;
  return {
    allowPartialTrustChain: true,
    // An IP address is no server name (RFC 6066, section 3).
    servername: isAddress ? '' : name,
    ...((!isAddress || name !== host) && {
      checkServerIdentity: (_, certificate) => checkIdentity(name, certificate),
    }),
  };
}

/** Remembers which certificates of a CA's file a server goes by, where several have one name. */
export class Trust {
  private readonly working = new Map<Ca, Ca>();

  /**
   * Does something with the CA that works.
   *
   * @throws UntrustedError where none works, and what `work` throws else
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
