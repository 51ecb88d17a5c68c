import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ApiObjectPod, type TheirContainer } from '../api-object-pod';
import type { AppModel } from '../app-model';
import { AppRecord } from '../app-record';
import { podPath } from '../pod-spec';
import { report, reportAtSynthesis } from '../validation/report';
import { checkPort } from '../validation/values';
import { addProgramContainer, type Program, type ProgramContainerProps } from './program-container';

/** The default port. It is also the program's default. */
export const DEFAULT_REFRESH_PORT = 9779;

const { TCP } = kplus.Protocol;

/** The name of an init container's refresher. */
export function refresherName(containerName: string): string {
  return `${containerName}-refresh`;
}

/** Adds the container that keeps the entry up to date while the pod runs. */
export function addRefresher(
  scope: Construct,
  pod: kplus.AbstractPod,
  program: Program,
  name: string,
  port: number,
): kplus.Container {
  const container = addWatchingContainer(scope, pod, program, port, {
    name,
    list: 'containers',
    // Only a liveness probe. With a readiness probe, a refresher that cannot write would take the application out of
    // its Service.
    liveness: kplus.Probe.fromHttpGet('/healthz', { port }),
  });
  report(scope, checkRestartPolicy(pod));
  return container;
}

/**
 * Adds a container that runs the program with --watch. The synthesis fails if another container listens on the same
 * port.
 */
export function addWatchingContainer(
  scope: Construct,
  pod: kplus.AbstractPod,
  program: Program,
  port: number,
  options: Omit<ProgramContainerProps, 'moreArgs' | 'fields'>,
): kplus.Container {
  report(scope, checkPort('refreshPort', port));
  const container = addProgramContainer(pod, program, {
    ...options,
    moreArgs: ['--watch', `--port=${port}`],
    // cdk8s-plus must not see this port, because it adds every known port to the Services and NetworkPolicies of the
    // pod. The number makes the name unique in the pod.
    fields: { ports: [{ name: `refresh-${port}`, containerPort: port }] },
  });
  AppRecord.of(scope).refreshPorts.set(container, port);
  reportAtSynthesis(scope, ({ refreshPorts }) => checkSharedPort(pod, container, port, refreshPorts));
  return container;
}

function checkRestartPolicy(pod: kplus.AbstractPod): string[] {
  return pod.restartPolicy === kplus.RestartPolicy.ALWAYS
    ? []
    : [
        `${podPath(pod)} is a ${pod.kind} that must complete, and with refresh it would run for ever: leave out refresh, and ` +
          'give a credential that outlives the pod (SiteCredential.requested).',
      ];
}

/** The containers of a pod share their ports: if two use the same port, only the first can listen. */
function checkSharedPort(
  pod: kplus.AbstractPod,
  refresher: kplus.Container,
  port: number,
  refreshPorts: AppModel['refreshPorts'],
): string[] {
  const theirs = pod instanceof ApiObjectPod ? pod.theirRunningContainers : [];
  const others = [
    ...theirs.filter((other) => theirTcpPorts(other).includes(port)),
    ...[...pod.initContainers.filter((other) => refreshPorts.has(other)), ...pod.containers].filter(
      (other) => other !== refresher && tcpPortsOf(other, refreshPorts.get(other)).includes(port),
    ),
  ];
  return others.map(
    (other) =>
      `containers ${refresher.name} and ${other.name} of ${podPath(pod)} both listen on port ${port}: give another ` +
      'refreshPort.',
  );
}

function theirTcpPorts({ ports = [] }: TheirContainer): number[] {
  return ports.filter(({ protocol }) => (protocol ?? TCP) === TCP).map(({ containerPort }) => containerPort);
}

function tcpPortsOf(container: kplus.Container, refreshPort: number | undefined): number[] {
  const declared = container.ports.filter(({ protocol }) => (protocol ?? TCP) === TCP);
  return refreshPort === undefined ? declared.map(({ number }) => number) : [refreshPort];
}
