import type { KubernetesObject, V1Deployment, V1PodSpec } from '@kubernetes/client-node';
import { App, Chart, Testing } from 'cdk8s';
import { Deployment, ImagePullPolicy } from 'cdk8s-plus-27';
import { MultisiteInit, MultisiteKubeconfig } from '../../lib/index.js';

export const VARIANTS = ['no init container', 'one that does nothing', 'multisite-init'] as const;
export type Variant = (typeof VARIANTS)[number];

/** What is applied once, and the pods that are compared. */
export interface Workload {
  readonly objects: readonly KubernetesObject[];
  readonly pods: Readonly<Record<Variant, V1PodSpec>>;
  /** The name of the ConfigMap that multisite-init writes to. */
  readonly configMap: string;
}

/** Says when it runs, in seconds since the machine booted, and ends. */
const SAY_WHEN = ['sh', '-c', 'cat /proc/uptime >/dev/termination-log'];

/** An application's pod as the constructs render it, and the same without what they added. */
export function workload(namespace: string, image: string): Workload {
  const chart = new Chart(new App(), 'pod', { namespace });
  const pod = new Deployment(chart, 'Deployment', {
    replicas: 1,
    containers: [
      {
        image,
        imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
        command: SAY_WHEN,
        securityContext: { user: 65532 },
      },
    ],
  });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap });
  const rendered: KubernetesObject[] = Testing.synth(chart);
  const deployment: V1Deployment | undefined = rendered.find(({ kind }) => kind === 'Deployment');
  const spec = deployment?.spec?.template.spec;
  if (spec === undefined) {
    throw new Error('the chart has no Deployment');
  }
  return {
    objects: rendered.filter((object) => object !== deployment),
    pods: variantsOf({ ...spec, restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }, image),
    configMap: configMap.name,
  };
}

function variantsOf(spec: V1PodSpec, image: string): Workload['pods'] {
  const { initContainers = [], volumes, ...bare } = spec;
  const [init] = initContainers;
  if (init === undefined || initContainers.length > 1) {
    throw new Error('expected one init container');
  }
  const { resources, securityContext } = init;
  const idle = {
    name: 'idle',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['true'],
    resources,
    securityContext,
  };
  return {
    'no init container': bare,
    'one that does nothing': { ...bare, initContainers: [idle] },
    'multisite-init': spec,
  };
}
