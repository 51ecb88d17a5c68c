import type { V1Container } from '@kubernetes/client-node';
import { ApiObject, type Chart, Cron, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  MultisiteInit,
  type MultisiteInitProps,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { newChart, podSpec } from './manifests.ts';

export const APP: kplus.AbstractPodProps = {
  containers: [{ image: 'app', name: 'app', ports: [{ number: 8080 }] }],
};

type PodFactory = (scope: Construct, props: kplus.AbstractPodProps) => kplus.AbstractPod;

/** The workloads whose pods run on and on. */
export const SERVING: [string, PodFactory][] = [
  ['Pod', (scope, props) => new kplus.Pod(scope, 'App', props)],
  ['Deployment', (scope, props) => new kplus.Deployment(scope, 'App', props)],
  ['StatefulSet', (scope, props) => new kplus.StatefulSet(scope, 'App', props)],
  ['DaemonSet', (scope, props) => new kplus.DaemonSet(scope, 'App', props)],
];

/** The workloads whose pods come to an end. */
export const COMPLETING: [string, PodFactory][] = [
  ['Job', (scope, props) => new kplus.Job(scope, 'App', props)],
  ['CronJob', (scope, props) => new kplus.CronJob(scope, 'App', { schedule: Cron.daily(), ...props })],
];

/** A credential that outlives the pod that writes it, so that any pod may. */
export function siteCredential(scope: Construct): SiteCredential {
  return SiteCredential.requested(kplus.ServiceAccount.fromServiceAccountName(scope, 'Site', 'site'));
}

/** A pod with the init container, in a chart of its own. */
export function initIn(
  namespace: string | undefined,
  props: Partial<MultisiteInitProps> = {},
  podProps: kplus.AbstractPodProps = APP,
) {
  const chart = newChart(namespace);
  const pod = new kplus.Pod(chart, 'App', podProps);
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  const init = new MultisiteInit(chart, 'Init', { pod, configMap, ...props });
  return { chart, pod, configMap, init };
}

export function initContainer(chart: Chart, name = 'multisite-init', kind = 'Pod'): V1Container | undefined {
  return podSpec(chart, kind).initContainers?.find((container) => container.name === name);
}

/** A pod whose own container is as restricted as ours must be. */
export function restrictedPod(chart: Chart): kplus.Pod {
  const pod = new kplus.Pod(chart, 'App', { containers: [{ image: 'app', name: 'app' }] });
  ApiObject.of(pod).addJsonPatch(
    JsonPatch.add('/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );
  return pod;
}
