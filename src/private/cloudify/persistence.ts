import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyPersistence } from '../../cloudify-persistence';
import { checkNamedObject } from '../validation/objects';
import { report } from '../validation/report';
import { checkAbsolutePath, checkFileName, checkObjectName, checkWholeGibibytes } from '../validation/values';

/** The image keeps its data in this directory. */
const MOUNT_PATH = '/cfy-persist';

/** Mounts the volume for the manager's data. Returns the claim if the manager has its own. */
export function mountPersistence(
  scope: Construct,
  container: kplus.Container,
  persistence: CloudifyPersistence,
  metadata: ApiObjectMetadata,
): kplus.PersistentVolumeClaim | undefined {
  report(scope, checkPersistence(persistence));
  const claim = ownClaim(scope, persistence, metadata);
  const volume = volumeOf(scope, persistence, claim ?? persistence.existingClaim);
  container.mount(MOUNT_PATH, volume, { subPath: persistence.subPath });
  return claim;
}

function checkPersistence({
  nodePath,
  existingClaim,
  subPath,
  className,
  size,
}: CloudifyPersistence): string[] {
  return [
    ...(nodePath === undefined ? [] : checkAbsolutePath('persistence.hostPath', nodePath)),
    ...(existingClaim === undefined
      ? []
      : checkNamedObject('persistence.claim', existingClaim, 'PersistentVolumeClaim')),
    ...(subPath === undefined ? [] : checkFileName('persistence.subPath', subPath)),
    ...(className === undefined ? [] : checkObjectName('persistence.className', className)),
    ...(size === undefined ? [] : checkWholeGibibytes('persistence.size', size)),
  ];
}

function ownClaim(
  scope: Construct,
  { className, size }: CloudifyPersistence,
  metadata: ApiObjectMetadata,
): kplus.PersistentVolumeClaim | undefined {
  if (size === undefined) {
    return undefined;
  }
  return new kplus.PersistentVolumeClaim(scope, 'Claim', {
    metadata,
    accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE],
    storageClassName: className,
    storage: size,
  });
}

function volumeOf(
  scope: Construct,
  { nodePath }: CloudifyPersistence,
  claim: kplus.IPersistentVolumeClaim | undefined,
): kplus.Volume {
  const id = 'Persistence';
  const name = 'cfy-persist';
  if (claim !== undefined) {
    return kplus.Volume.fromPersistentVolumeClaim(scope, id, claim, { name });
  }
  if (nodePath !== undefined) {
    const type = kplus.HostPathVolumeType.DIRECTORY_OR_CREATE;
    return kplus.Volume.fromHostPath(scope, id, name, { path: nodePath, type });
  }
  return kplus.Volume.fromEmptyDir(scope, id, name);
}
