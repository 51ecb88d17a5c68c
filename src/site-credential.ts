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
   * Lifetime of a token, from the moment of its request: whole seconds, from 10 minutes to 2^32 seconds. An API server
   * may have a lower limit in its configuration.
   *
   * @default - The API server's default: 1 hour.
   */
  readonly expiration?: Duration;

  /**
   * Address of the site's API server to write to the kubeconfig, in the form `https://HOST[:PORT][/PATH]`. Readers in
   * other clusters must be able to reach it. The program connects to it before it writes the entry. An address of
   * another form is an error.
   *
   * @default - The address that the pod uses. Other clusters can usually not reach it.
   */
  readonly server?: string;

  /**
   * The volume with the CA of `server`. It is an error to give this without `server`.
   *
   * @default - The CA of the pod's cluster.
   */
  readonly caVolume?: kplus.Volume;

  /**
   * The file with the CA, in PEM, within `caVolume`. It is an error to give this without `caVolume`.
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
   * The volume with the CA of `server`.
   *
   * @default - The CA of the pod's cluster.
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
   * Address of the site's API server, in the form `https://HOST[:PORT][/PATH]`. It is written with the token. It is
   * required because the token may be for another cluster than the pod's. An address of another form is an error.
   */
  readonly server: string;

  /**
   * The file with the token, within the volume.
   *
   * @default "token"
   */
  readonly tokenFile?: string;

  /**
   * The file with the CA of `server`, in PEM, within the volume.
   *
   * @default "ca.crt"
   */
  readonly caFile?: string;
}

/**
 * A token in a file, and the token's site (see `SiteCredential.file`).
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
 * Which token the kubeconfig holds for a site. It decides which identity the readers of the kubeconfig have at this
 * site.
 */
export class SiteCredential {
  /**
   * The token of the pod that writes the entry. It is invalid when the pod ends. Readers have the rights of the pod's
   * ServiceAccount. This credential is an error if several pods would write the same entry, and in a
   * `MultisiteInitJob`.
   */
  public static podIdentity(): SiteCredential {
    return new SiteCredential({ kind: 'podIdentity' });
  }

  /**
   * A token that the pod requests for one ServiceAccount. Readers have the rights that you bind to this ServiceAccount.
   * The pod's own ServiceAccount does not need these rights. (Whoever controls the pod can still request such a token.)
   *
   * The token outlives the pod. It is valid until it expires, or until its ServiceAccount is deleted. With `refresh` of
   * `MultisiteInit`, it is renewed before it expires. Without `refresh`, give an `expiration` that is long enough.
   *
   * An `expiration` that the API server would refuse is an error.
   *
   * @param serviceAccount The ServiceAccount, in the pod's namespace.
   * @param options The lifetime of the token, and the address that is written with it.
   */
  public static requested(
    serviceAccount: kplus.IServiceAccount,
    options: RequestedCredentialOptions = {},
  ): SiteCredential {
    const { expiration, server, caVolume, caFile } = options;
    // If this is not a ServiceAccount, the construct that gets the credential reports it.
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
   * A token that Kubernetes creates for a ServiceAccount and puts into a Secret of type
   * `kubernetes.io/service-account-token` (`kplus.ServiceAccountTokenSecret`). The token is valid until the Secret or
   * the ServiceAccount is deleted. Prefer `requested`.
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
   * A token in a file that somebody else keeps up to date. It is for the site whose address is `options.server`.
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
   * The ServiceAccount whose token is requested. Undefined unless this is `requested`.
   */
  public readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * The lifetime of a requested token. Undefined if the API server chooses it.
   */
  public readonly expiration?: Duration;

  /**
   * The address that is written with a requested token. Undefined if it is the address that the pod uses.
   */
  public readonly address?: SiteAddress;

  /**
   * The Secret that holds the token. Undefined unless this is `secret`.
   */
  public readonly tokenSecret?: kplus.ISecret;

  /**
   * The files with the token and the CA of its site. Undefined unless this is `file`.
   */
  public readonly tokenFile?: FileCredential;

  /**
   * The factory method that created the credential. If the method got undefined, the other properties do not show which
   * method it was.
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
      ? ['caVolume needs server: give the server whose CA is in the volume, or leave out caVolume.']
      : []),
    ...(caVolume === undefined && caFile !== undefined
      ? ['caFile needs caVolume: give the volume that has the file, or leave out caFile.']
      : []),
    ...(caFile === undefined ? [] : checkFileName('caFile', caFile)),
  ];
}
