import type { Clock } from '../../../async/clock.ts';
import type { ApiServer } from '../../../kube/api-server.ts';
import type { Authenticate } from '../../../kube/authenticate.ts';
import { parseCa } from '../../../kube/ca-certificates.ts';
import { isToken } from '../../../kube/credential-files.ts';
import { ApiError, UntrustedError } from '../../../kube/errors.ts';
import { tokenClaims } from '../../../kube/token-claims.ts';
import type { ExistingEntry } from '../../../kubeconfig/read-entry.ts';
import { serverOfEntry } from '../server-of-entry.ts';
import { UnverifiedServerError } from '../verify-server.ts';
import { type Credential, type CredentialSource, credentialOf } from './credential.ts';
import { renewalTime } from './renewal.ts';

/** Our own token is kept at least this long, in milliseconds, even if its lifetime is very short. */
const MIN_RENEWAL_MS = 5000;

/** The oldest tokens are forgotten, so that a long run does not fill the memory. A token that is still in an entry is among the latest. */
const MAX_KNOWN = 100;

/** The credential to write into the entry. */
export interface Chosen extends Credential {
  readonly certificateAuthorityData: string;
  /** When it is time for the next token, in milliseconds since 1970. Infinite if no time is known. */
  readonly renewal: number;
  /** Whether the server has just accepted it. */
  readonly isTried: boolean;
}

type Known = Credential & { readonly renewal: number };

export interface ChooserDeps {
  readonly source: CredentialSource;
  /** Undefined with --no-verify: then the server is not asked. */
  readonly authenticate: Authenticate | undefined;
  /** The user name that a requested token must have. Undefined for the other sources. */
  readonly subject: () => string | undefined;
  readonly clock: Clock;
}

/**
 * Chooses between our own credential and the entry's credential. A credential that works and is not near its end stays,
 * whoever wrote it. So:
 * - a requested token is used until it must be renewed;
 * - replicas do not overwrite each other;
 * - a pod that is about to end does not overwrite a newer token.
 */
export class CredentialChooser {
  private readonly deps: ChooserDeps;
  /** The credentials seen so far, also our own. */
  private readonly known = new Map<string, Known>();
  private readonly own = new Set<string>();
  private settled = false;

  constructor(deps: ChooserDeps) {
    this.deps = deps;
  }

  /** Called after the first run: from then on, a credential is replaced only if it stops working. */
  settle(): void {
    this.settled = true;
  }

  /**
   * @param existing the existing entry; undefined to choose our own credential in any case
   * @throws KubeError CredentialsError
   */
  async choose(existing: ExistingEntry | undefined, server: ApiServer, signal: AbortSignal): Promise<Chosen> {
    const { source } = this.deps;
    const ca = Buffer.from(server.ca, 'utf8').toString('base64');
    this.own.add(ca);
    const own = source.requestsTokens ? undefined : this.ours(await source.obtain(undefined, signal));
    if (existing?.token !== undefined && this.mayStay(existing.token, own)) {
      const { token } = existing;
      const reached = serverOfEntry(server, existing);
      const data = await this.workingCa(token, [existing.certificateAuthorityData, ca], reached, signal);
      if (data !== undefined) {
        const isTried = this.deps.authenticate !== undefined;
        return { ...this.theirs(token), certificateAuthorityData: data, isTried };
      }
    }
    // A token that is looked up has no renewal time. The program uses a new token when the source has one.
    const chosen = own
      ? { ...own, renewal: Number.POSITIVE_INFINITY }
      : this.requested(await source.obtain(existing?.token, signal));
    return { ...chosen, certificateAuthorityData: ca, isTried: false };
  }

  private mayStay(token: string, own: Credential | undefined): boolean {
    const { source, subject, clock } = this.deps;
    // A token that this program looked up itself does not stay. If it is the source's current token, it needs no test here. If
    // it is older, the current token must replace it.
    if (!source.requestsTokens && this.own.has(token)) {
      return false;
    }
    // No reader could send such a text as a token.
    if (!isToken(token)) {
      return false;
    }
    if (this.theirs(token).renewal <= clock.wallTime()) {
      return false;
    }
    if (this.settled) {
      return true;
    }
    const { subject: whose, issued } = tokenClaims(token);
    // In the first run, a requested token must be for the ServiceAccount of the command line. Of two looked-up
    // tokens, the younger one stays.
    return source.requestsTokens ? whose === subject() : !(issued && own?.life && issued < own.life.issued);
  }

  /** The first CA that verifies the server. Undefined if there is none, or if the server does not accept the token. */
  private async workingCa(
    token: string,
    [theirs, ours]: readonly [string | undefined, string],
    server: ApiServer,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { authenticate } = this.deps;
    if (authenticate === undefined) {
      return ours;
    }
    const candidates = theirs === undefined || this.own.has(theirs) ? [ours] : [theirs, ours];
    for (const data of candidates) {
      const ca = Buffer.from(data, 'base64').toString('utf8');
      if ('why' in parseCa(ca)) {
        continue;
      }
      try {
        await authenticate({ ...server, ca }, token, signal);
        return data;
      } catch (error) {
        const cause = error instanceof UnverifiedServerError ? error.cause : error;
        if (cause instanceof ApiError && cause.code === 401) {
          return undefined;
        }
        if (!(cause instanceof UntrustedError)) {
          throw error;
        }
      }
    }
    return undefined;
  }

  private ours(credential: Credential): Credential {
    this.own.add(credential.token);
    forgetOldest(this.own);
    return credential;
  }

  private requested(credential: Credential): Known {
    const now = this.deps.clock.wallTime();
    return this.remember(this.ours(credential), now, now + MIN_RENEWAL_MS);
  }

  /** The entry's credential. It may be a token that this program requested. */
  private theirs(token: string): Known {
    const credential = credentialOf(token);
    return this.remember(credential, credential.life?.issued.getTime() ?? 0, Number.NEGATIVE_INFINITY);
  }

  private remember(credential: Credential, start: number, soonest: number): Known {
    const known = this.known.get(credential.token);
    if (known) {
      return known;
    }
    const renewal = Math.max(renewalTime(credential, start, this.deps.clock.random()), soonest);
    const remembered = { ...credential, renewal };
    this.known.set(credential.token, remembered);
    forgetOldest(this.known);
    return remembered;
  }
}

function forgetOldest(collection: Set<string> | Map<string, unknown>): void {
  const [oldest] = collection.keys();
  if (collection.size > MAX_KNOWN && oldest !== undefined) {
    collection.delete(oldest);
  }
}
