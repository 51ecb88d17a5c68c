import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { SiteCredential } from '../../site-credential';

/** A namespace, for messages. */
export function inWords(namespace: string | undefined): string {
  return namespace === undefined ? 'no namespace' : `namespace ${namespace}`;
}

/** Checks that a construct's chart and the pod are in the same namespace. */
export function checkChartNamespace(construct: IConstruct, pod: kplus.AbstractPod): string[] {
  const { namespace } = Chart.of(construct);
  return pod.metadata.namespace === undefined && namespace !== undefined
    ? [
        `this chart has the namespace ${namespace}, the pod has no namespace: put the pod and this construct into the same chart.`,
      ]
    : [];
}

/** Checks that the object with the kubeconfig is in the namespace of the pod that uses it. */
export function checkObjectNamespace(
  kind: string,
  object: kplus.IResource,
  pod: kplus.AbstractPod,
): string[] {
  const { namespace } = pod.metadata;
  return object instanceof kplus.Resource && object.metadata.namespace !== namespace
    ? [
        `${kind} ${object.name} is in ${inWords(object.metadata.namespace)}, the pod is in ${inWords(namespace)}. ` +
          `A pod can only read ${kind}s of its own namespace: give both the same namespace.`,
      ]
    : [];
}

/** Checks that a credential is in the pod's namespace, if the credential has a namespace. */
export function checkCredentialNamespace(
  { serviceAccount, tokenSecret }: SiteCredential,
  pod: kplus.AbstractPod,
): string[] {
  return [
    ...(serviceAccount === undefined ? [] : checkAccountNamespace(serviceAccount, pod)),
    ...(tokenSecret instanceof kplus.Resource && tokenSecret.metadata.namespace !== pod.metadata.namespace
      ? [
          `the credential's Secret ${tokenSecret.name} is in ${inWords(tokenSecret.metadata.namespace)}, the pod is in ` +
            `${inWords(pod.metadata.namespace)}: give both the same namespace.`,
        ]
      : []),
  ];
}

/** Checks that a ServiceAccount is in the pod's namespace, if it has a namespace. */
export function checkAccountNamespace(account: kplus.IServiceAccount, pod: kplus.AbstractPod): string[] {
  const { namespace } = pod.metadata;
  const isRendered = account instanceof kplus.ServiceAccount;
  const own = isRendered ? account.metadata.namespace : subjectNamespace(account);
  return own !== namespace && (isRendered || own !== undefined)
    ? [
        `ServiceAccount ${account.name} is in ${inWords(own)}, the pod is in ${inWords(namespace)}. A pod can only use a ServiceAccount of its ` +
          'own namespace: give both the same namespace.',
      ]
    : [];
}

/** An imported account without a namespace has `default` in its subject. */
function subjectNamespace(account: kplus.IServiceAccount): string | undefined {
  const { namespace } = account.toSubjectConfiguration();
  return namespace === 'default' ? undefined : namespace;
}
