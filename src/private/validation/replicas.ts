import { type ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { identityOf, rendered } from '../api-objects';
import type { AppModel } from '../app-model';
import { mountsOf } from '../mounts';

const ONE_NODE_ONLY = ['ReadWriteOnce', 'ReadWriteOncePod'];

/** In words, that a workload runs several pods at a time; undefined where it runs one. */
export function severalPods(pod: kplus.AbstractPod): string | undefined {
  if (pod instanceof kplus.DaemonSet) {
    return 'a pod on every node';
  }
  if (pod instanceof kplus.CronJob && pod.concurrencyPolicy === kplus.ConcurrencyPolicy.ALLOW) {
    return 'runs that may overlap';
  }
  if (pod instanceof kplus.Deployment || pod instanceof kplus.StatefulSet) {
    if (pod.hasAutoscaler) {
      return 'as many pods as its autoscaler wants';
    }
    const replicas = pod.replicas ?? (pod instanceof kplus.Deployment ? 2 : 1);
    return replicas > 1 ? `${replicas} replicas` : undefined;
  }
  return undefined;
}

/** Whether pods that may run on several nodes share a volume that only one node can have. */
export function checkSharedVolumes(pod: kplus.AbstractPod, app: AppModel): string[] {
  const several = severalPods(pod);
  if (several === undefined) {
    return [];
  }
  const claims = mountsOf(pod).filter(({ kind }) => kind === 'PersistentVolumeClaim');
  // Several containers may mount the same one.
  return [...new Set(claims.map(({ name }) => name))].flatMap((name) => {
    const identity = identityOf('core/PersistentVolumeClaim', name, Chart.of(pod), pod.metadata.namespace);
    const modes = (app.objects.get(identity) ?? []).flatMap(accessModesOf);
    if (modes.length === 0 || !modes.every((mode) => ONE_NODE_ONLY.includes(mode))) {
      return [];
    }
    return [
      `${pod.node.path} has ${several}, and PersistentVolumeClaim ${name} is ${modes.join(', ')}: a second pod could wait ` +
        'for it for ever. Run one replica, or make the claim ReadWriteMany.',
    ];
  });
}

function accessModesOf(claim: ApiObject): string[] {
  const modes: unknown = rendered(claim)?.spec?.accessModes;
  return Array.isArray(modes) ? modes : [];
}
