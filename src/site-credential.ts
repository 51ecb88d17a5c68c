import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { isObject } from './private/validation/objects';
import { report } from './private/validation/report';
import { checkServer } from './private/validation/server';
import { checkExpiration, checkFileName, checkObjectName, isDuration } from './private/validation/values';

/**
 * Options for `SiteCredential.requested`.
 */
export interface RequestedCredentialOptions {
  /**
   * How long a token is to last, from the moment it is requested: whole seconds, from 10 minutes to
   * 2^32 seconds. An API server may be set up to grant less.
   *
   * @default - What the API server grants where nothing is said: 1 hour.
   */
  readonly expiration?: Duration;

  /**
   * Address of the site's API server that is written, as `https://HOST[:PORT][/PATH]`: where readers in other clusters reach
   * it. The program tries it before. An address of another form is an error.
   *
   * @default - The one that the pod itself has, which usually leads nowhere from outside its cluster.
   */
  readonly server?: string;

  /**
   * The volume with the CA of `server`. An error without `server`.
   *
   * @default - The CA of the pod's cluster is the one of `server`, too.
   */
  readonly caVolume?: kplus.Volume;

  /**
   * The file with that CA, PEM, within `caVolume`. An error without it.
   *
   * @default "ca.crt"
   */
  readonly caFile?: string;
}

/**
 * An address of a site's API server, and its CA (see `RequestedCredentialOptions`).
 */
export interface SiteAddress {
  /**
   * The address.
   */
  readonly server: string;

  /**
   * The volume with its CA.
   *
   * @default - The CA is the one of the pod's cluster.
   */
  readonly caVolume?: kplus.Volume;

  /**
   * The file with the CA within the volume.
   *
   * @default "ca.crt"
   */
  readonly caFile?: string;
}

/**
 * Options for `SiteCredential.file`.
 */
export interface FileCredentialOptions {
  /**
   * Address of the site's API server, as `https://HOST[:PORT][/PATH]`, which is written with the token: nothing tells
   * that the token is one of the cluster that the pod runs in. An address of another form is an error.
   */
  readonly server: string;

  /**
   * The file with the token, within the volume.
   *
   * @default "token"
   */
  readonly tokenFile?: string;

  /**
   * The file with the CA of that address, PEM, within the volume.
   *
   * @default "ca.crt"
   */
  readonly caFile?: string;
}

/**
 * A token in a file, and the site that it is for (see `SiteCredential.file`).
 */
export interface FileCredential extends FileCredentialOptions {
  /**
   * The volume that holds the files.
   */
  readonly volume: kplus.Volume;
}

/** Where the token comes from. */
type SiteCredentialKind = 'podIdentity' | 'requested' | 'secret' | 'file';

interface SiteCredentialState {
  readonly kind: SiteCredentialKind;
  readonly serviceAccount?: kplus.IServiceAccount;
  readonly expiration?: Duration;
  readonly address?: SiteAddress;
  readonly tokenSecret?: kplus.ISecret;
  readonly tokenFile?: FileCredential;
}

/**
 * Which token the kubeconfig holds for a site, and so as whom its readers act there.
 */
export class SiteCredential {
  /**
   * The token of the pod that writes it. It dies with the pod, and its readers have the rights of the
   * pod's ServiceAccount. An error where several pods would write one entry, and in a `MultisiteInitJob`.
   */
  public static podIdentity(): SiteCredential {
    return new SiteCredential({ kind: 'podIdentity' });
  }

  /**
   * A token that the pod requests for a ServiceAccount, and no other's: readers have the rights that you
   * bind to that one, and the pod's own ServiceAccount needs none of them. (Whoever controls the pod can
   * still request such a token.)
   *
   * It outlives the pod, and ends when it expires or its ServiceAccount is deleted. With
   * `MultisiteInit`'s `refresh` it is renewed before; without, give an `expiration` that is long enough.
   *
   * An `expiration` that the API server would not take is an error.
   *
   * @param serviceAccount The ServiceAccount, in the pod's namespace.
   * @param options How long the token is to last, and the address that is written with it.
   */
  public static requested(
    serviceAccount: kplus.IServiceAccount,
    options: RequestedCredentialOptions = {},
  ): SiteCredential {
    const { expiration, server, caVolume, caFile } = options;
    // What is no ServiceAccount the construct that is given the credential reports.
    if (isObject(serviceAccount, 'ServiceAccount')) {
      report(serviceAccount, checkObjectName('serviceAccount.name', serviceAccount.name));
      report(serviceAccount, expiration === undefined ? [] : checkExpiration(expiration));
      report(serviceAccount, checkAddressOptions(options));
    }
    return new SiteCredential({
      kind: 'requested',
      serviceAccount,
      expiration: isDuration(expiration) ? expiration : undefined,
      address: server === undefined ? undefined : { server, caVolume, caFile },
    });
  }

  /**
   * The token in a Secret of type `kubernetes.io/service-account-token` (`kplus.ServiceAccountTokenSecret`),
   * which the cluster keeps there for a ServiceAccount. It ends only when the Secret or its ServiceAccount is deleted:
   * rather take `requested`, where you can.
   *
   * @param secret The Secret, in the pod's namespace.
   */
  public static secret(secret: kplus.ISecret): SiteCredential {
    if (isObject(secret, 'Secret')) {
      report(secret, checkObjectName('secret.name', secret.name));
    }
    return new SiteCredential({ kind: 'secret', tokenSecret: secret });
  }

  /**
   * A token in a file that somebody else keeps fresh, of whatever site `options.server` is the address of.
   *
   * @param volume The volume with the file; the program's containers mount it, read-only.
   * @param options The names of the files, and the address.
   */
  public static file(volume: kplus.Volume, options: FileCredentialOptions): SiteCredential {
    if (Construct.isConstruct(volume)) {
      report(volume, checkServer(options.server));
      report(volume, checkFileName('tokenFile', options.tokenFile ?? 'token'));
      report(volume, checkFileName('caFile', options.caFile ?? 'ca.crt'));
    }
    return new SiteCredential({ kind: 'file', tokenFile: { volume, ...options } });
  }

  /**
   * The ServiceAccount whose token is requested. None where the token comes from elsewhere.
   */
  public readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * How long a requested token is to last. None where that is left to the API server.
   */
  public readonly expiration?: Duration;

  /**
   * The address that is written with a requested token. None where that is the pod's own.
   */
  public readonly address?: SiteAddress;

  /**
   * The Secret that holds the token. None where the token comes from elsewhere.
   */
  public readonly tokenSecret?: kplus.ISecret;

  /**
   * The files with the token and the CA of its site. None where the token comes from elsewhere.
   */
  public readonly tokenFile?: FileCredential;

  /**
   * Which maker it is of. Where that one was given nothing, the other properties do not tell.
   *
   * @internal
   */
  public readonly _kind: SiteCredentialKind;

  private constructor(state: SiteCredentialState) {
    const { kind, serviceAccount, expiration, address, tokenSecret, tokenFile } = state;
    this._kind = kind;
    this.serviceAccount = serviceAccount;
    this.expiration = expiration;
    this.address = address;
    this.tokenSecret = tokenSecret;
    this.tokenFile = tokenFile;
  }
}

function checkAddressOptions({ server, caVolume, caFile }: RequestedCredentialOptions): string[] {
  return [
    ...(server === undefined ? [] : checkServer(server)),
    ...(server === undefined && caVolume !== undefined
      ? ['caVolume is given, but no server that it has the CA of: give that as well, or leave it out.']
      : []),
    ...(caVolume === undefined && caFile !== undefined
      ? ['caFile is given, but no caVolume that it is in: give that as well, or leave it out.']
      : []),
    ...(caFile === undefined ? [] : checkFileName('caFile', caFile)),
  ];
}
