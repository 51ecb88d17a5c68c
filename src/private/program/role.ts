import * as kplus from 'cdk8s-plus-27';
import type { SiteCredential } from '../../site-credential';

// All rules of our Roles.

/**
 * Allows reading and patching the ConfigMap or Secret with the kubeconfig. Allows watching it if the pod refreshes its
 * entry.
 */
export function allowKubeconfig(role: kplus.Role, object: kplus.IApiResource, refreshes: boolean): void {
  role.allow(refreshes ? ['get', 'patch', 'watch'] : ['get', 'patch'], object);
}

/** Allows getting the token for the entry. The pod's own token and a token in a file need no rule. */
export function allowCredential(role: kplus.Role, { serviceAccount, tokenSecret }: SiteCredential): void {
  if (serviceAccount !== undefined) {
    role.allow(['create'], {
      apiGroup: '',
      resourceType: 'serviceaccounts/token',
      resourceName: serviceAccount.name,
    });
  }
  if (tokenSecret !== undefined) {
    role.allow(['get'], tokenSecret);
  }
}

/** The requests that release held pods and record it. */
export const RELEASING: readonly { readonly verbs: string[]; readonly resource: kplus.ApiResource }[] = [
  { verbs: ['list', 'watch', 'patch'], resource: kplus.ApiResource.PODS },
  { verbs: ['create'], resource: kplus.ApiResource.EVENTS },
];

/** Allows releasing held pods and recording it. */
export function allowReleasing(role: kplus.ClusterRole | kplus.Role): void {
  for (const { verbs, resource } of RELEASING) {
    role.allow(verbs, resource);
  }
}

const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const READ_VERBS = ['get', 'list', 'watch'];
/** `get` too, because kubectl's `exec` over WebSocket is a GET request. */
const EXEC_VERBS = ['get', 'create'];

const DEPLOYED: readonly kplus.IApiResource[] = [
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

/** Allows what Cloudify's Kubernetes plugin does: deploy applications in a namespace, and manage them. */
export function allowDeploying(role: kplus.Role): void {
  role.allow(ALL_VERBS, ...DEPLOYED);
  role.allow([...READ_VERBS, 'update', 'patch'], subresource('apps', 'deployments/scale'));
  role.allow([...READ_VERBS, 'update', 'patch'], subresource('apps', 'statefulsets/scale'));
  role.allow(EXEC_VERBS, subresource('', 'pods/exec'));
  role.allow(
    READ_VERBS,
    subresource('', 'pods/log'),
    kplus.ApiResource.REPLICA_SETS,
    kplus.ApiResource.EVENTS,
  );
}

function subresource(apiGroup: string, resourceType: string): kplus.IApiResource {
  return { apiGroup, resourceType };
}
