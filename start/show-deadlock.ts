import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { kubernetesBinary } from '../devcluster/builds/kubernetes.ts';
import { type ControlPlane, startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import { succeeded } from '../devcluster/control-plane/kubectl.ts';
import { startBuild, waitForBuild } from './build.ts';
import { cleaningUp } from './cleaning-up.ts';
import { CONTROLLER, CONTROLLER_USER, heldNamespace, NAMESPACE, WEB, workloads } from './deadlock-objects.ts';
import { createStage, type Stage } from './deadlock-stage.ts';
import { only, synthesizeMetainit } from './manifests.ts';
import { checkPlatform, ensureControlPlanePrograms } from './own-control-planes.ts';
import type { Steps } from './steps.ts';

/** The gate of the hold in dist/metainit, and the label of the namespaces whose pods it holds. */
const HOLD = 'k8s.opsani.io/hold';
/** The label of the pods that metainit releases. */
const LABEL = 'k8s.opsani.io/initializer';

/** A table of pods with their gates. */
const GATES = '--output=custom-columns=NAME:.metadata.name,GATES:.spec.schedulingGates[*].name';

/**
 * Shows that a controller cannot start if its own hold catches it, and that metainit releases it. The API server has no
 * node, so metainit and the controller do not run in pods.
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
      const objects = await showSynthesis(steps, folder, interrupted);
      const stage = createStage(controlPlane, folder, interrupted);
      await showHold(steps, stage, objects);
      await showHeldPods(steps, stage);
      await showMetainit(steps, stage, objects);
      await showController(steps, stage);
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

function showSynthesis(steps: Steps, folder: string, interrupted: AbortSignal): Promise<KubernetesObject[]> {
  return steps.run('synth', async () => {
    const releaser = `${NAMESPACE}/${CONTROLLER}`;
    const value = await synthesizeMetainit(releaser, join(folder, 'dist'), interrupted);
    return { summary: `${value.length} objects: metainit, and a hold with the gate ${HOLD}`, value };
  });
}

async function showHold(steps: Steps, stage: Stage, objects: readonly KubernetesObject[]): Promise<void> {
  await steps.run('hold', async () => {
    await stage.apply([heldNamespace(HOLD), ...objects.filter(isPolicy)]);
    await stage.untilHeld(HOLD);
    return {
      summary: `the API server adds the gate to each new pod of namespace ${NAMESPACE}`,
      details: [`only ${CONTROLLER_USER} and metainit may remove the gate`],
      value: undefined,
    };
  });
}

/** Whether an object is part of the hold. */
function isPolicy({ apiVersion = '' }: KubernetesObject): boolean {
  return apiVersion.startsWith('admissionregistration.k8s.io/');
}

async function showHeldPods(steps: Steps, stage: Stage): Promise<void> {
  await steps.run('deploy', async () => {
    await stage.apply(workloads(LABEL));
    await stage.untilPod(CONTROLLER);
    await stage.untilPod(WEB);
    return {
      summary: `${CONTROLLER}, which releases held pods, and ${WEB}, which waits for it`,
      details: [`the pod template of ${CONTROLLER} has the label ${LABEL}`, ...(await stage.typed('pods'))],
      value: undefined,
    };
  });
  await steps.run('deadlock', async () => {
    const { exitCode, stderr } = await stage.removeGate(CONTROLLER, HOLD);
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
    await stage.apply(objects.filter((object) => !isPolicy(object) && object !== deployment));
    const lines = await stage.runMetainit(deployment);
    const [removal, ...more] = lines.filter((line) => line.startsWith('removed '));
    if (!removal?.includes(` pod ${NAMESPACE}/${CONTROLLER}-`) || more.length > 0) {
      throw new Error(`expected metainit to release ${CONTROLLER} alone, but it says:\n${lines.join('\n')}`);
    }
    return {
      summary: `releases the pod with the label ${LABEL}`,
      details: ['npm start runs metainit once, with the rights of its pod', removal],
      value: undefined,
    };
  });
  await steps.run('event', async () => ({
    summary: 'the released pod has an Event',
    details: await stage.typed('events', '--field-selector=reason=Released'),
    value: undefined,
  }));
  await steps.run('released', async () => {
    await stage.expectGates({ [CONTROLLER]: [], [WEB]: [HOLD] });
    return {
      summary: `${CONTROLLER} has no gate: a scheduler would now give it a node`,
      details: await stage.typed('pods', GATES),
      value: undefined,
    };
  });
}

async function showController(steps: Steps, stage: Stage): Promise<void> {
  await steps.run('controller', async () => {
    await succeeded(stage.removeGate(WEB, HOLD, `--as=${CONTROLLER_USER}`));
    await stage.expectGates({ [CONTROLLER]: [], [WEB]: [] });
    return {
      summary: `npm start acts for ${CONTROLLER}, with its rights, and releases ${WEB}`,
      details: await stage.typed('pods', GATES),
      value: undefined,
    };
  });
}
