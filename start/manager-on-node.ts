import { join } from 'node:path';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { type Outcome, runKubectl, succeeded } from '../devcluster/control-plane/kubectl.ts';
import { BUSYBOX_IMAGE } from '../devcluster/images/busybox-image.ts';
import { ensureImages } from '../devcluster/images/images.ts';
import { checkNodeRequirements } from '../devcluster/node/requirements.ts';
import { type Node, startNode } from '../devcluster/node/start-node.ts';
import { progressTo } from '../devcluster/progress.ts';
import { apply } from './apply.ts';
import { CONTEXT, deployCommand, KUBECONFIG } from './deploy.ts';
import { hostPathVolume } from './host-path-volume.ts';
import { nameOf, only, synthesize } from './manifests.ts';
import type { Steps } from './steps.ts';
import { describeContexts } from './written-kubeconfig.ts';

const NAMESPACE = 'cloudify';
const COMPONENTS = 'components';

/** Starts a node for whoever has shown the main job on it; its end belongs to the caller. */
export function startOwnNode(steps: Steps, interrupted: AbortSignal): Promise<Node> {
  return steps.run('node', async () => {
    await checkNodeRequirements(); // before images are built, which takes minutes
    const onProgress = progressTo(process.stderr);
    const images = await ensureImages(onProgress);
    const node = await startNode({ images, onProgress, signal: interrupted });
    return {
      said: `Kubernetes ${node.version}, kubelet, containerd and a network of pods`,
      value: node,
    };
  });
}

/** Shows the main job in pods: Cloudify Manager gets its kubeconfig, and deploys with it. */
export async function showManager(steps: Steps, node: Node, interrupted: AbortSignal): Promise<void> {
  const kubectl: Kubectl = (args, stdin) =>
    runKubectl(node.kubeconfig, args, { signal: interrupted, ...(stdin !== undefined && { stdin }) });
  const manager = await applyManifests(steps, node, interrupted);
  await showInitContainer(steps, kubectl, manager);
  await showKubeconfig(steps, kubectl, manager);
  await showDeploying(steps, kubectl, manager);
}

type Kubectl = (args: readonly string[], stdin?: string) => Promise<Outcome>;

/** @returns the name of the manager's Deployment */
async function applyManifests(steps: Steps, node: Node, interrupted: AbortSignal): Promise<string> {
  const objects = await steps.run('synth', async () => {
    const value = await synthesize(NAMESPACE, join(node.folder, 'dist'), {
      componentNamespace: COMPONENTS,
      signal: interrupted,
    });
    return { said: `${value.length} objects; workloads go to namespace ${COMPONENTS}`, value };
  });
  await steps.run('apply', async () => {
    const claim = only(objects, 'PersistentVolumeClaim');
    const volume = hostPathVolume('cloudify-manager', join(node.folder, 'cloudify-manager'), claim);
    await applyAll(node, [volume, ...objects], interrupted);
    return { said: 'the manifests as they are, and a volume for their claim', value: undefined };
  });
  return nameOf(only(objects, 'Deployment'));
}

async function showInitContainer(steps: Steps, kubectl: Kubectl, manager: string): Promise<void> {
  await steps.run('init container', async () => {
    await untilRunning(kubectl, manager);
    const log = ['logs', `--namespace=${NAMESPACE}`, `deployment/${manager}`, '--container=multisite-init'];
    const details = (await succeeded(kubectl(log))).trim().split('\n');
    return { said: 'ended with 0, the manager runs', details, value: undefined };
  });
}

async function showKubeconfig(steps: Steps, kubectl: Kubectl, manager: string): Promise<void> {
  await steps.run('kubeconfig', async () => {
    const written = new KubeConfig();
    written.loadFromString(await succeeded(kubectl(inManager(manager, 'cat', KUBECONFIG))));
    const said = `${KUBECONFIG} in the running manager:`;
    return { said, details: describeContexts(written), value: undefined };
  });
}

async function showDeploying(steps: Steps, kubectl: Kubectl, manager: string): Promise<void> {
  const deploy = async (namespace: string) => {
    const { command, stdin } = await deployCommand(namespace, 'workload', BUSYBOX_IMAGE);
    return kubectl(inManager(manager, ...command), stdin);
  };
  await steps.run('deploy', async () => {
    const said = (await succeeded(deploy(COMPONENTS))).trim();
    const rollout = ['rollout', 'status', `--namespace=${COMPONENTS}`, 'deployment/workload'];
    await succeeded(kubectl([...rollout, '--timeout=60s']));
    return { said: `by context ${CONTEXT} in the manager: ${said}; it runs`, value: undefined };
  });
  await steps.run('refused', async () => {
    const { exitCode, stderr } = await deploy('default');
    if (exitCode === 0 || !stderr.includes('403')) {
      throw new Error(`expected a refusal, but: ${stderr}`);
    }
    return { said: 'the same for namespace default: 403 Forbidden', value: undefined };
  });
}

/** The arguments of kubectl that run a command in the manager's container. */
function inManager(manager: string, ...command: string[]): string[] {
  const container = [`--namespace=${NAMESPACE}`, `deployment/${manager}`, '--container=cloudify-manager'];
  return ['exec', '--stdin', ...container, '--', ...command];
}

async function applyAll(
  { kubeconfig }: Node,
  objects: readonly KubernetesObject[],
  interrupted: AbortSignal,
): Promise<void> {
  const admin = new KubeConfig();
  admin.loadFromFile(kubeconfig);
  for (const object of objects) {
    interrupted.throwIfAborted();
    await apply(admin, object);
  }
}

/** Its containers run, and so its init container has ended well. Ready it is a minute later. */
async function untilRunning(kubectl: Kubectl, deployment: string): Promise<void> {
  const pods = ['pod', `--namespace=${NAMESPACE}`, `--selector=app.kubernetes.io/instance=${deployment}`];
  await succeeded(kubectl(['wait', '--for=create', ...pods, '--timeout=60s']));
  await succeeded(kubectl(['wait', '--for=jsonpath={.status.phase}=Running', ...pods, '--timeout=60s']));
}
