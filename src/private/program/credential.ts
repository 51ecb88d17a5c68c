import * as kplus from 'cdk8s-plus-27';
import type { Construct, IConstruct } from 'constructs';
import { type FileCredential, type SiteAddress, SiteCredential } from '../../site-credential';
import type { AppModel } from '../app-model';
import { renderedVolume } from '../cdk8s-plus';
import { declaredBy, declaredObject } from '../declared-object';
import { checkObject, standIn } from '../validation/objects';
import { literal } from './program-container';
import { TOKEN_MOUNT_PATH } from './token-volume';

/** Where the program's containers mount the files of `SiteCredential.file`. */
const FILES_MOUNT_PATH = '/var/run/multisite/credential';

/** The only type that the program accepts. Kubernetes puts a token into such a Secret. */
const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';

/** Whether the token is the pod's own, so that it ends with the pod. */
export function isPodIdentity({ _kind }: SiteCredential): boolean {
  return _kind === 'podIdentity';
}

/**
 * The given credential, or the default. If the given one is invalid, a stand-in, so that the construct works until the
 * synthesis fails.
 */
export function credentialOf(construct: Construct, given = SiteCredential.podIdentity()): SiteCredential {
  return checkCredential(given).length === 0
    ? given
    : SiteCredential.requested(standIn(construct, 'credential', 'ServiceAccount'));
}

/**
 * Any other value would look like the pod's own token, and would give readers the wrong identity. TypeScript finds this
 * mistake, other languages do not.
 */
export function checkCredential(credential: SiteCredential | undefined): string[] {
  if (credential === undefined) {
    return [];
  }
  if (!(credential instanceof SiteCredential)) {
    return ['credential is not a SiteCredential: create one, for example with SiteCredential.requested(…).'];
  }
  const { _kind, serviceAccount, tokenSecret, tokenFile, address } = credential;
  switch (_kind) {
    case 'podIdentity':
      return [];
    case 'requested':
      return [
        ...checkObject("the credential's serviceAccount", serviceAccount, 'ServiceAccount'),
        ...(address?.caVolume === undefined ? [] : checkVolume(address.caVolume)),
      ];
    case 'secret':
      return checkObject("the credential's secret", tokenSecret, 'Secret');
    case 'file':
      return checkVolume(tokenFile?.volume);
  }
}

function checkVolume(given: unknown): string[] {
  return given instanceof kplus.Volume
    ? []
    : [
        "the credential's volume is not a Volume of cdk8s-plus-27: create one, for example with kplus.Volume.fromSecret(…).",
      ];
}

/** The flags for the token that the program writes. Without flags, the program writes the pod's own token. */
export function credentialArgs(credential: SiteCredential): string[] {
  const { serviceAccount, expiration, address, tokenSecret, tokenFile } = credential;
  if (serviceAccount !== undefined) {
    return [
      '--token-source=request',
      `--service-account=${serviceAccount.name}`,
      ...(expiration === undefined ? [] : [`--expiration=${expiration.toSeconds({ integral: false })}s`]),
      ...(address === undefined ? [] : addressArgs(address)),
    ];
  }
  if (tokenSecret !== undefined) {
    return ['--token-source=secret', `--token-secret=${tokenSecret.name}`];
  }
  return tokenFile === undefined ? [] : fileArgs(tokenFile);
}

function addressArgs({ server, caVolume, caFile = 'ca.crt' }: SiteAddress): string[] {
  const file = caVolume === undefined ? `${TOKEN_MOUNT_PATH}/ca.crt` : `${FILES_MOUNT_PATH}/${caFile}`;
  return [`--server=${literal(server)}`, `--ca-file=${literal(file)}`];
}

function fileArgs({ server, tokenFile = 'token', caFile = 'ca.crt' }: FileCredential): string[] {
  return [
    '--token-source=file',
    `--token-file=${literal(`${FILES_MOUNT_PATH}/${tokenFile}`)}`,
    `--server=${literal(server)}`,
    `--ca-file=${literal(`${FILES_MOUNT_PATH}/${caFile}`)}`,
  ];
}

/** The volume mounts that the program's containers need for the credential. */
export function credentialMounts(credential: SiteCredential): kplus.VolumeMount[] {
  const volume = volumeOf(credential);
  return volume === undefined ? [] : [{ path: FILES_MOUNT_PATH, volume, readOnly: true }];
}

function volumeOf({ tokenFile, address }: SiteCredential): kplus.Volume | undefined {
  return tokenFile?.volume ?? address?.caVolume;
}

/** The objects that must exist before the pod. */
export function credentialDependencies({ serviceAccount, tokenSecret }: SiteCredential): IConstruct[] {
  return [serviceAccount, tokenSecret].filter((resource) => resource !== undefined);
}

/** Checks at synthesis that the credential's Secret has the type that Kubernetes puts a token into. */
export function checkTokenSecret(
  { tokenSecret }: SiteCredential,
  pod: kplus.AbstractPod,
  app: AppModel,
): string[] {
  if (tokenSecret === undefined) {
    return [];
  }
  const { type } = declaredBy(declaredObject(tokenSecret, pod, app));
  return type === undefined || type === TOKEN_SECRET_TYPE
    ? []
    : [
        `the credential's Secret ${tokenSecret.name} is of type ${type}, which the program refuses: give one of type ` +
          `${TOKEN_SECRET_TYPE} (kplus.ServiceAccountTokenSecret).`,
      ];
}

/** Whether the readers of two entries would have the same identity. */
export function isSameCredential(one: SiteCredential, other: SiteCredential): boolean {
  return describe(one) === describe(other) && !areTwoAccounts(one.serviceAccount, other.serviceAccount);
}

/**
 * Two ServiceAccounts that the app renders are different, even with the same name. The equal names are another mistake,
 * which is reported separately.
 */
function areTwoAccounts(one: kplus.IServiceAccount | undefined, other: kplus.IServiceAccount | undefined) {
  return one !== other && one instanceof kplus.ServiceAccount && other instanceof kplus.ServiceAccount;
}

function describe(credential: SiteCredential): string {
  const given = volumeOf(credential);
  // The names of the volumes do not matter: two volumes may have the same Secret.
  const volume = given === undefined ? undefined : { ...renderedVolume(given), name: undefined };
  // Two tokens that differ only in their expiration count as the same.
  const args = credentialArgs(credential).filter((arg) => !arg.startsWith('--expiration='));
  return JSON.stringify([args, volume]);
}
