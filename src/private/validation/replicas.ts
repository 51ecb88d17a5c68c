import { type ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod, type Manifest } from '../api-object-pod';
import { identityOf, rendered } from '../api-objects';
import type { AppModel } from '../app-model';
import { mountsOf } from '../mounts';
import { podPath } from '../pod-spec';

const EVERY_NODE = 'a pod on every node';
const AUTOSCALED = 'as many pods as its autoscaler wants';
const OVERLAPPING = 'runs that may overlap';
const ONE_NODE_ONLY = ['ReadWriteOnce', 'ReadWriteOncePod'];

/** Why a workload may run several pods at the same time, for messages. Undefined if it runs one pod. */
export function severalPods(pod: kplus.AbstractPod, app: AppModel): string | undefined {
  if (pod instanceof ApiObjectPod) {
    return isScaled(pod, app) ? AUTOSCALED : severalPodsOf(pod.manifest);
  }
  if (pod instanceof kplus.DaemonSet) {
    return EVERY_NODE;
  }
  if (pod instanceof kplus.CronJob && pod.concurrencyPolicy === kplus.ConcurrencyPolicy.ALLOW) {
    return OVERLAPPING;
  }
  if (pod instanceof kplus.Deployment || pod instanceof kplus.StatefulSet) {
    if (pod.hasAutoscaler) {
      return AUTOSCALED;
    }
    const replicas = pod.replicas ?? (pod instanceof kplus.Deployment ? 2 : 1);
    return replicas > 1 ? `${replicas} replicas` : undefined;
  }
  return undefined;
}

/** Whether an autoscaler in the pod's chart scales it. */
function isScaled(pod: ApiObjectPod, { objects }: AppModel): boolean {
  const scalers = [...objects.values()].flat().filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  return scalers
    .filter((scaler) => Chart.of(scaler) === Chart.of(pod))
    .map((scaler) => rendered(scaler)?.spec?.scaleTargetRef)
    .some((target) => target?.kind === pod.kind && target.name === pod.name);
}

/** The fields of all kinds of workloads that set the number of their pods. */
interface WorkloadSpec {
  readonly replicas?: unknown;
  readonly parallelism?: unknown;
  readonly concurrencyPolicy?: unknown;
  readonly jobTemplate?: { readonly spec?: WorkloadSpec };
}

/** `severalPods` for a rendered object. */
function severalPodsOf({ kind, spec }: Manifest): string | undefined {
  const { replicas, parallelism, concurrencyPolicy, jobTemplate } = (spec ?? {}) as WorkloadSpec;
  if (kind === 'DaemonSet') {
    return EVERY_NODE;
  }
  if (kind === 'CronJob' && (concurrencyPolicy ?? 'Allow') === 'Allow') {
    return OVERLAPPING;
  }
  const pods = Number(replicas ?? parallelism ?? jobTemplate?.spec?.parallelism);
  return pods > 1 ? `${pods} replicas` : undefined;
}

/** Checks that several pods do not share a volume that only one node can mount. */
export function checkSharedVolumes(pod: kplus.AbstractPod, app: AppModel): string[] {
  const several = severalPods(pod, app);
  if (several === undefined) {
    return [];
  }
  const claims = mountsOf(pod).filter(({ kind }) => kind === 'PersistentVolumeClaim');
  // Several containers may mount the same claim.
  return [...new Set(claims.map(({ name }) => name))].flatMap((name) => {
    const identity = identityOf('core/PersistentVolumeClaim', name, Chart.of(pod), pod.metadata.namespace);
    const modes = (app.objects.get(identity) ?? []).flatMap(accessModesOf);
    if (modes.length === 0 || !modes.every((mode) => ONE_NODE_ONLY.includes(mode))) {
      return [];
    }
    return [
      `${podPath(pod)} has ${several}, and PersistentVolumeClaim ${name} is ${modes.join(', ')}: a second pod could wait ` +
        'for this claim for ever. Run one replica, or make the claim ReadWriteMany.',
    ];
  });
}

function accessModesOf(claim: ApiObject): string[] {
  const modes: unknown = rendered(claim)?.spec?.accessModes;
  return Array.isArray(modes) ? modes : [];
}
