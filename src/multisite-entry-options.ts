import type { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { ContainerImage } from './container-image';
import type { LogFormat } from './log-format';

/**
 * Which entry the program is to write, and what it runs with.
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
   * Key of the ConfigMap or Secret under which the kubeconfig is kept.
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
   * CPU and memory of each container that runs the program, in place of all the defaults.
   *
   * @default - Requests 10m CPU and 64Mi memory, limited to 128Mi memory.
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Whether the platform chooses user and group of each container that runs the program, as OpenShift does under the security
   * context constraint `restricted-v2`, from the range of the project: both are left out. Elsewhere it is the image's user, unless
   * the pod names another.
   *
   * @default false - The containers run as user and group 65532, whatever the pod names.
   */
  readonly arbitraryUser?: boolean;

  /**
   * How the program writes its log and its result.
   *
   * @default LogFormat.text()
   */
  readonly logFormat?: LogFormat;

  /**
   * The time for a whole run, and for each check of a refresher: whole milliseconds, less than 596 hours.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;

  /**
   * How long the program waits for absent objects and rights to appear, a refresher in its first run: whole milliseconds, less
   * than 596 hours.
   *
   * @default Duration.seconds(10)
   */
  readonly wait?: Duration;
}
