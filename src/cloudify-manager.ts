import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { CloudifyApiToken } from './cloudify-api-token';
import type { CloudifyManagerProps } from './cloudify-manager-props';
import { CloudifyPersistence } from './cloudify-persistence';
import { MultisiteInit } from './multisite-init';
import { MultisiteKubeconfig } from './multisite-kubeconfig';
import { validateInApp } from './private/app-model';
import { addAliases } from './private/cloudify/aliases';
import { mountApiToken } from './private/cloudify/api-token';
import { addComponents, bindClusterRole } from './private/cloudify/components';
import { managerConfig, mountConfig } from './private/cloudify/config';
import { mountMaterial } from './private/cloudify/files';
import { KUBECONFIG_DIRECTORY, mountKubeconfig } from './private/cloudify/kubeconfig-mounts';
import { addLogShipping } from './private/cloudify/log-shipping';
import { addManagerContainer } from './private/cloudify/manager-pod';
import { mountPersistence } from './private/cloudify/persistence';
import { managerService } from './private/cloudify/services';
import { Identity } from './private/identity';
import { mountPathErrors, plainPath } from './private/mount-paths';
import { duplicateNameErrors } from './private/validation/duplicate-names';
import { checkMetadata } from './private/validation/metadata';
import { checkAbsolutePath, checkObjectName, checkServiceName, mistake } from './private/validation/values';
import { SiteCredential } from './site-credential';

/**
 * Cloudify Manager, reading the kubeconfig of all sites at `/opt/onap/kube/kubeconfig`, to which its init
 * container adds the site it runs in.
 *
 * The token of that site is one of `siteServiceAccount`, which may do what the Role of `components` lets it; without
 * `components` nothing, until you bind rights to it. The ServiceAccount that the pod runs as may only keep the kubeconfig,
 * and request that token.
 *
 * The manager runs systemd and therefore a privileged container: its namespace must allow Pod Security
 * `privileged`. For charts without a namespace see `MultisiteInit`.
 */
export class CloudifyManager extends Construct {
  /**
   * Directory with the kubeconfig in the manager's container, unless another is given.
   */
  public static readonly KUBECONFIG_DIRECTORY = KUBECONFIG_DIRECTORY;

  /**
   * The ConfigMap with the kubeconfig. None where it is in a Secret.
   */
  public readonly configMap?: kplus.IConfigMap;

  /**
   * The Secret with the kubeconfig. None where it is in a ConfigMap.
   */
  public readonly secret?: kplus.ISecret;

  /**
   * The ServiceAccount that the pod runs as, named like the manager.
   */
  public readonly serviceAccount: kplus.ServiceAccount;

  /**
   * The ServiceAccount as which the manager deploys to its own site, named like the manager with `-site` after
   * it. None where `init.credential` was given.
   */
  public readonly siteServiceAccount?: kplus.ServiceAccount;

  /**
   * The Deployment of the manager: one pod, since each has a database of its own, or opens the one on its volume.
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
   * The ConfigMap with `config.txt`, named like the manager with `-config` after it.
   */
  public readonly config: kplus.ConfigMap;

  /**
   * The claim that the manager's data is in, named like the manager with `-data` after it. None where `persistence` is
   * something else than a StorageClass.
   */
  public readonly claim?: kplus.PersistentVolumeClaim;

  /**
   * The Secret with the long-lived API token, named like the manager with `-token` after it. None where `apiToken` is
   * something else.
   */
  public readonly apiTokenSecret?: kplus.Secret;

  /**
   * The sidecar that ships logs. None without `logShipping`.
   */
  public readonly logShipper?: kplus.Container;

  /**
   * The ConfigMaps with the sidecar's configuration, named like the manager with `-filebeat` after it: the manager's, then that
   * of the components' namespace. None without `logShipping`.
   */
  public readonly logShippingConfigs: kplus.ConfigMap[];

  /**
   * The namespace of the components. None where it is not created.
   */
  public readonly componentNamespace?: kplus.Namespace;

  /**
   * What the manager may do in the components' namespace, named like the manager with `-deploy` after it. None without
   * `components`, and where they were given another.
   */
  public readonly deployRole?: kplus.Role;

  /**
   * What gives that role, or the given one, to the site's ServiceAccount. None without `components`.
   */
  public readonly deployRoleBinding?: kplus.RoleBinding;

  /**
   * What gives `clusterRole` to the site's ServiceAccount, named like the manager with its namespace before it and `-deploy`
   * after it. None without `clusterRole`.
   */
  public readonly clusterRoleBinding?: kplus.ClusterRoleBinding;

  /**
   * The Services that stand for DNS names: those of `aliases` in the manager's namespace, then with `components` those in
   * theirs, and the manager's own name there.
   */
  public readonly aliases: kplus.Service[];

  constructor(scope: Construct, id: string, props: CloudifyManagerProps = {}) {
    super(scope, id);
    const name = props.name ?? 'dcae-cloudify-manager';
    check(this, name, props);
    const labelled = labelledMetadata(name, props.metadata);
    const named = (suffix = ''): ApiObjectMetadata => ({ ...labelled, name: `${name}${suffix}` });

    const kubeconfig =
      props.secret ??
      props.configMap ??
      new MultisiteKubeconfig(this, 'Kubeconfig', { metadata: labelled }).configMap;
    this.secret = props.secret;
    this.configMap = props.secret === undefined ? kubeconfig : props.configMap;
    this.serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', { metadata: named() });
    this.deployment = new kplus.Deployment(this, 'Deployment', {
      metadata: named(),
      podMetadata: { labels: { ...labelled.labels }, annotations: { ...labelled.annotations } },
      replicas: 1,
      // Not a rolling update: two managers would answer at once, and open one database where a volume has it.
      strategy: kplus.DeploymentStrategy.recreate(),
      serviceAccount: this.serviceAccount,
      dockerRegistryAuth: props.dockerRegistryAuth,
      dns: { hostname: name },
      // The manager calls itself by its name, which the Service answers only once the pod is ready.
      hostAliases: [{ ip: '127.0.0.1', hostnames: [name] }],
    });
    this.node.defaultChild = this.deployment;
    this.container = addManagerContainer(this, this.deployment, props);
    this.service = managerService(this, this.deployment, props, named());

    let credential = props.init?.credential;
    if (credential === undefined) {
      // A name that people can type, who bind rights to it.
      this.siteServiceAccount = new kplus.ServiceAccount(this, 'SiteServiceAccount', {
        metadata: named('-site'),
      });
      credential = SiteCredential.requested(this.siteServiceAccount);
    }
    const deployer = credential.serviceAccount ?? this.serviceAccount;

    this.config = managerConfig(
      this,
      this.deployment,
      props.consulAddress ?? 'consul-server:8500',
      named('-config'),
    );
    mountConfig(this, this.container, this.config);
    mountMaterial(this, this.container, props);
    const persistence = props.persistence ?? CloudifyPersistence.storageClass();
    this.claim = mountPersistence(this, this.container, persistence, named('-data'));
    const apiToken = props.apiToken ?? CloudifyApiToken.projected();
    this.apiTokenSecret = mountApiToken(this, this.container, apiToken, deployer, named('-token'));
    mountKubeconfig(this, this.container, kubeconfig, props);

    this.init = new MultisiteInit(this, 'Init', {
      ...props.init,
      credential,
      pod: this.deployment,
      configMap: this.configMap,
      secret: this.secret,
      refresh: props.refresh ?? true,
      refreshPort: props.refreshPort,
      metadata: labelled,
    });

    const subject = new Identity(this, 'Deployer', this.deployment, deployer);
    const components = addComponents(this, props, subject, named);
    this.componentNamespace = components.namespace;
    this.deployRole = components.role;
    this.deployRoleBinding = components.roleBinding;
    this.clusterRoleBinding = bindClusterRole(this, props, subject, named);
    this.aliases = addAliases(this, name, props, labelled);
    const logShipping = addLogShipping(this, this.deployment, this.container, props, named('-filebeat'));
    this.logShipper = logShipping.container;
    this.logShippingConfigs = logShipping.configs;

    if (this.componentNamespace !== undefined) {
      putFirst(this.componentNamespace, this);
    }
    validateInApp(this, (index) => [
      ...mountPathErrors(this.deployment),
      ...duplicateNameErrors([...this.node.children.filter(isResource), ...this.aliases], index),
    ]);
  }
}

function check(scope: Construct, name: string, props: CloudifyManagerProps): void {
  const { metadata, init, refresh, components, clusterRole, apiToken, kubeconfigDirectory } = props;
  checkServiceName(scope, 'name', name);
  if (metadata?.name !== undefined) {
    mistake(
      scope,
      'metadata.name is not taken, as it cannot be the name of every object: give `name` instead.',
    );
  }
  checkMetadata(scope, metadata);
  if (kubeconfigDirectory !== undefined) {
    checkAbsolutePath(scope, 'kubeconfigDirectory', kubeconfigDirectory);
    if (kubeconfigDirectory !== '' && plainPath(kubeconfigDirectory) === '/') {
      mistake(scope, 'kubeconfigDirectory "/" would hide all of the image: give another directory.');
    }
  }
  if (props.dockerRegistryAuth !== undefined) {
    checkObjectName(scope, 'dockerRegistryAuth.name', props.dockerRegistryAuth.name);
  }
  if (refresh === false && init?.credential === undefined) {
    mistake(
      scope,
      'refresh is off, and the token in the kubeconfig would end after an hour: leave refresh on, or give an init.credential ' +
        'that lasts.',
    );
  }
  const grants = components !== undefined || clusterRole !== undefined || apiToken?.kind === 'longLived';
  if (grants && (init?.credential?.tokenSecret ?? init?.credential?.tokenFile) !== undefined) {
    mistake(
      scope,
      'components, clusterRole and a long-lived apiToken are for a ServiceAccount, and nothing tells whose token ' +
        'init.credential is: give SiteCredential.requested, or leave them out.',
    );
  }
}

/** The labels that Kubernetes recommends: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
function labelledMetadata(name: string, metadata: ApiObjectMetadata = {}): ApiObjectMetadata {
  const { name: _notTaken, ...common } = metadata;
  return {
    ...common,
    labels: {
      'app.kubernetes.io/name': 'cloudify-manager',
      'app.kubernetes.io/instance': name,
      'app.kubernetes.io/part-of': 'cdk8s-multisite',
      ...metadata.labels,
    },
  };
}

/** Has the namespace rendered before what is in it. */
function putFirst(namespace: kplus.Namespace, scope: Construct): void {
  for (const object of scope.node.findAll().filter(ApiObject.isApiObject)) {
    if (object.metadata.namespace === namespace.name) {
      object.addDependency(namespace);
    }
  }
}

function isResource(construct: IConstruct): construct is kplus.Resource {
  return construct instanceof kplus.Resource;
}
