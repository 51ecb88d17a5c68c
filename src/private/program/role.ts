import type { ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const READ_VERBS = ['get', 'list', 'watch'];
/** `get` as well, since kubectl's exec by WebSocket is one. */
const EXEC_VERBS = ['get', 'create'];

const MANAGED: readonly kplus.IApiResource[] = [
  kplus.ApiResource.DEPLOYMENTS,
  kplus.ApiResource.STATEFUL_SETS,
  kplus.ApiResource.DAEMON_SETS,
  kplus.ApiResource.JOBS,
  kplus.ApiResource.CRON_JOBS,
  kplus.ApiResource.PODS,
  kplus.ApiResource.SERVICES,
  kplus.ApiResource.INGRESSES,
  kplus.ApiResource.CONFIG_MAPS,
  kplus.ApiResource.SECRETS,
  kplus.ApiResource.PERSISTENT_VOLUME_CLAIMS,
];

/** What the Kubernetes plugin of Cloudify needs to deploy components, and to look after them. */
export function deployRole(scope: Construct, metadata: ApiObjectMetadata): kplus.Role {
  const role = new kplus.Role(scope, 'DeployRole', { metadata });
  role.allow(ALL_VERBS, ...MANAGED);
  role.allow([...READ_VERBS, 'update', 'patch'], subresource('apps', 'deployments/scale'));
  role.allow([...READ_VERBS, 'update', 'patch'], subresource('apps', 'statefulsets/scale'));
  role.allow(EXEC_VERBS, subresource('', 'pods/exec'));
  role.allow(
    READ_VERBS,
    subresource('', 'pods/log'),
    kplus.ApiResource.REPLICA_SETS,
    kplus.ApiResource.EVENTS,
  );
  return role;
}

function subresource(apiGroup: string, resourceType: string): kplus.IApiResource {
  return { apiGroup, resourceType };
}
