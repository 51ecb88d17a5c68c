import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { kubernetesBinary } from '../devcluster/builds/kubernetes.ts';
import { nodePrograms } from '../devcluster/builds/node-programs.ts';
import { type ControlPlane, startControlPlane } from '../devcluster/control-plane/control-plane.ts';
import { type Outcome, runKubectl, succeeded } from '../devcluster/control-plane/kubectl.ts';
import { BUSYBOX_IMAGE } from '../devcluster/images/busybox-image.ts';
import { ensureImages } from '../devcluster/images/images.ts';
import { checkNodeRequirements } from '../devcluster/node/check-requirements.ts';
import { type Node, startNode } from '../devcluster/node/start-node.ts';
import { apply } from './apply.ts';
import { startBuild, waitForBuild } from './build.ts';
import { cleaningUp } from './cleaning-up.ts';
import { CONTEXT, deployCommand, KUBECONFIG } from './deploy.ts';
import { prepareEdge } from './edge-site.ts';
import { hostPathVolume } from './host-path-volume.ts';
import { flagOf, initContainer, podSpec, siteAccount } from './init-program.ts';
import { nameOf, only, synthesize } from './manifests.ts';
import { bothOrNone, ensureControlPlanePrograms, stopBoth } from './own-control-planes.ts';
import { enterByHand, type Site, showPromise } from './show-promise.ts';
import type { Steps } from './steps.ts';
import { type DocumentRef, readDocument } from './written-kubeconfig.ts';

const NAMESPACE = 'cloudify';
const COMPONENTS = 'components';

const WHO_AM_I = join(import.meta.dirname, 'who-am-i.py');

const POLL_MS = 500;
/** The kubelet updates a changed ConfigMap in a running pod within about a minute. */
const MOUNTED_WITHIN_MS = 120_000;

/** Shows the main job in pods: Cloudify Manager gets its kubeconfig, and deploys with it. */
export async function showOnNode(steps: Steps, interrupted: AbortSignal): Promise<void> {
  await checkNodeRequirements(); // before the builds, which take minutes
  const build = startBuild(interrupted);
  try {
    const [node, edge] = await startNodeAndEdge(steps, interrupted);
    const cleanUp = async () => {
      await stopBoth(node, edge);
      return 'node and control plane stopped and removed';
    };
    await cleaningUp(steps, cleanUp, async () => {
      await waitForBuild(steps, build);
      await mainJob(steps, node, edge, interrupted);
    });
  } finally {
    await build.stop();
  }
}

function startNodeAndEdge(steps: Steps, signal: AbortSignal): Promise<[Node, ControlPlane]> {
  return steps.run('node', async (onProgress) => {
    await ensureControlPlanePrograms(onProgress, signal);
    await kubernetesBinary('kubectl', onProgress, signal);
    await nodePrograms(onProgress, signal);
    const images = await ensureImages(onProgress); // after the programs: if Go is missing, nobody waits for the images
    const value = await bothOrNone(
      startNode({ images, onProgress, signal }),
      startControlPlane({ onProgress, signal }),
    );
    const [node, edge] = value;
    return {
      summary: `Kubernetes ${node.version}: central is a whole node`,
      details: [
        `central  ${node.url}, with kubelet, containerd and a network of pods`,
        `edge     ${edge.url}, only a control plane`,
      ],
      value,
    };
  });
}

async function mainJob(
  steps: Steps,
  node: Node,
  edge: ControlPlane,
  interrupted: AbortSignal,
): Promise<void> {
  const { folder } = node; // removed with the node, even if this process is killed
  const objects = await steps.run('synth', async () => {
    const options = { componentNamespace: COMPONENTS, signal: interrupted };
    const value = await synthesize(NAMESPACE, join(folder, 'dist'), options);
    return { summary: `${value.length} objects; workloads go to ${COMPONENTS}`, value };
  });
  const deployment = only(objects, 'Deployment');
  const admin = new KubeConfig();
  admin.loadFromFile(node.kubeconfig);
  const applyAll = async (wanted: readonly KubernetesObject[]) => {
    for (const object of wanted) {
      interrupted.throwIfAborted();
      await apply(admin, object);
    }
  };
  await steps.run('apply', async () => {
    const claim = only(objects, 'PersistentVolumeClaim');
    const volume = hostPathVolume('cloudify-manager', join(node.folder, 'cloudify-manager'), claim);
    await applyAll([volume, ...objects.filter((object) => object !== deployment)]);
    return {
      summary: 'all objects except the Deployment, and a PersistentVolume for the claim',
      value: undefined,
    };
  });

  const container = initContainer(deployment);
  const document: DocumentRef = {
    kubeConfig: admin,
    namespace: NAMESPACE,
    configMap: flagOf(container, 'configmap'),
    key: flagOf(container, 'key'),
  };
  await enterByHand(steps, document);
  const edgeSite = await steps.run('credentials', async () => ({
    summary: 'tokens for the program in edge',
    value: await prepareEdge({ own: edge, central: node, document, folder, interrupted }),
  }));
  const kubectl: Kubectl = (args, stdin) =>
    runKubectl(node.kubeconfig, args, { signal: interrupted, ...(stdin !== undefined && { stdin }) });
  const central = await podSite(kubectl, deployment, () => applyAll([deployment]));
  await showPromise(steps, document, [central, edgeSite]);
  await showManager(steps, kubectl, nameOf(deployment), document, interrupted);
  await showDeploying(steps, kubectl, nameOf(deployment));
}

type Kubectl = (args: readonly string[], stdin?: string) => Promise<Outcome>;

/** The site of the manager's pod. The pod's init container writes it. */
async function podSite(
  kubectl: Kubectl,
  deployment: KubernetesObject,
  applyDeployment: () => Promise<void>,
): Promise<Site> {
  const container = initContainer(deployment);
  const manager = nameOf(deployment);
  const whoAmI = await readFile(WHO_AM_I, 'utf8');
  return {
    name: flagOf(container, 'location'),
    how: "in the manager's init container",
    account: `system:serviceaccount:${NAMESPACE}:${siteAccount(container)}`,
    register: async () => {
      await applyDeployment();
      await untilPhase(kubectl, `--selector=app.kubernetes.io/instance=${manager}`, 'Running');
      return logOf(kubectl, `deployment/${manager}`);
    },
    registerAgain: async () => {
      const pod = podOfInitContainer(deployment);
      await succeeded(kubectl(['create', '--filename=-'], JSON.stringify(pod)));
      await untilPhase(kubectl, `--field-selector=metadata.name=${nameOf(pod)}`, 'Succeeded');
      return logOf(kubectl, `pod/${nameOf(pod)}`);
    },
    whoAmI: async () => {
      const command = ['python3', '-', KUBECONFIG, CONTEXT];
      return (await succeeded(kubectl(inManager(manager, ...command), whoAmI))).trim();
    },
  };
}

/** A pod with only the init container, for a second run. */
function podOfInitContainer(deployment: KubernetesObject): KubernetesObject {
  const { serviceAccountName, automountServiceAccountToken, volumes } = podSpec(deployment);
  const container = initContainer(deployment);
  const mounted = container.volumeMounts?.map(({ name }) => name);
  const spec = {
    serviceAccountName,
    automountServiceAccountToken,
    restartPolicy: 'Never',
    containers: [container],
    volumes: volumes?.filter(({ name }) => mounted?.includes(name)),
  };
  const metadata = { namespace: NAMESPACE, name: `${nameOf(deployment)}-again` };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec } as KubernetesObject;
}

async function logOf(kubectl: Kubectl, owner: string): Promise<string> {
  const log = ['logs', `--namespace=${NAMESPACE}`, owner, '--container=multisite-init'];
  return succeeded(kubectl(log));
}

/** Waits for a phase. In phase Running, the init containers have succeeded. */
async function untilPhase(kubectl: Kubectl, selector: string, phase: string): Promise<void> {
  const pods = ['pod', `--namespace=${NAMESPACE}`, selector];
  await succeeded(kubectl(['wait', '--for=create', ...pods, '--timeout=60s']));
  await succeeded(kubectl(['wait', `--for=jsonpath={.status.phase}=${phase}`, ...pods, '--timeout=60s']));
}

/** Shows that the running manager reads the sites that were written after its start. */
async function showManager(
  steps: Steps,
  kubectl: Kubectl,
  manager: string,
  document: DocumentRef,
  interrupted: AbortSignal,
): Promise<void> {
  await steps.run('manager', async () => {
    const { text } = await readDocument(document);
    // A change of the pod makes the kubelet update the pod's mounts at once.
    const pod = ['pod', `--namespace=${NAMESPACE}`, `--selector=app.kubernetes.io/instance=${manager}`];
    await succeeded(kubectl(['annotate', ...pod, 'cdk8s-multisite/start=look-again']));
    const deadline = AbortSignal.any([interrupted, AbortSignal.timeout(MOUNTED_WITHIN_MS)]);
    while ((await succeeded(kubectl(inManager(manager, 'cat', KUBECONFIG)))) !== text) {
      await setTimeout(POLL_MS, undefined, { signal: deadline });
    }
    return {
      summary: 'reads the same kubeconfig, byte for byte',
      details: [`in ${KUBECONFIG}`],
      value: undefined,
    };
  });
}

async function showDeploying(steps: Steps, kubectl: Kubectl, manager: string): Promise<void> {
  const deploy = async (namespace: string) => {
    const { command, stdin } = await deployCommand(namespace, 'workload', BUSYBOX_IMAGE);
    return kubectl(inManager(manager, ...command), stdin);
  };
  await steps.run('deploy', async () => {
    const created = (await succeeded(deploy(COMPONENTS))).trim();
    const rollout = ['rollout', 'status', `--namespace=${COMPONENTS}`, 'deployment/workload'];
    await succeeded(kubectl([...rollout, '--timeout=60s']));
    return {
      summary: `with context ${CONTEXT} in the manager; the workload runs`,
      details: [created],
      value: undefined,
    };
  });
  await steps.run('refused', async () => {
    const { exitCode, stderr } = await deploy('default');
    if (exitCode === 0 || !stderr.includes('403')) {
      throw new Error(`expected a refusal (403), but found: ${stderr}`);
    }
    return { summary: 'a deployment to namespace default: 403 Forbidden', value: undefined };
  });
}

/** The arguments of kubectl to run a command in the manager's container. */
function inManager(manager: string, ...command: string[]): string[] {
  const container = [`--namespace=${NAMESPACE}`, `deployment/${manager}`, '--container=cloudify-manager'];
  return ['exec', '--stdin', ...container, '--', ...command];
}
