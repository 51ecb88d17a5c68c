import type * as kplus from 'cdk8s-plus-27';
import type { ContainerImage } from './container-image';
import type { LogFormat } from './log-format';

/**
 * Options of the program metainit, which releases held pods, and of its container.
 */
export interface MetainitOptions {
  /**
   * Key of the label of the pods to release. The value of the label has no meaning.
   *
   * @default Metainit.DEFAULT_LABEL
   */
  readonly label?: string;

  /**
   * The names of the scheduling gates to remove.
   *
   * @default - All scheduling gates of a labelled pod.
   */
  readonly gates?: string[];

  /**
   * The namespaces of the pods to release. They must exist. The program gets a Role in each of them, in place of a
   * ClusterRole.
   *
   * @default - All namespaces.
   */
  readonly namespaces?: string[];

  /**
   * Image with the program.
   *
   * @default - Repository `ghcr.io/cdk8s-multisite/multisite`, tagged with the version of this package.
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of the container. The given value replaces all defaults: a field that you leave out has no default.
   *
   * @default - Requests 50m CPU and 64Mi memory. The limit is 128Mi memory.
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * How the program writes its log.
   *
   * @default LogFormat.text()
   */
  readonly logFormat?: LogFormat;
}
