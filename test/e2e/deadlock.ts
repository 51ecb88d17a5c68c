import type { V1Pod } from '@kubernetes/client-node';
import { App, type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, vi } from 'vitest';
import { kubernetesBinary } from '../../devcluster/builds/kubernetes.ts';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { HoldPods, type IMetainit, Metainit } from '../../src/index.ts';
import { nameOf } from '../../start/manifests.ts';
import { APPLY, kubectl } from '../src/kubectl.ts';
import { newChart, yaml } from '../src/manifests.ts';
import { POD_WITHIN, podsOf } from './running-pods.ts';

export const CONTROLLER = 'controller';
export const WEB = 'web';
export const WEB_REPLICAS = 3;
/** The ServiceAccount of the controller, which alone may release pods besides metainit. */
const ACCOUNT = 'controller';

const DELETE = ['delete', '--ignore-not-found', '-f', '-'];

/**
 * A namespace whose pods are all held, the controller that releases them, which is held too, and an application that
 * waits for the controller.
 */
export class Deadlock {
  readonly namespace: string;
  readonly gate: string;
  /** A namespace with this label is held. */
  readonly holdLabel: string;
  readonly metainit: IMetainit;
  /** The objects of metainit. */
  readonly metainitChart: Chart;
  readonly #hold: Chart;

  /**
   * @param namespace also the name of the policies; the gate and the label of held namespaces begin with it
   * @param addMetainit adds metainit to its chart
   */
  constructor(namespace: string, addMetainit: (chart: Chart, holdLabel: string) => IMetainit) {
    this.namespace = namespace;
    this.gate = `${namespace}.example.com/hold`;
    this.holdLabel = this.gate;
    const app = new App();
    this.metainitChart = newChart(undefined, app, 'metainit');
    this.metainit = addMetainit(this.metainitChart, this.holdLabel);
    this.#hold = newChart(undefined, app, 'hold');
    this.#addHold(this.#hold);
  }

  #addHold(chart: Chart): void {
    const { namespace, gate, holdLabel, metainit } = this;
    new kplus.Namespace(chart, 'Namespace', {
      metadata: { name: namespace, labels: { [holdLabel]: 'true' } },
    });
    new HoldPods(chart, 'Hold', {
      gate,
      namespaces: kplus.Namespaces.select(chart, 'Held', { labels: { [holdLabel]: 'true' } }),
      metainit,
      mayRemoveGate: [
        kplus.ServiceAccount.fromServiceAccountName(chart, 'Controller', ACCOUNT, {
          namespaceName: namespace,
        }),
      ],
      maySetLabel: [kplus.Group.fromName(chart, 'Admins', 'system:masters')],
      kubernetesVersion: '1.36',
      metadata: { name: namespace },
    });
  }

  /** Applies the hold, waits until the API server obeys it, and then creates the controller and the application. */
  async apply(): Promise<void> {
    await kubectl(APPLY, yaml(this.#hold));
    await this.#untilHeld();
    await kubectl(APPLY, yaml(await this.#workloads()));
  }

  /** Deletes everything but metainit. */
  async delete(): Promise<void> {
    await kubectl(DELETE, yaml(this.#hold));
  }

  /** Waits until the API server adds the gate to new pods, and refuses pods that have a node already. */
  async #untilHeld(): Promise<void> {
    const dryRun = [...APPLY, '-n', this.namespace, '--dry-run=server', '-o', 'json'];
    const pod = barePod('look');
    const bound = { ...pod, spec: { ...pod.spec, nodeName: 'another' } };
    await vi.waitFor(async () => {
      const { spec }: V1Pod = JSON.parse(await kubectl(dryRun, JSON.stringify(pod)));
      expect(spec?.schedulingGates).toEqual([{ name: this.gate }]);
      await expect(kubectl(dryRun, JSON.stringify(bound))).rejects.toThrow('needs the scheduling gate');
    }, POD_WITHIN);
  }

  /** Its pods, once there are as many as wanted. */
  async pods(): Promise<V1Pod[]> {
    return vi.waitFor(async () => {
      const pods = [...(await podsOf(this.namespace, CONTROLLER)), ...(await podsOf(this.namespace, WEB))];
      expect(pods).toHaveLength(1 + WEB_REPLICAS);
      return pods;
    }, POD_WITHIN);
  }

  async #workloads(): Promise<Chart> {
    const chart = newChart(this.namespace, new App(), 'workloads');
    Metainit.addLabel(await addController(chart, this.gate), this.metainit.label);
    new kplus.Deployment(chart, 'Web', {
      metadata: { name: WEB },
      replicas: WEB_REPLICAS,
      terminationGracePeriod: Duration.seconds(0), // busybox as process 1 hears no SIGTERM
      containers: [busybox(['sleep', '1d'])],
    });
    return chart;
  }
}

/** Releases every pod of its namespace that has no node, as soon as it sees the pod. */
async function addController(chart: Chart, gate: string): Promise<kplus.Deployment> {
  const serviceAccount = new kplus.ServiceAccount(chart, 'Account', { metadata: { name: ACCOUNT } });
  const rights = new kplus.Role(chart, 'Rights', { metadata: { name: ACCOUNT } });
  rights.allow(['get', 'list', 'watch', 'patch'], kplus.ApiResource.PODS);
  rights.bind(serviceAccount);
  const patch = JSON.stringify({ spec: { schedulingGates: [{ $patch: 'delete', name: gate }] } });
  const held = 'kubectl get pods --watch --field-selector=spec.nodeName= --output=name';
  const release = `while read -r pod; do kubectl patch "$pod" --patch='${patch}'; done`;
  const deployment = new kplus.Deployment(chart, 'Controller', {
    metadata: { name: CONTROLLER },
    replicas: 1,
    serviceAccount,
    automountServiceAccountToken: true,
    terminationGracePeriod: Duration.seconds(0),
    containers: [busybox(['sh', '-c', `${held} | ${release}`])],
  });
  const path = await kubernetesBinary('kubectl');
  const program = kplus.Volume.fromHostPath(chart, 'Kubectl', 'kubectl', { path });
  deployment.containers[0]?.mount('/bin/kubectl', program, { readOnly: true });
  return deployment;
}

function busybox(command: string[]): kplus.ContainerProps {
  return {
    image: BUSYBOX_IMAGE,
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    command,
    resources: { cpu: { request: kplus.Cpu.millis(10) } },
    securityContext: { user: 1000 },
  };
}

/** A pod that the node can run. */
export function barePod(name: string): V1Pod {
  const container = { name: 'app', image: BUSYBOX_IMAGE, command: ['sleep', '1d'] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

/** The names of the gates that pods have, by the name of the pod. */
export function gatesOf(pods: readonly V1Pod[]): Record<string, string[]> {
  return Object.fromEntries(
    pods.map((pod) => [nameOf(pod), (pod.spec?.schedulingGates ?? []).map(({ name }) => name)]),
  );
}
