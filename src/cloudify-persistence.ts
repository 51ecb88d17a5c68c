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
 * What is mounted at `/cfy-persist`, where the default image of `CloudifyManager` keeps its data: the database, the plugins,
 * the deployments.
 */
export class CloudifyPersistence {
  /**
   * A directory of the node, created where it is missing. The pod finds it on that node only, unless it is of a
   * file system that all nodes share. It stays when the manager is deleted.
   *
   * @param path The absolute path.
   */
  public static hostPath(path: string): CloudifyPersistence {
    return new CloudifyPersistence({ hostPath: path });
  }

  /**
   * An existing PersistentVolumeClaim (`kplus.PersistentVolumeClaim.fromClaimName`), or one of your chart.
   *
   * @param claim The claim, in the manager's namespace.
   * @param options Where in its volume.
   */
  public static claim(
    claim: kplus.IPersistentVolumeClaim,
    options: ClaimPersistenceOptions = {},
  ): CloudifyPersistence {
    return new CloudifyPersistence({ claim, subPath: options.subPath });
  }

  /**
   * A PersistentVolumeClaim of the manager's own, ReadWriteOnce, named like the manager with `-data` after it. The
   * data is in the directory `cfy-persist` of the volume, beside the `lost+found` that a new file system has. It is deleted
   * with the claim, unless the class retains volumes.
   *
   * @param options The StorageClass, and the size.
   */
  public static storageClass(options: StorageClassPersistenceOptions = {}): CloudifyPersistence {
    const { className, size = Size.gibibytes(4) } = options;
    return new CloudifyPersistence({ className, size, subPath: 'cfy-persist' });
  }

  /**
   * A directory that is as old as its pod, and ends with it.
   */
  public static ephemeral(): CloudifyPersistence {
    return new CloudifyPersistence({});
  }

  /**
   * The directory of the node. None where the data is elsewhere.
   */
  public readonly nodePath?: string;

  /**
   * The claim that was given. None where the data is elsewhere, or the manager has a claim of its own.
   */
  public readonly existingClaim?: kplus.IPersistentVolumeClaim;

  /**
   * The directory within the volume. None for its root.
   */
  public readonly subPath?: string;

  /**
   * The StorageClass of the manager's own claim. None for the cluster's default, and without such a claim.
   */
  public readonly className?: string;

  /**
   * The size of the manager's own claim. None without such a claim.
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
