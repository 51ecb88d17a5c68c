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
   * Name of the Deployment, the Service and the ServiceAccount. It is also the pod's hostname, which Cloudify needs to
   * stay the same after a restart.
   *
   * @default "dcae-cloudify-manager"
   */
  readonly name?: string;

  /**
   * Image of Cloudify Manager. Cloudify's own image does not use `/cfy-persist`, and lacks the script that the default
   * `readiness` probe runs. ONAP's images use the directory and have the script.
   *
   * @default - Repository `ghcr.io/cdk8s-multisite/cloudify-manager`, tagged with the version of this package.
   */
  readonly image?: ContainerImage;

  /**
   * The Secret with the credentials to pull the pod's images.
   *
   * @default - None: the images are public, or the node has the credentials.
   */
  readonly dockerRegistryAuth?: kplus.ISecret;

  /**
   * CPU and memory of Cloudify Manager.
   *
   * @default CloudifySize.small()
   */
  readonly size?: CloudifySize;

  /**
   * The readiness probe of the manager: its Service sends traffic to it only while the probe succeeds.
   *
   * @default - The probe runs `/scripts/readiness-check.sh` of the image: initial delay 60 seconds, period 30 seconds,
   *   timeout 10 seconds. For an image without this script, give `kplus.Probe.fromTcpSocket({ port: 80 })`.
   */
  readonly readiness?: kplus.Probe;

  /**
   * The liveness probe of the manager: when it fails, the manager is restarted. For example
   * `kplus.Probe.fromTcpSocket({ port: 80 })`.
   *
   * @default - None: a manager that is busy, or restores a snapshot, is not restarted.
   */
  readonly liveness?: kplus.Probe;

  /**
   * The startup probe of the manager. The readiness and liveness probes begin only after the startup probe has
   * succeeded. If it fails `failureThreshold` times in a row, the manager is restarted.
   *
   * @default - With `liveness`: a probe of port 80 that allows 20 minutes, so that the manager is not restarted while
   *   it boots. Without `liveness`: none.
   */
  readonly startup?: kplus.Probe;

  /**
   * Settings of the manager's container for systemd, which runs as process 1.
   *
   * @default - Everything that systemd needs on any container runtime.
   */
  readonly systemd?: CloudifySystemd;

  /**
   * Whether the manager has the node's time zone. Then every node must have the file `/etc/localtime`.
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
   * Directory of the kubeconfig in the manager's container. The name of the file is the key of the kubeconfig.
   *
   * @default CloudifyManager.KUBECONFIG_DIRECTORY
   */
  readonly kubeconfigDirectory?: string;

  /**
   * Whether the kubeconfig is also mounted at `/etc/cloudify/.kube/config`. Older plugins read the kubeconfig there. So
   * does `kubectl` if user `cfyuser` runs it.
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
   * Certificates at `/opt/onap/certs`. With certificates, the manager serves HTTPS on port 443, and the Service has
   * that port too.
   *
   * @default - None: the manager serves only HTTP.
   */
  readonly tls?: CloudifyTls;

  /**
   * The ConfigMap whose keys are the files in `/plugin-configs`.
   *
   * @default - None.
   */
  readonly pluginConfigs?: kplus.IConfigMap;

  /**
   * The Secret with the admin's password. Its keys are mounted as files in `/opt/onap/cm-secrets`. At its first start,
   * the default image sets the password from the key `password`.
   *
   * @default - None: the password is the image's own, `admin`.
   */
  readonly adminPassword?: kplus.ISecret;

  /**
   * A sidecar that ships the logs below `/var/log/onap`. With `components`, the sidecar's ConfigMap is also created in
   * the components' namespace, for sidecars of the components.
   *
   * @default - None.
   */
  readonly logShipping?: CloudifyLogShipping;

  /**
   * The volume at `/cfy-persist`. The default image and ONAP's images keep their data there. With Cloudify's own image,
   * the data is lost with the pod even if a volume is mounted.
   *
   * @default CloudifyPersistence.storageClass()
   */
  readonly persistence?: CloudifyPersistence;

  /**
   * The `nodePort` of the Service, from 30000 to 32767. With `tls` it is the port of HTTPS, otherwise of HTTP.
   *
   * @default - None: the Service is available only inside the cluster.
   */
  readonly nodePort?: number;

  /**
   * Services of type ExternalName in the manager's namespace and in the components' namespace. Each key is the name of
   * a Service. Each value is the DNS name that the Service stands for, for example
   * `{ consul: 'consul-server.onap.svc.cluster.local' }`.
   *
   * @default - None.
   */
  readonly aliases?: Record<string, string>;

  /**
   * Where the manager deploys in its own cluster. An ExternalName Service with the manager's name is created in the
   * components' namespace, so that components find the manager.
   *
   * @default - Nowhere. The manager can deploy after you bind rights to `siteServiceAccount`.
   */
  readonly components?: CloudifyComponents;

  /**
   * The ClusterRole that the manager gets for all namespaces and for cluster-scoped objects.
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
   * Whether to keep the entry of the manager's own site up to date while the manager runs (see `MultisiteInit`). By
   * default, the token in the kubeconfig lasts one hour: switch this off only if you give `init.credential`.
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
   * Options of the entry that the init container writes, and of its container.
   *
   * @default - The defaults of `MultisiteInit`. Only `credential` has another default: a token that the pod requests
   *   for `siteServiceAccount`.
   */
  readonly init?: MultisiteInitOptions;

  /**
   * Labels and annotations of every object that is created.
   *
   * @default - The chart's, and the labels `app.kubernetes.io/name` (`cloudify-manager`), `app.kubernetes.io/instance`
   *   (the name) and `app.kubernetes.io/part-of` (`cdk8s-multisite`). Labels that you give here override these.
   */
  readonly metadata?: ApiObjectMetadata;
}
