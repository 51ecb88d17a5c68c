import { type ApiObjectMetadata, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { ContainerImage } from './container-image';
import { MultisiteInit } from './multisite-init';
import type { MultisiteInitOptions } from './multisite-init-options';
import { MultisiteKubeconfig } from './multisite-kubeconfig';
import { checkMetadata, checkServiceName, refuse } from './private/checks';
import { imageReference } from './private/image-reference';
import { kubeconfigObject } from './private/kubeconfig-object';
import { SiteCredential } from './site-credential';

const MANAGER_IMAGE = {
  repository: 'docker.io/cloudifyplatform/community-cloudify-manager-aio',
  tag: '5.1.2',
};

/**
 * Properties for `CloudifyManager`.
 */
export interface CloudifyManagerProps {
  /**
   * Name of the Deployment and the Service, and hostname of the pod, which Cloudify wants to be the
   * same after every restart.
   *
   * @default "dcae-cloudify-manager"
   */
  readonly name?: string;

  /**
   * Image of Cloudify Manager.
   *
   * @default - Repository `docker.io/cloudifyplatform/community-cloudify-manager-aio`, tag `5.1.2`.
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of Cloudify Manager, in place of all the defaults.
   *
   * @default - Requests 1 CPU and 2Gi memory, limited to 2 CPU and 4Gi memory.
   */
  readonly resources?: kplus.ContainerResources;

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
   * kubeconfig holds by default lasts an hour: give `init.credential` before you switch this off.
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
   * @default - None but the chart's.
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Cloudify Manager, reading the kubeconfig of all sites at `/opt/onap/kube/kubeconfig`, to which its init
 * container adds the site it runs in.
 *
 * The token of that site is one of `siteServiceAccount`: bind the rights to deploy there to it, since none are bound
 * here. The ServiceAccount that the pod runs as may only keep the kubeconfig, and request that token.
 *
 * The manager runs systemd and therefore a privileged container: its namespace must allow Pod Security
 * `privileged`. For charts without a namespace see `MultisiteInit`.
 */
export class CloudifyManager extends Construct {
  /**
   * Directory with the kubeconfig in the manager's container.
   */
  public static readonly KUBECONFIG_DIRECTORY = '/opt/onap/kube';

  /**
   * The ConfigMap with the kubeconfig; none where it is in a Secret.
   */
  public readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret with the kubeconfig; none where it is in a ConfigMap.
   */
  public readonly secret?: kplus.ISecret;

  /**
   * The ServiceAccount as which the manager deploys to its own site, named like the manager with `-site` after
   * it; none where `init.credential` was given.
   */
  public readonly siteServiceAccount?: kplus.ServiceAccount;

  /**
   * The Deployment of the manager: one pod, since each has a database of its own, in the container unless you mount a
   * volume there.
   */
  public readonly deployment: kplus.Deployment;

  /**
   * The manager's container.
   */
  public readonly container: kplus.Container;

  /**
   * The init container that writes the manager's own site.
   */
  public readonly init: MultisiteInit;

  /**
   * The Service, port 80.
   */
  public readonly service: kplus.Service;

  constructor(scope: Construct, id: string, props: CloudifyManagerProps = {}) {
    super(scope, id);
    const name = props.name ?? 'dcae-cloudify-manager';
    checkServiceName(this, name);
    if (props.metadata?.name !== undefined) {
      refuse(
        this,
        'metadata.name is not taken, as it cannot be the name of every object: give `name` instead.',
      );
    }
    checkMetadata(this, props.metadata);
    const metadata = { ...props.metadata };

    this.secret = props.secret;
    this.configMap =
      props.configMap ??
      (props.secret ? undefined : new MultisiteKubeconfig(this, 'Kubeconfig', { metadata }).configMap);
    this.deployment = new kplus.Deployment(this, 'Deployment', {
      metadata: { ...metadata, name },
      replicas: 1,
      // Not a rolling update: two managers would answer at once, and open one database where a volume has it.
      strategy: kplus.DeploymentStrategy.recreate(),
      serviceAccount: new kplus.ServiceAccount(this, 'ServiceAccount', { metadata }),
      dns: { hostname: name },
      // The manager calls itself by its name, which the Service answers only once the pod is ready.
      hostAliases: [{ ip: '127.0.0.1', hostnames: [name] }],
    });
    this.node.defaultChild = this.deployment;

    this.container = this.addManager(props);
    let credential = props.init?.credential;
    if (credential === undefined) {
      // A name that people can type, who bind rights to it.
      this.siteServiceAccount = new kplus.ServiceAccount(this, 'SiteServiceAccount', {
        metadata: { ...metadata, name: `${name}-site` },
      });
      credential = SiteCredential.requested(this.siteServiceAccount);
    }
    this.init = new MultisiteInit(this, 'Init', {
      ...props.init,
      credential,
      pod: this.deployment,
      configMap: this.configMap,
      secret: this.secret,
      refresh: props.refresh ?? true,
      refreshPort: props.refreshPort,
      metadata,
    });
    this.service = new kplus.Service(this, 'Service', {
      metadata: { ...metadata, name },
      selector: this.deployment,
      ports: [{ name: 'http', port: 80, targetPort: 80 }],
    });
  }

  private addManager(props: CloudifyManagerProps): kplus.Container {
    const container = this.deployment.addContainer({
      name: 'cloudify-manager',
      image: imageReference(this, props.image, MANAGER_IMAGE),
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      // Not `portNumber`: that brings a startup probe, which would kill the manager while it boots.
      ports: [{ name: 'http', number: 80 }],
      resources: props.resources ?? {
        cpu: { request: kplus.Cpu.units(1), limit: kplus.Cpu.units(2) },
        memory: { request: Size.gibibytes(2), limit: Size.gibibytes(4) },
      },
      // What systemd needs as process 1: root, a writable root file system, the host's cgroups.
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: true,
        ensureNonRoot: false,
        readOnlyRootFilesystem: false,
      },
    });
    const cgroup = kplus.Volume.fromHostPath(this, 'Cgroup', 'cgroup', {
      path: '/sys/fs/cgroup',
      type: kplus.HostPathVolumeType.DIRECTORY,
    });
    container.mount('/sys/fs/cgroup', cgroup, { readOnly: true });
    const medium = kplus.EmptyDirMedium.MEMORY;
    container.mount('/run', kplus.Volume.fromEmptyDir(this, 'Run', 'run', { medium }));
    container.mount('/run/lock', kplus.Volume.fromEmptyDir(this, 'RunLock', 'run-lock', { medium }));
    // As a directory, not by `subPath`, so that sites added later reach the running pod.
    container.mount(CloudifyManager.KUBECONFIG_DIRECTORY, this.kubeconfigVolume(), { readOnly: true });
    return container;
  }

  private kubeconfigVolume(): kplus.Volume {
    const { configMap, secret } = this;
    const { kind, resource } = kubeconfigObject(this, { configMap, secret });
    const name = 'kubeconfig';
    return kind === 'Secret'
      ? kplus.Volume.fromSecret(this, 'KubeconfigVolume', resource, { name })
      : kplus.Volume.fromConfigMap(this, 'KubeconfigVolume', resource, { name });
  }
}
