import type {
  KubernetesObject,
  V1Deployment,
  V1Namespace,
  V1Pod,
  V1Role,
  V1RoleBinding,
} from '@kubernetes/client-node';

/** The namespace whose pods are held. */
export const NAMESPACE = 'apps';
/** The Deployment and the ServiceAccount of the controller that releases held pods. */
export const CONTROLLER = 'controller';
/** The Deployment of an application that waits for the controller. */
export const WEB = 'web';

/** The user name of the controller. */
export const CONTROLLER_USER = `system:serviceaccount:${NAMESPACE}:${CONTROLLER}`;

/** The namespace, with the label of held namespaces. */
export function heldNamespace(holdLabel: string): V1Namespace {
  const metadata = { name: NAMESPACE, labels: { [holdLabel]: 'true' } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

/** The controller, which may patch pods of its namespace, and the application. */
export function workloads(metainitLabel: string): KubernetesObject[] {
  const metadata = { namespace: NAMESPACE, name: CONTROLLER };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...rightToPatchPods(),
    deployment(CONTROLLER, CONTROLLER, { [metainitLabel]: '' }),
    deployment(WEB, 'default'),
  ];
}

function rightToPatchPods(): [V1Role, V1RoleBinding] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const metadata = { namespace: NAMESPACE, name: CONTROLLER };
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'patch'] }];
  const roleRef = { apiGroup, kind: 'Role', name: CONTROLLER };
  const subjects = [{ kind: 'ServiceAccount', ...metadata }];
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  ];
}

/** @param podLabels labels of the pod template besides its own */
function deployment(
  name: string,
  serviceAccountName: string,
  podLabels: Readonly<Record<string, string>> = {},
): V1Deployment {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: NAMESPACE, name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...podLabels } },
        spec: { serviceAccountName, containers: [container(name)] },
      },
    },
  };
}

/** A pod to ask the API server what it would do with it. */
export function examplePod(spec: object = {}): V1Pod {
  const metadata = { namespace: NAMESPACE, name: 'example' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container('example')], ...spec } };
}

function container(name: string) {
  return { name, image: `registry.example/${name}:1.0` };
}
