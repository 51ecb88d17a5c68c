import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { CloudifyApiToken } from './cloudify-api-token';
import type { CloudifyManagerProps } from './cloudify-manager-props';
import { CloudifyPersistence } from './cloudify-persistence';
import { MultisiteInit } from './multisite-init';
import { MultisiteKubeconfig } from './multisite-kubeconfig';
import { mountApiToken } from './private/cloudify/api-token';
import { reportManager, reportManagerNames } from './private/cloudify/check-manager';
import { addComponents, bindClusterRole } from './private/cloudify/components';
import { managerConfig, mountConfig, mountProvidedFiles } from './private/cloudify/files';
import { KUBECONFIG_DIRECTORY, mountKubeconfig } from './private/cloudify/kubeconfig-mounts';
import { addLogShipping } from './private/cloudify/log-shipping';
import { ManagerMetadata } from './private/cloudify/manager-metadata';
import { addManagerContainer, managerDeployment } from './private/cloudify/manager-pod';
import { mountPersistence } from './private/cloudify/persistence';
import { rightProps } from './private/cloudify/right-props';
import { addAliases, managerService } from './private/cloudify/services';
import { checkMountPaths } from './private/mounts';
import { PodIdentity } from './private/program/service-account';
import { reportAtSynthesis } from './private/validation/report';
import { isServiceName } from './private/validation/values';
import { SiteCredential } from './site-credential';

const DEFAULT_NAME = 'dcae-cloudify-manager';

/**
 * Cloudify Manager. It reads the kubeconfig of all sites at `/opt/onap/kube/kubeconfig`. Its init container adds the
 * manager's own site to that kubeconfig.
 *
 * The token of that site belongs to `siteServiceAccount`. This ServiceAccount has the rights of the Role in
 * `components`. Without `components` it has no rights until you bind some. The pod's own ServiceAccount may only read
 * and patch the kubeconfig, and request that token. With `refresh` it may also watch the kubeconfig.
 *
 * The manager runs systemd and therefore a privileged container: its namespace must allow Pod Security
 * `privileged`. For charts without a namespace see `MultisiteInit`.
 */
export class CloudifyManager extends Construct {
  /**
   * Default directory of the kubeconfig in the manager's container.
   */
  public static readonly KUBECONFIG_DIRECTORY = KUBECONFIG_DIRECTORY;

  /**
   * The ConfigMap with the kubeconfig. Undefined if the kubeconfig is in a Secret.
   */
  public readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret with the kubeconfig. Undefined if the kubeconfig is in a ConfigMap.
   */
  public readonly secret?: kplus.ISecret;

  /**
   * The ServiceAccount that the pod runs as. It has the manager's name.
   */
  public readonly serviceAccount: kplus.ServiceAccount;

  /**
   * The ServiceAccount that the manager uses to deploy to its own site. Its name is the manager's name with the suffix
   * `-site`. Undefined if `init.credential` is given.
   */
  public readonly siteServiceAccount?: kplus.ServiceAccount;

  /**
   * The Deployment of the manager. It has one pod: two pods would have different databases, or would open the same
   * database on the volume.
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
   * The Service: port 80, and 443 with `tls`.
   */
  public readonly service: kplus.Service;

  /**
   * The ConfigMap with `config.txt`. Its name is the manager's name with the suffix `-config`.
   */
  public readonly config: kplus.ConfigMap;

  /**
   * The PersistentVolumeClaim for the manager's data. Its name is the manager's name with the suffix `-data`. Undefined
   * if `persistence` is not `CloudifyPersistence.storageClass`.
   */
  public readonly claim?: kplus.PersistentVolumeClaim;

  /**
   * The Secret with the long-lived API token. Its name is the manager's name with the suffix `-token`. Undefined if
   * `apiToken` is not `CloudifyApiToken.longLived`.
   */
  public readonly apiTokenSecret?: kplus.Secret;

  /**
   * The sidecar that ships logs. Undefined without `logShipping`.
   */
  public readonly logShipper?: kplus.Container;

  /**
   * The ConfigMaps with the sidecar's configuration: first the one in the manager's namespace, then the one in the
   * components' namespace. Both have the manager's name with the suffix `-filebeat`. Empty without `logShipping`.
   */
  public readonly logShippingConfigs: kplus.ConfigMap[];

  /**
   * The namespace of the components. Undefined if it is not created.
   */
  public readonly componentNamespace?: kplus.Namespace;

  /**
   * The Role with the manager's rights in the components' namespace. Its name is the manager's name with the suffix
   * `-deploy`. Undefined without `components`, or if `components.role` is given.
   */
  public readonly deployRole?: kplus.Role;

  /**
   * The RoleBinding of `deployRole`, or of `components.role`, to the site's ServiceAccount. Undefined without
   * `components`.
   */
  public readonly deployRoleBinding?: kplus.RoleBinding;

  /**
   * The ClusterRoleBinding of `clusterRole` to the site's ServiceAccount. Its name is `NAMESPACE-NAME-deploy`, with the
   * manager's namespace and name. Undefined without `clusterRole`.
   */
  public readonly clusterRoleBinding?: kplus.ClusterRoleBinding;

  /**
   * The Services of type ExternalName. First come the Services of `aliases` in the manager's namespace. With
   * `components`, the Services of `aliases` in the components' namespace follow, and then the Service with the
   * manager's name in the components' namespace.
   */
  public readonly aliases: kplus.Service[];

  constructor(scope: Construct, id: string, props: CloudifyManagerProps = {}) {
    super(scope, id);
    const right = rightProps(this, props);
    const { name = DEFAULT_NAME } = right;
    // If the name is invalid, only the name is reported, not the names that are derived from it.
    const metadata = new ManagerMetadata(isServiceName(name) ? name : DEFAULT_NAME, right.metadata);
    reportManager(this, name, metadata, right);

    const kubeconfig = kubeconfigOf(this, right, metadata);
    this.secret = right.secret;
    this.configMap = right.secret === undefined ? kubeconfig : right.configMap;

    this.serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', { metadata: metadata.named() });
    this.deployment = managerDeployment(this, right, metadata, this.serviceAccount);
    this.node.defaultChild = this.deployment;
    this.container = addManagerContainer(this, this.deployment, right);
    this.service = managerService(this, this.deployment, right, metadata.named());

    const site = siteOf(this, right, metadata);
    this.siteServiceAccount = site.serviceAccount;
    const deployer = site.credential.serviceAccount ?? this.serviceAccount;

    const mounted = mountFiles(this, right, metadata, kubeconfig, deployer);
    this.config = mounted.config;
    this.claim = mounted.claim;
    this.apiTokenSecret = mounted.apiTokenSecret;
    this.init = addInit(this, right, metadata, site.credential);

    const identity = new PodIdentity(this, 'Deployer', this.deployment, deployer);
    const components = addComponents(this, right, identity, metadata);
    this.componentNamespace = components.namespace;
    this.deployRole = components.role;
    this.deployRoleBinding = components.roleBinding;
    this.clusterRoleBinding = bindClusterRole(this, right, identity, metadata);
    this.aliases = addAliases(this, right, metadata);
    const logShipping = addLogShipping(this, this.deployment, this.container, right, metadata);
    this.logShipper = logShipping.container;
    this.logShippingConfigs = logShipping.configs;

    renderNamespaceFirst(this);
    reportAtSynthesis(this, () => checkMountPaths(this.deployment));
    reportManagerNames(this, metadata.name);
  }
}

/** The object with the kubeconfig: the given one, or a new ConfigMap. */
function kubeconfigOf(
  manager: CloudifyManager,
  { secret, configMap }: CloudifyManagerProps,
  { labelled }: ManagerMetadata,
): kplus.IConfigMap | kplus.ISecret {
  return (
    secret ?? configMap ?? new MultisiteKubeconfig(manager, 'Kubeconfig', { metadata: labelled }).configMap
  );
}

/** The identity that the manager uses to deploy to its own site. */
interface Site {
  readonly credential: SiteCredential;
  /** Undefined if the credential was given. */
  readonly serviceAccount?: kplus.ServiceAccount;
}

function siteOf(manager: CloudifyManager, { init }: CloudifyManagerProps, metadata: ManagerMetadata): Site {
  if (init?.credential !== undefined) {
    return { credential: init.credential };
  }
  // A name that people can easily type when they bind rights to the ServiceAccount.
  const serviceAccount = new kplus.ServiceAccount(manager, 'SiteServiceAccount', {
    metadata: metadata.named('-site'),
  });
  return { credential: SiteCredential.requested(serviceAccount), serviceAccount };
}

/** Mounts all files that the manager reads, and its data. */
function mountFiles(
  manager: CloudifyManager,
  props: CloudifyManagerProps,
  metadata: ManagerMetadata,
  kubeconfig: kplus.IConfigMap | kplus.ISecret,
  deployer: kplus.IServiceAccount,
): Pick<CloudifyManager, 'config' | 'claim' | 'apiTokenSecret'> {
  const { container, deployment } = manager;
  const config = managerConfig(manager, deployment, props, metadata.named('-config'));
  mountConfig(manager, container, config);
  mountProvidedFiles(manager, deployment, container, props);
  const { persistence = CloudifyPersistence.storageClass(), apiToken = CloudifyApiToken.projected() } = props;
  const claim = mountPersistence(manager, container, persistence, metadata.named('-data'));
  const apiTokenSecret = mountApiToken(manager, container, apiToken, deployer, metadata.named('-token'));
  mountKubeconfig(manager, container, kubeconfig, props);
  return { config, claim, apiTokenSecret };
}

function addInit(
  manager: CloudifyManager,
  { init, refresh = true, refreshPort }: CloudifyManagerProps,
  { labelled }: ManagerMetadata,
  credential: SiteCredential,
): MultisiteInit {
  const { deployment: pod, configMap, secret } = manager;
  return new MultisiteInit(manager, 'Init', {
    ...init,
    credential,
    pod,
    configMap,
    secret,
    refresh,
    refreshPort,
    metadata: labelled,
  });
}

/** Renders the namespace of the components before the objects in it. */
function renderNamespaceFirst({ node, componentNamespace: namespace }: CloudifyManager): void {
  if (namespace === undefined) {
    return;
  }
  for (const object of node.findAll().filter(ApiObject.isApiObject)) {
    if (object.metadata.namespace === namespace.name) {
      object.addDependency(namespace);
    }
  }
}
