import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject, type V1Pod } from '@kubernetes/client-node';
import { kubernetesBinary } from '../devcluster/builds/kubernetes.ts';
import { type ControlPlane, startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import { type Outcome, runKubectl, succeeded } from '../devcluster/control-plane/kubectl.ts';
import { apply } from './apply.ts';
import { startBuild, waitForBuild } from './build.ts';
import { cleaningUp } from './cleaning-up.ts';
import {
  CONTROLLER,
  CONTROLLER_USER,
  examplePod,
  heldNamespace,
  NAMESPACE,
  WEB,
  workloads,
} from './deadlock-objects.ts';
import { podSpec } from './init-program.ts';
import { only, synthesizeMetainit } from './manifests.ts';
import { checkPlatform, ensureControlPlanePrograms } from './own-control-planes.ts';
import { outputOf, runPodProgram } from './pod-program.ts';
import { requestToken, writeServiceAccount } from './service-account.ts';
import type { Steps } from './steps.ts';

/** The gate of the hold in dist/metainit, and the label of the namespaces whose pods it holds. */
const HOLD = 'k8s.opsani.io/hold';
/** The label of the pods that metainit releases. */
const LABEL = 'k8s.opsani.io/initializer';

const GATES = '--output=custom-columns=NAME:.metadata.name,GATES:.spec.schedulingGates[*].name';

const POLL_MS = 100;
/** The API server applies a new policy after a moment. */
const IN_FORCE_WITHIN_MS = 30_000;

/**
 * Shows that a controller cannot start if its own hold catches it, and that metainit releases it. The API server has no
 * node, so metainit and the controller run here.
 *
 * @param folder for temporary files
 */
export async function showDeadlock(steps: Steps, folder: string, interrupted: AbortSignal): Promise<void> {
  const build = startBuild(interrupted);
  try {
    const controlPlane = await startOne(steps, interrupted);
    const cleanUp = async () => {
      await controlPlane.stop();
      return 'the control plane stopped, its folder removed';
    };
    await cleaningUp(steps, cleanUp, async () => {
      await waitForBuild(steps, build);
      await mainJob(steps, controlPlane, folder, interrupted);
    });
  } finally {
    await build.stop();
  }
}

function startOne(steps: Steps, signal: AbortSignal): Promise<ControlPlane> {
  return steps.run('control plane', async (onProgress) => {
    checkPlatform();
    await ensureControlPlanePrograms(onProgress, signal);
    await kubernetesBinary('kubectl', onProgress, signal);
    await kubernetesBinary('kube-controller-manager', onProgress, signal);
    const value = await startControlPlane({ workloads: true, onProgress, signal });
    return {
      summary: `etcd, kube-apiserver and kube-controller-manager ${value.version}, without a node`,
      details: [value.url],
      value,
    };
  });
}

type Kubectl = (args: readonly string[], stdin?: object) => Promise<Outcome>;

/** What the steps work with. */
interface Stage {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeConfig;
  readonly kubectl: Kubectl;
  /** The folder for temporary files. */
  readonly folder: string;
  readonly interrupted: AbortSignal;
}

async function mainJob(
  steps: Steps,
  controlPlane: ControlPlane,
  folder: string,
  interrupted: AbortSignal,
): Promise<void> {
  const admin = new KubeConfig();
  admin.loadFromFile(controlPlane.kubeconfig);
  const kubectl: Kubectl = (args, stdin) =>
    runKubectl(controlPlane.kubeconfig, args, {
      signal: interrupted,
      ...(stdin !== undefined && { stdin: JSON.stringify(stdin) }),
    });
  const stage: Stage = { controlPlane, admin, kubectl, folder, interrupted };
  const objects = await steps.run('synth', async () => {
    const releaser = `${NAMESPACE}/${CONTROLLER}`;
    const value = await synthesizeMetainit(releaser, join(folder, 'dist'), interrupted);
    return { summary: `${value.length} objects: metainit, and a hold with the gate ${HOLD}`, value };
  });
  await showHold(steps, stage, objects);
  await showHeldPods(steps, stage);
  await showMetainit(steps, stage, objects);
  await showController(steps, stage);
}

async function applyAll({ admin, interrupted }: Stage, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    interrupted.throwIfAborted();
    await apply(admin, object);
  }
}

async function showHold(steps: Steps, stage: Stage, objects: readonly KubernetesObject[]): Promise<void> {
  await steps.run('hold', async () => {
    await applyAll(stage, [heldNamespace(HOLD), ...objects.filter(isPolicy)]);
    await untilHeld(stage);
    return {
      summary: `the API server adds the gate to each new pod of namespace ${NAMESPACE}`,
      details: [`only ${CONTROLLER_USER} and metainit may remove it`],
      value: undefined,
    };
  });
}

/** Whether an object is part of the hold. */
function isPolicy({ apiVersion = '' }: KubernetesObject): boolean {
  return apiVersion.startsWith('admissionregistration.k8s.io/');
}

/** Waits until new pods get the gate, and until pods that cannot have the gate are refused. */
async function untilHeld({ kubectl, interrupted }: Stage): Promise<void> {
  const deadline = AbortSignal.any([interrupted, AbortSignal.timeout(IN_FORCE_WITHIN_MS)]);
  const dryRun = (pod: V1Pod) =>
    kubectl(['create', '--dry-run=server', '--output=json', '--filename=-'], pod);
  for (;;) {
    const [plain, bound] = [await dryRun(examplePod()), await dryRun(examplePod({ nodeName: 'example' }))];
    if (plain.stdout.includes(HOLD) && bound.stderr.includes(HOLD)) {
      return;
    }
    await setTimeout(POLL_MS, undefined, { signal: deadline });
  }
}

async function showHeldPods(steps: Steps, stage: Stage): Promise<void> {
  await steps.run('deploy', async () => {
    await applyAll(stage, workloads(LABEL));
    for (const app of [CONTROLLER, WEB]) {
      await succeeded(stage.kubectl(['wait', '--for=create', ...podsOf(app), '--timeout=60s']));
    }
    return {
      summary: `${CONTROLLER}, which releases held pods, and ${WEB}, which waits for it`,
      details: await typed(stage, 'get', 'pods'),
      value: undefined,
    };
  });
  await steps.run('deadlock', async () => {
    const { exitCode, stderr } = await removeGate(stage, CONTROLLER);
    const [, refusal] = /denied request: (.*)/.exec(stderr) ?? [];
    if (exitCode === 0 || refusal === undefined) {
      throw new Error(`expected the API server to keep the gate, but kubectl says: ${stderr.trim()}`);
    }
    return {
      summary: `${CONTROLLER} is held too, and not even an administrator may release it`,
      details: [refusal],
      value: undefined,
    };
  });
}

async function showMetainit(steps: Steps, stage: Stage, objects: readonly KubernetesObject[]): Promise<void> {
  await steps.run('metainit', async () => {
    const deployment = only(objects, 'Deployment');
    // No node would run the pods of the Deployment.
    await applyAll(
      stage,
      objects.filter((object) => !isPolicy(object) && object !== deployment),
    );
    const details = (await releaseOnce(stage, deployment)).filter((line) => line.startsWith('removed '));
    if (details.length !== 1 || !details[0]?.includes(`/${CONTROLLER}-`)) {
      throw new Error(
        `expected metainit to release ${CONTROLLER} alone, but it says:\n${details.join('\n')}`,
      );
    }
    return {
      summary: `runs here with the rights of its pod, and releases ${CONTROLLER}`,
      details,
      value: undefined,
    };
  });
  await steps.run('event', async () => ({
    summary: 'the pod says who released it',
    details: await typed(stage, 'get', 'events', '--field-selector=reason=Released'),
    value: undefined,
  }));
  await steps.run('released', async () => {
    await expectGates(stage, { [CONTROLLER]: [], [WEB]: [HOLD] });
    return {
      summary: `a scheduler would now give ${CONTROLLER} a node; ${WEB} still waits`,
      details: await typed(stage, 'get', 'pods', GATES),
      value: undefined,
    };
  });
}

/** Runs metainit once, as its pod would. Returns what it says, in lines. */
async function releaseOnce(
  { controlPlane, admin, folder, interrupted }: Stage,
  deployment: KubernetesObject,
) {
  const { containers, serviceAccountName = '' } = podSpec(deployment);
  const serviceAccountDirectory = join(folder, 'serviceaccount');
  const token = await requestToken(admin, deployment.metadata?.namespace ?? '', serviceAccountName);
  await writeServiceAccount(serviceAccountDirectory, token, controlPlane.ca);
  const pod = { host: controlPlane.host, port: String(controlPlane.port), serviceAccountDirectory };
  const args = ['--once', ...(containers[0]?.args ?? [])];
  const output = outputOf(await runPodProgram('metainit', args, pod, interrupted));
  return output.split('\n').map((line) => line.replace(/^metainit: /, ''));
}

async function showController(steps: Steps, stage: Stage): Promise<void> {
  await steps.run('controller', async () => {
    await succeeded(removeGate(stage, WEB, `--as=${CONTROLLER_USER}`));
    await expectGates(stage, { [CONTROLLER]: [], [WEB]: [] });
    return {
      summary: `npm start does its work, with its rights: ${WEB} is released too`,
      details: await typed(stage, 'get', 'pods', GATES),
      value: undefined,
    };
  });
}

const podsOf = (app: string) => ['pod', `--namespace=${NAMESPACE}`, `--selector=app=${app}`];

/** Removes the gate of the pods of a Deployment, and nothing else. */
async function removeGate({ kubectl }: Stage, app: string, ...flags: string[]): Promise<Outcome> {
  const names = await succeeded(kubectl(['get', ...podsOf(app), '--output=name']));
  const schedulingGates = [{ $patch: 'delete', name: HOLD }];
  const patch = `--patch=${JSON.stringify({ spec: { schedulingGates } })}`;
  return kubectl(['patch', names.trim(), `--namespace=${NAMESPACE}`, patch, ...flags]);
}

/** @throws if the pods of the Deployments have other gates */
async function expectGates({ kubectl }: Stage, expected: Readonly<Record<string, string[]>>): Promise<void> {
  for (const [app, gates] of Object.entries(expected)) {
    const output = '--output=jsonpath={.items[*].spec.schedulingGates[*].name}';
    const found = await succeeded(kubectl(['get', ...podsOf(app), output]));
    if (found !== gates.join(' ')) {
      throw new Error(`expected the gates "${gates.join(' ')}" on the pod of ${app}, but found "${found}"`);
    }
  }
}

/** A command and its output, as a terminal shows them. */
async function typed({ kubectl }: Stage, ...args: string[]): Promise<string[]> {
  const command = [...args, `--namespace=${NAMESPACE}`];
  const output = await succeeded(kubectl(command));
  return [
    `$ kubectl ${command.join(' ')}`,
    ...output
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  ];
}
