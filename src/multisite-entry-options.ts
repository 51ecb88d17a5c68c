import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { ContainerImage } from './container-image';
import type { LogFormat } from './log-format';

/**
 * Options of the entry that the program writes, and of the program's containers.
 */
export interface MultisiteEntryOptions {
  /**
   * Name of this site in the kubeconfig, for its cluster and its context.
   *
   * @default "central"
   */
  readonly location?: string;

  /**
   * Name of this site's user in the kubeconfig.
   *
   * @default "user00"
   */
  readonly user?: string;

  /**
   * Key of the kubeconfig in the ConfigMap or Secret.
   *
   * @default MultisiteKubeconfig.DEFAULT_KEY
   */
  readonly key?: string;

  /**
   * Image with the init program.
   *
   * @default - Repository `ghcr.io/cdk8s-multisite/multisite`, tagged with the version of this package.
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of each container that runs the program. The given value replaces all defaults: a field that you
   * leave out has no default.
   *
   * @default - Requests 10m CPU and 64Mi memory. The limit is 128Mi memory.
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Whether the platform chooses the user and group of each container that runs the program. Then `runAsUser` and
   * `runAsGroup` are not rendered. OpenShift chooses them from the project's range under the security context
   * constraint `restricted-v2`. On other platforms the container then runs as the image's user, unless the pod's
   * security context has another.
   *
   * @default false - The containers run as user and group 65532, even if the pod's security context has others.
   */
  readonly arbitraryUser?: boolean;

  /**
   * How the program writes its log and its result.
   *
   * @default LogFormat.text()
   */
  readonly logFormat?: LogFormat;

  /**
   * The time limit for a whole run. For a refresher, the limit for each check. Whole milliseconds, less than 596 hours.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;

  /**
   * How long the program waits for missing objects and rights to appear. A refresher waits in its first run only. Whole
   * milliseconds, less than 596 hours.
   *
   * @default Duration.seconds(10)
   */
  readonly wait?: Duration;
}
