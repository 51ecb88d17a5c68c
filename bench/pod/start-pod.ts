import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import {
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1ContainerStateTerminated,
  type V1Pod,
} from '@kubernetes/client-node';
import { APPLICATION, type MeasuredPod } from './variants.ts';

const DEADLINE_MS = 60_000;
const POLL_MS = 100;
const NAME = 'measured';

/**
 * Empties the ConfigMap, so that an init container must write. Then runs a pod until its application has ended. Returns
 * the milliseconds from the request that creates the pod to the first instruction of the application, which reports its
 * time.
 */
export async function startPod(
  admin: KubeConfig,
  namespace: string,
  { spec, configMap }: MeasuredPod,
): Promise<number> {
  const core = admin.makeApiClient(CoreV1Api);
  await core.patchNamespacedConfigMap(
    { namespace, name: configMap, body: { data: null } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  const created = await uptime();
  await core.createNamespacedPod({ namespace, body: { metadata: { name: NAME }, spec } });
  try {
    const pod = await untilEnded(core, namespace);
    const { exitCode, message } = applicationOf(pod) ?? {};
    if (exitCode !== 0 || message === undefined) {
      throw new Error(whyFailed(pod));
    }
    return (seconds(message) - created) * 1000;
  } finally {
    await core.deleteNamespacedPod({ namespace, name: NAME, gracePeriodSeconds: 0 });
  }
}

async function untilEnded(core: CoreV1Api, namespace: string): Promise<V1Pod> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const pod = await core.readNamespacedPod({ namespace, name: NAME });
    if (applicationOf(pod) !== undefined || pod.status?.phase === 'Failed') {
      return pod;
    }
    if (Date.now() > deadline) {
      throw new Error(whyFailed(pod));
    }
    await setTimeout(POLL_MS);
  }
}

/** The end of the application. A refresher in the same pod continues to run. */
function applicationOf({ status }: V1Pod): V1ContainerStateTerminated | undefined {
  return status?.containerStatuses?.find(({ name }) => name === APPLICATION)?.state?.terminated;
}

function whyFailed({ status }: V1Pod): string {
  return `the pod did not complete: ${JSON.stringify(status)}`;
}

async function uptime(): Promise<number> {
  return seconds(await readFile('/proc/uptime', 'utf8'));
}

/** Seconds since the boot of the machine, to the hundredth. The value is the same in all containers of the machine. */
function seconds(uptimeText: string): number {
  return Number(uptimeText.split(' ')[0]);
}
