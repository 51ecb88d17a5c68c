import type { Clock } from '../../../async/clock.ts';
import type { Log } from '../../../cli/log.ts';
import { type ReadFile, readToken } from '../../../kube/credential-files.ts';
import type { InCluster } from '../../../kube/in-cluster.ts';
import { requestToken } from '../../../kube/token-request.ts';
import { getTokenSecret } from '../../../kube/token-secret.ts';
import type { Transport } from '../../../kube/transport.ts';
import type { CredentialOptions, Options } from '../options.ts';
import { type Credential, type CredentialSource, credentialOf } from './credential.ts';
import { renewalTime } from './renewal.ts';

/** What the token sources need. */
export interface SourceDeps {
  /** Reads the pod's address, CA, token and namespace. */
  readonly inCluster: () => InCluster;
  /** The API server of the cluster that the program runs in. */
  readonly local: Transport;
  readonly readFile: ReadFile;
  readonly log: Log;
  readonly clock: Clock;
}

/** The token source of the command line. */
export function credentialSource(options: Options, deps: SourceDeps): CredentialSource {
  const { credential, target } = options;
  // The pod's namespace, which can differ from the target's. If the volume has no file `namespace`, they count as the same.
  const namespace = () => deps.inCluster().namespace ?? target.namespace;
  switch (credential.source) {
    case 'mounted':
      return lookedUp(async () => deps.inCluster().token);
    case 'file':
      return lookedUp(async () => readToken(credential.tokenFile, deps.readFile));
    case 'secret':
      return lookedUp((signal) => getTokenSecret(deps.local, namespace(), credential.secret, signal));
    case 'request':
      return options.dryRun ? planned() : requested(credential, namespace, deps);
  }
}

function lookedUp(token: (signal: AbortSignal) => Promise<string>): CredentialSource {
  return { requestsTokens: false, obtain: async (_, signal) => credentialOf(await token(signal)) };
}

/** A dry run requests no token, because every requested token would be valid. */
function planned(): CredentialSource {
  return { requestsTokens: true, obtain: async () => ({ token: 'to-be-requested', life: undefined }) };
}

/** The last token is kept, so that a retry after a conflict or a fault does not request another one. */
function requested(
  { serviceAccount, expirationSeconds }: Extract<CredentialOptions, { source: 'request' }>,
  namespace: () => string,
  { local, log, clock }: SourceDeps,
): CredentialSource {
  let latest: Credential | undefined;
  let usableUntil = 0;
  return {
    requestsTokens: true,
    obtain: async (useless, signal) => {
      const now = clock.wallTime();
      if (latest && latest.token !== useless && now < usableUntil) {
        return latest;
      }
      const granted = await requestToken(
        local,
        namespace(),
        serviceAccount,
        expirationSeconds,
        clock,
        signal,
      );
      log.info(
        `requested a token for serviceaccount ${namespace()}/${serviceAccount}, granted until ${granted.expires.toISOString()}`,
        { expires: granted.expires.toISOString() },
      );
      latest = { token: granted.token, life: { issued: granted.issued, expires: granted.expires } };
      usableUntil = renewalTime(latest, now, 1);
      return latest;
    },
  };
}
