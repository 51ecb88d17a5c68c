import { CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { ensureBusyboxImage } from '../../devcluster/images/busybox-image.ts';
import { MULTISITE_IMAGE } from '../../devcluster/images/images.ts';
import { buildImage } from '../../devcluster/images/runtime-image.ts';
import { checkNodeRequirements } from '../../devcluster/node/check-requirements.ts';
import { startNode } from '../../devcluster/node/start-node.ts';
import type { Progress } from '../../devcluster/progress.ts';
import { machine } from '../environment.ts';
import { shuffled } from '../shuffled.ts';
import { type Ratio, ratio, type Spread, spread } from '../statistics.ts';
import { startPod } from './start-pod.ts';
import { VARIANTS, type Variant, workload } from './variants.ts';

const NAMESPACE = 'bench';

export interface PodReport {
  readonly machine: string;
  readonly kubernetes: string;
  readonly rounds: number;
  /** Milliseconds from the request that creates a pod to the first instruction of its application. */
  readonly started: Readonly<Record<Variant, Spread>>;
  /** The ratios to the pod without an init container. */
  readonly ratios: Readonly<Record<Variant, Ratio>>;
  /** The added milliseconds, compared with the pod without an init container in the same round. */
  readonly added: Readonly<Record<Variant, Spread>>;
}

/** Measures on a real node how much an init container delays the application. */
export async function benchPod(
  rounds: number,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<PodReport> {
  await checkNodeRequirements();
  onProgress('pod: building images');
  await buildImage(MULTISITE_IMAGE);
  const image = await ensureBusyboxImage();
  const node = await startNode({ images: [MULTISITE_IMAGE, image], onProgress, signal });
  try {
    const admin = new KubeConfig();
    admin.loadFromFile(node.kubeconfig);
    const { objects, pods } = workload(NAMESPACE, image);
    await admin.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: NAMESPACE } } });
    const api = KubernetesObjectApi.makeApiClient(admin);
    for (const object of objects) {
      await api.create(object);
    }

    const samples = byVariant((): number[] => []);
    // The first round fills caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      onProgress(round === 0 ? 'pod: warming up' : `pod: round ${round} of ${rounds}`);
      for (const variant of shuffled(VARIANTS)) {
        signal.throwIfAborted();
        const milliseconds = await startPod(admin, NAMESPACE, pods[variant]);
        if (round > 0) {
          samples[variant].push(milliseconds);
        }
      }
    }
    return { machine: machine(), kubernetes: node.version, rounds, ...compared(samples) };
  } finally {
    await node.stop();
  }
}

function compared(
  samples: Readonly<Record<Variant, number[]>>,
): Pick<PodReport, 'started' | 'ratios' | 'added'> {
  const baseline = samples['no init container'];
  const added = (values: readonly number[]) =>
    spread(values.map((value, round) => value - (baseline[round] ?? Number.NaN)));
  return {
    started: byVariant((variant) => spread(samples[variant])),
    ratios: byVariant((variant) => ratio(samples[variant], baseline)),
    added: byVariant((variant) => added(samples[variant])),
  };
}

function byVariant<T>(value: (variant: Variant) => T): Record<Variant, T> {
  return Object.fromEntries(VARIANTS.map((variant) => [variant, value(variant)])) as Record<Variant, T>;
}
