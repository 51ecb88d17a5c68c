import type { KubernetesObject, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import { App, Chart, Testing } from 'cdk8s';
import { Deployment, ImagePullPolicy } from 'cdk8s-plus-27';
import { MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../lib/index.js';

export const VARIANTS = [
  'no init container',
  'idle init container',
  'multisite-init',
  'multisite-init and refresher',
  'multisite-init as a sidecar',
] as const;
export type Variant = (typeof VARIANTS)[number];

/** A pod, and the name of the ConfigMap that its multisite-init writes to. */
export interface MeasuredPod {
  readonly spec: V1PodSpec;
  readonly configMap: string;
}

/** The objects that are applied once, and the compared pods. */
export interface Workload {
  readonly objects: readonly KubernetesObject[];
  readonly pods: Readonly<Record<Variant, MeasuredPod>>;
}

/** The container whose start is measured. */
export const APPLICATION = 'application';

/** Reports its time, in seconds since the boot of the machine, and ends. */
const SAY_WHEN = ['sh', '-c', 'cat /proc/uptime >/dev/termination-log'];

/** The pods of an application as the constructs render them, and the pods without the additions of the constructs. */
export function workload(namespace: string, image: string): Workload {
  const init = rendered(namespace, image, 'init', {});
  const refreshed = rendered(namespace, image, 'refresh', { refresh: true });
  const sidecar = rendered(namespace, image, 'sidecar', { sidecar: true, kubernetesVersion: '1.29' });
  const { initContainers = [], volumes, ...bare } = init.pod.spec;
  const { resources, securityContext } = only(initContainers);
  const idle = {
    name: 'idle',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['true'],
    resources,
    securityContext,
  };
  return {
    objects: [init, refreshed, sidecar].flatMap(({ objects }) => objects),
    pods: {
      'no init container': { ...init.pod, spec: bare },
      'idle init container': { ...init.pod, spec: { ...bare, initContainers: [idle] } },
      'multisite-init': init.pod,
      'multisite-init and refresher': refreshed.pod,
      'multisite-init as a sidecar': sidecar.pod,
    },
  };
}

function rendered(namespace: string, image: string, name: string, props: Partial<MultisiteInitProps>) {
  const chart = new Chart(new App(), name, { namespace });
  const pod = new Deployment(chart, 'Deployment', {
    replicas: 1,
    containers: [
      {
        name: APPLICATION,
        image,
        imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
        command: SAY_WHEN,
        securityContext: { user: 65532 },
      },
    ],
  });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata: { name } });
  new MultisiteInit(chart, 'Init', { pod, configMap, ...props });
  const objects: KubernetesObject[] = Testing.synth(chart);
  const deployment: V1Deployment | undefined = objects.find(({ kind }) => kind === 'Deployment');
  const spec = deployment?.spec?.template.spec;
  if (spec === undefined) {
    throw new Error('the chart has no Deployment');
  }
  return {
    objects: objects.filter((object) => object !== deployment),
    pod: {
      spec: { ...spec, restartPolicy: 'Never', terminationGracePeriodSeconds: 0 },
      configMap: configMap.name,
    },
  };
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    throw new Error('expected one init container');
  }
  return item;
}
