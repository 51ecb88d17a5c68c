import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkPort, mistake } from '../validation/values';
import { addProgramContainer, type Program } from './program-container';

/** The port where no other is given; the program's own default. */
export const DEFAULT_REFRESH_PORT = 9779;

const { TCP } = kplus.Protocol;

/** The ports of refreshers, which cdk8s-plus is not told of (see `addRefresher`). */
const PORTS = new WeakMap<kplus.Container, number>();

/** The name of the refresher that goes with an init container. */
export function refresherName(containerName: string): string {
  return `${containerName}-refresh`;
}

/**
 * Adds the container that keeps the entry fresh while the pod runs. An ordinary one: cdk8s-plus-27 drops
 * the restartPolicy that would make an init container a sidecar.
 */
export function addRefresher(
  scope: Construct,
  pod: kplus.AbstractPod,
  program: Program,
  name: string,
  port: number,
): kplus.Container {
  checkPort(scope, 'refreshPort', port);
  if (pod.restartPolicy !== kplus.RestartPolicy.ALWAYS) {
    mistake(
      scope,
      `${pod.node.path} is a ${pod.kind} that is to complete, and with refresh never would: leave refresh off, and ` +
        'take a credential that outlives the pod (SiteCredential.requested).',
    );
  }
  const container = addProgramContainer(pod, program, {
    name,
    list: 'containers',
    moreArgs: ['--watch', `--port=${port}`],
    // Liveness alone: were it part of the pod's readiness, a refresher that cannot write would take the
    // application out of its Service.
    liveness: kplus.Probe.fromHttpGet('/healthz', { port }),
    // Behind the back of cdk8s-plus, which puts all ports that it knows into the Services and
    // NetworkPolicies that it makes for a pod. The number makes the name unique in the pod, too.
    fields: { ports: [{ name: `refresh-${port}`, containerPort: port }] },
  });
  PORTS.set(container, port);
  scope.node.addValidation({ validate: () => portErrors(pod, container, port) });
  return container;
}

/** A pod's containers share their ports, so that of two with the same one only the first can listen. */
function portErrors(pod: kplus.AbstractPod, refresher: kplus.Container, port: number): string[] {
  return pod.containers
    .filter((other) => other !== refresher && tcpPortsOf(other).includes(port))
    .map(
      (other) =>
        `containers ${refresher.name} and ${other.name} of ${pod.node.path} both listen at port ${port}: give another ` +
        'refreshPort.',
    );
}

function tcpPortsOf(container: kplus.Container): number[] {
  const refreshPort = PORTS.get(container);
  const declared = container.ports.filter(({ protocol }) => (protocol ?? TCP) === TCP);
  return refreshPort === undefined ? declared.map(({ number }) => number) : [refreshPort];
}
