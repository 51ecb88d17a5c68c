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

/** No token of ours is replaced sooner than this, in milliseconds, however short its life. */
const MIN_RENEWAL_MS = 5000;

/** A year of hourly tokens must not fill the memory; what an entry can still hold is among the latest. */
const MAX_KNOWN = 100;

/** What the entry is to hold. */
export interface Chosen extends Credential {
  readonly certificateAuthorityData: string;
  /** When it is time for the next token, in milliseconds since 1970; infinite where there is none to be had. */
  readonly renewal: number;
  /** Whether the server took it just now. */
  readonly isTried: boolean;
}

type Known = Credential & { readonly renewal: number };

export interface ChooserDeps {
  readonly source: CredentialSource;
  /** Undefined where the server is not to be asked (--no-verify). */
  readonly authenticate: Authenticate | undefined;
  /** Whom a requested token has to be for, as the API server names it; undefined for the other sources. */
  readonly subject: () => string | undefined;
  readonly clock: Clock;
}

/**
 * Chooses between our own credential and the one that the entry has. One that works and has life left stays, whoever
 * wrote it: so a requested token serves until its time comes, replicas never fight over the entry, and a pod about
 * to end does not have the last word.
 */
export class CredentialChooser {
  private readonly deps: ChooserDeps;
  /** The credentials seen so far; ours among them. */
  private readonly known = new Map<string, Known>();
  private readonly own = new Set<string>();
  private settled = false;

  constructor(deps: ChooserDeps) {
    this.deps = deps;
  }

  /** From now on the entry is as this program wants it; only what stops working is replaced. */
  settle(): void {
    this.settled = true;
  }

  /**
   * @param existing what the entry has; undefined to take our own whatever it has
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
    // What is looked up has a successor when its source has it, which no clock tells.
    const chosen = own
      ? { ...own, renewal: Number.POSITIVE_INFINITY }
      : this.requested(await source.obtain(existing?.token, signal));
    return { ...chosen, certificateAuthorityData: ca, isTried: false };
  }

  private mayStay(token: string, own: Credential | undefined): boolean {
    const { source, subject, clock } = this.deps;
    // Ours of today needs no test, ours of yesterday has to go.
    if (!source.requestsTokens && this.own.has(token)) {
      return false;
    }
    // Nor could any reader send it.
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
    // At the start the command line counts, and of two pods the younger one.
    return source.requestsTokens ? whose === subject() : !(issued && own?.life && issued < own.life.issued);
  }

  /** The first CA with which the server is trusted; undefined where there is none, or the server does not take the token. */
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

  /** What the entry has, which may be a token that was requested here. */
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
