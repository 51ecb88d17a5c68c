import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ApiObjectPod, type TheirContainer } from '../api-object-pod';
import type { AppModel } from '../app-model';
import { AppRecord } from '../app-record';
import { podPath } from '../pod-spec';
import { report, reportAtSynthesis } from '../validation/report';
import { checkPort } from '../validation/values';
import { addProgramContainer, type Program } from './program-container';

/** The port where no other is given; the program's own default. */
export const DEFAULT_REFRESH_PORT = 9779;

const { TCP } = kplus.Protocol;

/** The name of the refresher that goes with an init container. */
export function refresherName(containerName: string): string {
  return `${containerName}-refresh`;
}

/** Adds the container that keeps the entry fresh while the pod runs. */
export function addRefresher(
  scope: Construct,
  pod: kplus.AbstractPod,
  program: Program,
  name: string,
  port: number,
): kplus.Container {
  report(scope, [...checkPort('refreshPort', port), ...checkRestartPolicy(pod)]);
  const container = addProgramContainer(pod, program, {
    name,
    list: 'containers',
    moreArgs: ['--watch', `--port=${port}`],
    // Liveness alone: were it part of the pod's readiness, a refresher that cannot write would take the
    // application out of its Service.
    liveness: kplus.Probe.fromHttpGet('/healthz', { port }),
    fields: portFields(port),
  });
  reportPort(scope, pod, container, port);
  return container;
}

/**
 * Not told to cdk8s-plus, which puts all ports that it knows into the Services and NetworkPolicies that it makes for a pod. The
 * number makes the name unique in the pod, too.
 */
export function portFields(port: number) {
  return { ports: [{ name: `refresh-${port}`, containerPort: port }] };
}

/** Has the synthesis fail where another container listens at the port. */
export function reportPort(
  scope: Construct,
  pod: kplus.AbstractPod,
  container: kplus.Container,
  port: number,
): void {
  AppRecord.of(scope).refreshPorts.set(container, port);
  reportAtSynthesis(scope, ({ refreshPorts }) => checkSharedPort(pod, container, port, refreshPorts));
}

function checkRestartPolicy(pod: kplus.AbstractPod): string[] {
  return pod.restartPolicy === kplus.RestartPolicy.ALWAYS
    ? []
    : [
        `${podPath(pod)} is a ${pod.kind} that is to complete, and with refresh never would: leave refresh off, and ` +
          'take a credential that outlives the pod (SiteCredential.requested).',
      ];
}

/** A pod's containers share their ports, so that of two with the same one only the first can listen. */
function checkSharedPort(
  pod: kplus.AbstractPod,
  refresher: kplus.Container,
  port: number,
  refreshPorts: AppModel['refreshPorts'],
): string[] {
  const theirs = pod instanceof ApiObjectPod ? pod.theirContainers : [];
  const others = [
    ...theirs.filter((other) => theirTcpPorts(other).includes(port)),
    ...[...pod.initContainers.filter((other) => refreshPorts.has(other)), ...pod.containers].filter(
      (other) => other !== refresher && tcpPortsOf(other, refreshPorts.get(other)).includes(port),
    ),
  ];
  return others.map(
    (other) =>
      `containers ${refresher.name} and ${other.name} of ${podPath(pod)} both listen at port ${port}: give another ` +
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
