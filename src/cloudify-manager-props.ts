import type { ApiObjectMetadata } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { CloudifyApiToken } from './cloudify-api-token';
import type { CloudifyComponents } from './cloudify-components';
import type { CloudifyLogShipping } from './cloudify-log-shipping';
import type { CloudifyPersistence } from './cloudify-persistence';
import type { CloudifySize } from './cloudify-size';
import type { CloudifySystemd } from './cloudify-systemd';
import type { CloudifyTls } from './cloudify-tls';
import type { ContainerImage } from './container-image';
import type { MultisiteInitOptions } from './multisite-init-options';

/**
 * Properties for `CloudifyManager`.
 */
export interface CloudifyManagerProps {
  /**
   * Name of the Deployment, the Service and the ServiceAccount, and hostname of the pod, which Cloudify wants to be the
   * same after every restart.
   *
   * @default "dcae-cloudify-manager"
   */
  readonly name?: string;

  /**
   * Image of Cloudify Manager. Cloudify's own keeps nothing at `/cfy-persist`, and has no script for the default of
   * `readiness`; ONAP's images have both.
   *
   * @default - Repository `ghcr.io/cdk8s-multisite/cloudify-manager`, tagged with the version of this package.
   */
  readonly image?: ContainerImage;

  /**
   * The Secret to pull the images of the pod with.
   *
   * @default - None: the images are public, or the node has what it takes.
   */
  readonly dockerRegistryAuth?: kplus.ISecret;

  /**
   * CPU and memory of Cloudify Manager.
   *
   * @default CloudifySize.small()
   */
  readonly size?: CloudifySize;

  /**
   * When the manager's Service leads to it.
   *
   * @default - When `/scripts/readiness-check.sh` of the image says so: from 60 seconds after the start, every 30 seconds,
   *   within 10 seconds. For an image without it give `kplus.Probe.fromTcpSocket({ port: 80 })`.
   */
  readonly readiness?: kplus.Probe;

  /**
   * When the manager is restarted, for example `kplus.Probe.fromTcpSocket({ port: 80 })`.
   *
   * @default - None: a manager that is busy, or restores a snapshot, is left alone.
   */
  readonly liveness?: kplus.Probe;

  /**
   * What has to succeed before the other two probes begin, within its `failureThreshold`.
   *
   * @default - With `liveness`: port 80 answers within 20 minutes, so that a manager that boots is not restarted. Without:
   *   none.
   */
  readonly startup?: kplus.Probe;

  /**
   * What systemd, process 1 of the manager's container, is given.
   *
   * @default - All that it is sure to need.
   */
  readonly systemd?: CloudifySystemd;

  /**
   * Whether the manager has the node's time zone (`/etc/localtime`, which every node must then have).
   *
   * @default false
   */
  readonly hostLocaltime?: boolean;

  /**
   * Address of Consul in `/opt/onap/config.txt`, as `HOST:PORT`.
   *
   * @default "consul-server:8500"
   */
  readonly consulAddress?: string;

  /**
   * Directory of the kubeconfig in the manager's container. The file is named like its key.
   *
   * @default CloudifyManager.KUBECONFIG_DIRECTORY
   */
  readonly kubeconfigDirectory?: string;

  /**
   * Whether the kubeconfig is at `/etc/cloudify/.kube/config` as well, where older plugins read it, and `kubectl` of user
   * `cfyuser`.
   *
   * @default false
   */
  readonly homeKubeconfig?: boolean;

  /**
   * The API token at `/secret`.
   *
   * @default CloudifyApiToken.projected()
   */
  readonly apiToken?: CloudifyApiToken;

  /**
   * Certificates at `/opt/onap/certs`. With them the Service leads to port 443 as well, and the pod serves it.
   *
   * @default - None: the manager is served by HTTP alone.
   */
  readonly tls?: CloudifyTls;

  /**
   * The ConfigMap whose keys are the files in `/plugin-configs`.
   *
   * @default - None.
   */
  readonly pluginConfigs?: kplus.IConfigMap;

  /**
   * The Secret with the admin's password, whose keys are the files in `/opt/onap/cm-secrets`. The default image takes that of
   * the key `password`, at its first start.
   *
   * @default - None: the password is the image's own, `admin`.
   */
  readonly adminPassword?: kplus.ISecret;

  /**
   * A sidecar that ships the logs below `/var/log/onap`. With `components` its configuration is in their namespace, too,
   * for sidecars of theirs.
   *
   * @default - None.
   */
  readonly logShipping?: CloudifyLogShipping;

  /**
   * What is mounted at `/cfy-persist`, where the default image keeps its data, as ONAP's images do. With Cloudify's own image
   * the data ends with the pod, whatever is mounted.
   *
   * @default CloudifyPersistence.storageClass()
   */
  readonly persistence?: CloudifyPersistence;

  /**
   * Port of every node at which the manager is served as well, from 30000 to 32767: of its HTTPS with `tls`, else of its HTTP.
   *
   * @default - None: it is served inside the cluster alone.
   */
  readonly nodePort?: number;

  /**
   * Other names in the manager's namespace, and in that of `components`, by the DNS names they stand for, as
   * `{ consul: 'consul-server.onap.svc.cluster.local' }`: Services of type ExternalName.
   *
   * @default - None.
   */
  readonly aliases?: Record<string, string>;

  /**
   * Where the manager deploys in its own cluster. The manager's Service has its name in that namespace, too.
   *
   * @default - Nowhere, until rights are bound to `siteServiceAccount`.
   */
  readonly components?: CloudifyComponents;

  /**
   * What the manager may do in all namespaces, and with what is in none.
   *
   * @default - Nothing.
   */
  readonly clusterRole?: kplus.IClusterRole;

  /**
   * The ConfigMap with the kubeconfig, in the manager's namespace. Give this or `secret`, not both.
   *
   * @default - A `MultisiteKubeconfig` is created, unless `secret` is given.
   */
  readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret with the kubeconfig, in the manager's namespace (see `MultisiteKubeconfig.secret`).
   *
   * @default - The kubeconfig is in a ConfigMap.
   */
  readonly secret?: kplus.ISecret;

  /**
   * Whether to keep the manager's own site fresh while it runs (see `MultisiteInit`). The token that the
   * kubeconfig holds by default lasts an hour: switch this off only with an `init.credential`.
   *
   * @default true
   */
  readonly refresh?: boolean;

  /**
   * Port of the refreshing container, from 1024 to 65535.
   *
   * @default 9779
   */
  readonly refreshPort?: number;

  /**
   * What the init container writes to the kubeconfig, and what it runs with.
   *
   * @default - The defaults of `MultisiteInit`, but that the credential is a token requested for
   *   `siteServiceAccount`.
   */
  readonly init?: MultisiteInitOptions;

  /**
   * Labels and annotations of every object created.
   *
   * @default - The chart's, and the labels `app.kubernetes.io/name` (`cloudify-manager`), `app.kubernetes.io/instance` (the
   *   name) and `app.kubernetes.io/part-of` (`cdk8s-multisite`), which labels given here override.
   */
  readonly metadata?: ApiObjectMetadata;
}
