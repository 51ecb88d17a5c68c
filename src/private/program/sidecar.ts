import type * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkKubernetesVersion, minorOf, OLDEST_VERSION } from '../validation/kubernetes-version';
import type { Program } from './program-container';
import { addWatchingContainer } from './refresher';

interface RefreshingProps {
  readonly refresh?: boolean;
  readonly sidecar?: boolean;
  readonly refreshPort?: number;
  readonly kubernetesVersion?: string;
}

/** Checks that the props about refreshing do not contradict each other. */
export function checkRefreshing({
  refresh,
  sidecar,
  refreshPort,
  kubernetesVersion,
}: RefreshingProps): string[] {
  return [
    ...(refreshPort !== undefined && !refresh && !sidecar
      ? ['refreshPort needs refresh or sidecar: give one of these two, or leave out refreshPort.']
      : []),
    ...(refresh && sidecar
      ? ['sidecar and refresh exclude each other, because a sidecar refreshes too: leave out refresh.']
      : []),
    ...checkVersion(sidecar, kubernetesVersion),
  ];
}

function checkVersion(sidecar = false, version = OLDEST_VERSION): string[] {
  const mistakes = checkKubernetesVersion(version);
  return sidecar && mistakes.length === 0 && minorOf(version) < 29
    ? [
        `sidecar needs Kubernetes 1.29, and kubernetesVersion is ${version}. On ${version} the pod would wait for ever: if your ` +
          'oldest cluster is newer, give its version, otherwise use refresh.',
      ]
    : mistakes;
}

/**
 * Adds one container in place of an init container and a refresher: a native sidecar, which the kubelet starts before
 * the pod's containers and ends after them (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).
 */
export function addSidecar(
  scope: Construct,
  pod: kplus.AbstractPod,
  program: Program,
  name: string,
  port: number,
): kplus.Container {
  return addWatchingContainer(scope, pod, program, port, {
    name,
    list: 'initContainers',
    newFields: {
      restartPolicy: 'Always',
      livenessProbe: { httpGet: { path: '/healthz', port }, failureThreshold: 3 },
      // The pod's containers start only after the entry is written. A startup probe would be slower, because the
      // kubelet runs it only once per second.
      lifecycle: { postStart: { exec: { command: [program.name, `--until-written=${port}`] } } },
    },
  });
}
