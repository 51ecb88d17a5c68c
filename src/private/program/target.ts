import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MultisiteTarget } from '../../multisite-target';
import { inWords } from '../validation/namespaces';
import { checkNamedObject, isObject, standIn } from '../validation/objects';
import { checkDataKey, checkEntryName, checkNamespaceName } from '../validation/values';
import { literal } from './program-container';

/** Where the program's containers mount the kubeconfig of the target. */
const MOUNT_PATH = '/var/run/multisite/target';

/** The flags for the other cluster. */
export function targetArgs({ key = 'kubeconfig', context }: MultisiteTarget): string[] {
  return [
    `--target-kubeconfig=${MOUNT_PATH}/${key}`,
    ...(context === undefined ? [] : [`--target-context=${literal(context)}`]),
  ];
}

/** The volume mount that the program's containers need for the target. */
export function targetMount(
  scope: Construct,
  name: string,
  { kubeconfig }: MultisiteTarget,
): kplus.VolumeMount {
  const secret = isObject(kubeconfig, 'Secret') ? kubeconfig : standIn(scope, 'target', 'Secret');
  return {
    path: MOUNT_PATH,
    volume: kplus.Volume.fromSecret(scope, 'Target', secret, { name }),
    readOnly: true,
  };
}

/**
 * The namespace of the ConfigMap or Secret with the kubeconfig, which may be in another cluster. Undefined if it is the
 * pod's namespace, which is known only at run time.
 */
export function objectNamespace(
  object: kplus.IResource,
  pod: kplus.AbstractPod,
  target: MultisiteTarget | undefined,
): string | undefined {
  if (target === undefined) {
    return pod.metadata.namespace;
  }
  const own = object instanceof kplus.Resource ? object.metadata.namespace : undefined;
  return target.namespaceName ?? own ?? pod.metadata.namespace;
}

export function checkTarget(target: MultisiteTarget, pod: kplus.AbstractPod): string[] {
  const { kubeconfig, key, context, namespaceName } = target;
  return [
    ...checkNamedObject('target.kubeconfig', kubeconfig, 'Secret'),
    ...(kubeconfig instanceof kplus.Resource && kubeconfig.metadata.namespace !== pod.metadata.namespace
      ? [
          `target.kubeconfig ${kubeconfig.name} is in ${inWords(kubeconfig.metadata.namespace)}, the pod is in ` +
            `${inWords(pod.metadata.namespace)}: give both the same namespace.`,
        ]
      : []),
    ...(key === undefined ? [] : checkDataKey('target.key', key)),
    ...(context === undefined ? [] : checkEntryName('target.context', context)),
    ...(namespaceName === undefined ? [] : checkNamespaceName('target.namespaceName', namespaceName)),
  ];
}
