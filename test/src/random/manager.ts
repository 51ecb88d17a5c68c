import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  CloudifyApiToken,
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  CloudifySize,
} from '../../../src/index.ts';
import { namelessMetadata } from './metadata.ts';
import {
  credential,
  credentialOf,
  image,
  initOptions,
  probe,
  probeOf,
  requested,
  resources,
  resourcesOf,
  size,
  sizeOf,
} from './parts.ts';
import { dictionary, mostly, number, objectName, oddText, props, text, type ValueOf } from './values.ts';
import { target, targetOf } from './workload.ts';

const persistence = fc.oneof(
  fc.record({ kind: fc.constant('hostPath' as const), path: text('/data', '/', '/a b/c') }),
  fc.record({
    kind: fc.constant('claim' as const),
    name: objectName('data'),
    options: props({ subPath: text('a', 'a/b', '..data') }),
  }),
  fc.record({
    kind: fc.constant('storageClass' as const),
    className: fc.option(objectName('fast'), { nil: undefined }),
    size: fc.option(size, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('ephemeral' as const) }),
);

function persistenceOf(scope: Construct, given: ValueOf<typeof persistence>): CloudifyPersistence {
  switch (given.kind) {
    case 'hostPath':
      return CloudifyPersistence.hostPath(given.path);
    case 'claim':
      return CloudifyPersistence.claim(
        kplus.PersistentVolumeClaim.fromClaimName(scope, 'GivenClaim', given.name),
        given.options,
      );
    case 'storageClass':
      return CloudifyPersistence.storageClass({
        className: given.className,
        size: given.size && sizeOf(given.size),
      });
    default:
      return CloudifyPersistence.ephemeral();
  }
}

const role = fc.record({
  kind: fc.constantFrom('Role' as const, 'ClusterRole' as const),
  name: text('edit', 'system:aggregate-to-edit', 'Deployer'),
});

function roleOf(scope: Construct, id: string, { kind, name }: ValueOf<typeof role>): kplus.IResource {
  return kind === 'Role'
    ? kplus.Role.fromRoleName(scope, id, name)
    : kplus.ClusterRole.fromClusterRoleName(scope, id, name);
}

const components = fc.record(
  {
    namespaceName: mostly(
      fc.constantFrom('components', 'a'.repeat(63)),
      fc.oneof(oddText, fc.constant('cloudify')),
    ),
    createNamespace: fc.boolean(),
    role,
  },
  { requiredKeys: ['namespaceName'] },
);

const boolean = fc.boolean();

const anyProps = {
  name: text('manager', 'a'.repeat(63), 'a-1'),
  image,
  dockerRegistryAuth: objectName('registry'),
  size: fc.oneof(fc.constantFrom('small' as const, 'large' as const, 'unlimited' as const), resources),
  readiness: probe,
  liveness: probe,
  startup: probe,
  systemd: props({ privileged: boolean, hostCgroup: boolean, runTmpfs: boolean }),
  hostLocaltime: boolean,
  consulAddress: text('consul:8500', '10.0.0.1:1', '[fd00::1]:8500'),
  kubeconfigDirectory: mostly(
    fc.constantFrom('/opt/onap/kube', '/kube/', '/a b'),
    fc.oneof(
      oddText,
      fc.constantFrom('/', '/run', '/run/', '/secret', '/opt/onap', '/proc', '/etc/cloudify/.kube'),
    ),
  ),
  homeKubeconfig: boolean,
  apiToken: fc.constantFrom('projected' as const, 'longLived' as const, 'none' as const),
  tls: fc.record({ secret: objectName('certificates'), caFile: text('ca.pem') }),
  pluginConfigs: objectName('plugins'),
  adminPassword: objectName('admin'),
  logShipping: props({ logstash: text('logstash:5044', 'log-ls.onap:5044'), image, resources }),
  persistence,
  nodePort: number(30000, 32767, 30080),
  aliases: dictionary(
    text('consul', 'b'.repeat(63), 'constructor'),
    objectName('consul-server.onap.svc.cluster.local'),
  ),
  target,
  refresh: mostly(fc.constant(true), fc.constant(false)),
  refreshPort: number(9779, 1024, 65535),
  metadata: namelessMetadata,
};

const noRights = { components: fc.constant(undefined), clusterRole: fc.constant(undefined) };
/** What gives rights to a ServiceAccount, and so goes with a credential that is one's. */
const rights = { components, clusterRole: text('view', 'system:aggregate-to-edit') };

/** Each prop, and each of its factories. */
export const manager = mostly(
  fc.oneof(
    props({ ...anyProps, ...rights, init: props({ ...initOptions, credential: requested }) }),
    props({ ...anyProps, ...noRights, init: props({ ...initOptions, credential }) }),
  ),
  props({ ...anyProps, ...rights, init: props({ ...initOptions, credential }) }),
);

export function addManager(scope: Construct, given: ValueOf<typeof manager>): void {
  new CloudifyManager(scope, 'Manager', { ...plainProps(given), ...objectProps(scope, given) });
}

function plainProps(given: ValueOf<typeof manager>) {
  const { name, image: ofManager, systemd, hostLocaltime, consulAddress, kubeconfigDirectory } = given;
  const { homeKubeconfig, nodePort, aliases, refresh, refreshPort, metadata } = given;
  return {
    ...{ name, image: ofManager, systemd, hostLocaltime, consulAddress, kubeconfigDirectory },
    ...{ homeKubeconfig, nodePort, aliases, refresh, refreshPort, metadata },
  };
}

function objectProps(scope: Construct, given: ValueOf<typeof manager>): CloudifyManagerProps {
  const { tls, logShipping, init, persistence: kept, components: where } = given;
  const secret = (id: string, name: string | undefined) =>
    name === undefined ? undefined : kplus.Secret.fromSecretName(scope, id, name);
  return {
    dockerRegistryAuth: secret('Registry', given.dockerRegistryAuth),
    size: given.size && sizeOfManager(given.size),
    readiness: given.readiness && probeOf(given.readiness),
    liveness: given.liveness && probeOf(given.liveness),
    startup: given.startup && probeOf(given.startup),
    apiToken: given.apiToken && CloudifyApiToken[given.apiToken](),
    tls: tls && { secret: kplus.Secret.fromSecretName(scope, 'Tls', tls.secret), caFile: tls.caFile },
    pluginConfigs:
      given.pluginConfigs === undefined
        ? undefined
        : kplus.ConfigMap.fromConfigMapName(scope, 'Plugins', given.pluginConfigs),
    adminPassword: secret('Password', given.adminPassword),
    logShipping: logShipping && {
      ...logShipping,
      resources: logShipping.resources && resourcesOf(logShipping.resources),
    },
    persistence: kept && persistenceOf(scope, kept),
    components: where && {
      ...where,
      role: where.role && roleOf(scope, 'GivenRole', where.role),
    },
    clusterRole:
      given.clusterRole === undefined
        ? undefined
        : kplus.ClusterRole.fromClusterRoleName(scope, 'GivenClusterRole', given.clusterRole),
    ...(given.target && targetOf(scope, given.target, 'one')),
    init: init && {
      ...init,
      credential: init.credential && credentialOf(scope, init.credential),
      resources: init.resources && resourcesOf(init.resources),
    },
  };
}

function sizeOfManager(given: NonNullable<ValueOf<typeof manager>['size']>): CloudifySize {
  return typeof given === 'string' ? CloudifySize[given]() : CloudifySize.of(resourcesOf(given));
}
