import { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';

/**
 * Options for `CloudifyPersistence.claim`.
 */
export interface ClaimPersistenceOptions {
  /**
   * The directory within the volume.
   *
   * @default - The volume's root.
   */
  readonly subPath?: string;
}

/**
 * Options for `CloudifyPersistence.storageClass`.
 */
export interface StorageClassPersistenceOptions {
  /**
   * Name of the StorageClass.
   *
   * @default - The cluster's default StorageClass.
   */
  readonly className?: string;

  /**
   * Size of the volume, in whole gibibytes.
   *
   * @default Size.gibibytes(4)
   */
  readonly size?: Size;
}

interface CloudifyPersistenceState {
  readonly hostPath?: string;
  readonly claim?: kplus.IPersistentVolumeClaim;
  readonly subPath?: string;
  readonly className?: string;
  readonly size?: Size;
}

/**
 * The volume at `/cfy-persist`. The default image of `CloudifyManager` keeps its data there: the database, the plugins,
 * the deployments.
 */
export class CloudifyPersistence {
  /**
   * A directory of the node. It is created if it is missing. The data is on that node only, unless all nodes share the
   * file system of the directory. The data stays when the manager is deleted.
   *
   * @param path The absolute path.
   */
  public static hostPath(path: string): CloudifyPersistence {
    return new CloudifyPersistence({ hostPath: path });
  }

  /**
   * An existing PersistentVolumeClaim (`kplus.PersistentVolumeClaim.fromClaimName`), or a PersistentVolumeClaim of your
   * chart.
   *
   * @param claim The claim, in the manager's namespace.
   * @param options The directory within the claim's volume.
   */
  public static claim(
    claim: kplus.IPersistentVolumeClaim,
    options: ClaimPersistenceOptions = {},
  ): CloudifyPersistence {
    return new CloudifyPersistence({ claim, subPath: options.subPath });
  }

  /**
   * A new PersistentVolumeClaim for the manager, ReadWriteOnce. Its name is the manager's name with the suffix `-data`.
   * The data is in the directory `cfy-persist` of the volume. So the manager does not see `lost+found`, a directory
   * that a new file system has. The data is deleted with the claim, unless the StorageClass retains volumes.
   *
   * @param options The StorageClass, and the size.
   */
  public static storageClass(options: StorageClassPersistenceOptions = {}): CloudifyPersistence {
    const { className, size = Size.gibibytes(4) } = options;
    return new CloudifyPersistence({ className, size, subPath: 'cfy-persist' });
  }

  /**
   * An `emptyDir`: it is deleted with the pod.
   */
  public static ephemeral(): CloudifyPersistence {
    return new CloudifyPersistence({});
  }

  /**
   * The directory of the node. Undefined if the data is not in a directory of the node.
   */
  public readonly nodePath?: string;

  /**
   * The given claim. Undefined if no claim was given.
   */
  public readonly existingClaim?: kplus.IPersistentVolumeClaim;

  /**
   * The directory within the volume. Undefined for the volume's root.
   */
  public readonly subPath?: string;

  /**
   * The StorageClass of the manager's own claim. Undefined if the claim uses the cluster's default StorageClass, or if
   * the manager has no claim of its own.
   */
  public readonly className?: string;

  /**
   * The size of the manager's own claim. Undefined if the manager has no claim of its own.
   */
  public readonly size?: Size;

  private constructor({ hostPath, claim, subPath, className, size }: CloudifyPersistenceState) {
    this.nodePath = hostPath;
    this.existingClaim = claim;
    this.subPath = subPath;
    this.className = className;
    this.size = size;
  }
}
