import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject, type V1Pod } from '@kubernetes/client-node';
import type { ControlPlane } from '../devcluster/control-plane/control-plane.ts';
import { type Outcome, runKubectl, succeeded } from '../devcluster/control-plane/kubectl.ts';
import { apply } from './apply.ts';
import { examplePod, NAMESPACE } from './deadlock-objects.ts';
import { podSpec } from './init-program.ts';
import { outputOf, runPodProgram } from './pod-program.ts';
import { requestToken, writeServiceAccount } from './service-account.ts';

const POLL_MS = 100;
/** The API server applies a new policy after a moment. */
const IN_FORCE_WITHIN_MS = 30_000;

/** What the steps of the deadlock do with the API server. */
export interface Stage {
  /** Applies objects in this order. */
  apply(objects: readonly KubernetesObject[]): Promise<void>;
  /** Waits until new pods get a gate, and until pods that cannot have the gate are refused. */
  untilHeld(gate: string): Promise<void>;
  /** Waits until a Deployment has its pod. */
  untilPod(deployment: string): Promise<void>;
  /** Removes a gate of the pod of a Deployment, and nothing else. @param flags more flags of kubectl */
  removeGate(deployment: string, gate: string, ...flags: string[]): Promise<Outcome>;
  /** @throws if the pods of the Deployments have other gates */
  expectGates(gates: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** `kubectl get` in the namespace, and its output, as a terminal shows them. */
  typed(resource: string, ...flags: string[]): Promise<string[]>;
  /** Runs metainit once, as the pod of its Deployment would. Returns what it says, in lines. */
  runMetainit(deployment: KubernetesObject): Promise<string[]>;
}

/** @param folder for temporary files */
export function createStage(controlPlane: ControlPlane, folder: string, interrupted: AbortSignal): Stage {
  const { kubeconfig, host, port, ca } = controlPlane;
  const admin = new KubeConfig();
  admin.loadFromFile(kubeconfig);
  const kubectl = (args: readonly string[], stdin?: object) =>
    runKubectl(kubeconfig, ['-n', NAMESPACE, ...args], {
      signal: interrupted,
      ...(stdin !== undefined && { stdin: JSON.stringify(stdin) }),
    });
  const dryRun = (pod: V1Pod) =>
    kubectl(['create', '--dry-run=server', '--output=json', '--filename=-'], pod);
  return {
    apply: async (objects) => {
      for (const object of objects) {
        interrupted.throwIfAborted();
        await apply(admin, object);
      }
    },
    untilHeld: async (gate) => {
      const deadline = AbortSignal.timeout(IN_FORCE_WITHIN_MS);
      for (;;) {
        const held = await dryRun(examplePod());
        const refused = await dryRun(examplePod({ nodeName: 'example' }));
        if (held.stdout.includes(gate) && refused.stderr.includes(gate)) {
          return;
        }
        if (deadline.aborted) {
          throw new Error(
            `the API server does not apply the policies. ${held.stderr}${refused.stderr}`.trim(),
          );
        }
        await setTimeout(POLL_MS, undefined, { signal: interrupted });
      }
    },
    untilPod: async (deployment) => {
      await succeeded(kubectl(['wait', '--for=create', ...podOf(deployment), '--timeout=60s']));
    },
    removeGate: async (deployment, gate, ...flags) => {
      const pod = await succeeded(kubectl(['get', ...podOf(deployment), '--output=name']));
      const schedulingGates = [{ $patch: 'delete', name: gate }];
      const patch = JSON.stringify({ spec: { schedulingGates } });
      return kubectl(['patch', pod.trim(), `--patch=${patch}`, ...flags]);
    },
    expectGates: async (expected) => {
      for (const [deployment, gates] of Object.entries(expected)) {
        const output = '--output=jsonpath={.items[*].spec.schedulingGates[*].name}';
        const found = await succeeded(kubectl(['get', ...podOf(deployment), output]));
        if (found !== gates.join(' ')) {
          throw new Error(
            `expected the gates "${gates.join(' ')}" on the pod of ${deployment}, but found "${found}"`,
          );
        }
      }
    },
    typed: async (resource, ...flags) => {
      const output = await succeeded(kubectl(['get', resource, ...flags]));
      const lines = output.trimEnd().split('\n');
      return [
        `$ kubectl get ${[resource, '-n', NAMESPACE, ...flags].join(' ')}`,
        ...lines.map((line) => line.trimEnd()),
      ];
    },
    runMetainit: async ({ metadata, ...deployment }) => {
      const { containers, serviceAccountName = '' } = podSpec(deployment);
      const serviceAccountDirectory = join(folder, 'serviceaccount');
      const token = await requestToken(admin, metadata?.namespace ?? '', serviceAccountName);
      await writeServiceAccount(serviceAccountDirectory, token, ca);
      const args = ['--once', ...(containers[0]?.args ?? [])];
      const pod = { host, port: String(port), serviceAccountDirectory };
      const output = outputOf(await runPodProgram('metainit', args, pod, interrupted));
      return output.split('\n').map((line) => line.replace(/^metainit: /, ''));
    },
  };
}

function podOf(deployment: string): string[] {
  return ['pod', `--selector=app=${deployment}`];
}
