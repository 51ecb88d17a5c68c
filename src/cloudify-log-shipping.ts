import type * as kplus from 'cdk8s-plus-27';
import type { ContainerImage } from './container-image';

/**
 * A sidecar that ships the logs below `/var/log/onap` to Logstash.
 */
export interface CloudifyLogShipping {
  /**
   * Address of Logstash, as `HOST:PORT`.
   *
   * @default - Port 5044 of the Service `log-ls`, in the manager's namespace.
   */
  readonly logstash?: string;

  /**
   * Image of Filebeat, version 8 or later.
   *
   * @default - Repository `docker.elastic.co/beats/filebeat`, tag `8.19.0`.
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of the sidecar. The given value replaces all defaults: a field that you leave out has no default.
   *
   * @default - Requests 10m CPU and 128Mi memory. The limit is 256Mi memory.
   */
  readonly resources?: kplus.ContainerResources;
}
