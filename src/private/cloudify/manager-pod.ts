import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { CloudifyManagerProps } from '../../cloudify-manager-props';
import { CloudifySize } from '../../cloudify-size';
import { checkImage, imageReference, MANAGER_IMAGE, pullPolicy } from '../image';
import { podSpecPath } from '../pod-spec';
import { checkProbe } from '../validation/probe';
import { report } from '../validation/report';
import { checkResources } from '../validation/resources';
import type { ManagerMetadata } from './manager-metadata';

export const HTTP_PORT = 80;
export const HTTPS_PORT = 443;

/** The Deployment of the manager, without a container yet. */
export function managerDeployment(
  scope: Construct,
  { dockerRegistryAuth }: CloudifyManagerProps,
  metadata: ManagerMetadata,
  serviceAccount: kplus.ServiceAccount,
): kplus.Deployment {
  const { name, labelled } = metadata;
  return new kplus.Deployment(scope, 'Deployment', {
    metadata: metadata.named(),
    podMetadata: { labels: { ...labelled.labels }, annotations: { ...labelled.annotations } },
    replicas: 1,
    // No rolling update: two managers would answer at the same time, and would open the same database if it is on a
    // volume.
    strategy: kplus.DeploymentStrategy.recreate(),
    serviceAccount,
    dockerRegistryAuth,
    dns: { hostname: name },
    // The manager connects to itself by its name. The Service of that name answers only when the pod is ready.
    hostAliases: [{ ip: '127.0.0.1', hostnames: [name] }],
  });
}

/** Adds the manager's container, with everything that systemd needs. It must be the first container of the pod. */
export function addManagerContainer(
  scope: Construct,
  deployment: kplus.Deployment,
  props: CloudifyManagerProps,
): kplus.Container {
  const privileged = props.systemd?.privileged ?? true;
  const container = deployment.addContainer({
    name: 'cloudify-manager',
    image: imageReference(props.image, MANAGER_IMAGE),
    imagePullPolicy: pullPolicy(props.image),
    // Not `portNumber`: it adds a startup probe, which would kill the manager while it boots.
    ports: portsOf(props),
    resources: (props.size ?? CloudifySize.small()).resources,
    ...probesOf(props),
    // As process 1, systemd needs root and a writable root file system.
    securityContext: {
      privileged,
      allowPrivilegeEscalation: true,
      ensureNonRoot: false,
      readOnlyRootFilesystem: false,
    },
  });
  report(scope, [
    ...checkImage('image', props.image),
    ...checkResources('size', container.resources),
    ...(['readiness', 'liveness', 'startup'] as const).flatMap((prop) =>
      checkProbe(prop, props[prop], container),
    ),
  ]);
  if (!privileged) {
    addSystemdCapability(deployment, container.name);
  }
  mountForSystemd(scope, container, props);
  return container;
}

function portsOf({ tls }: CloudifyManagerProps): kplus.ContainerPort[] {
  const http = { name: 'http', number: HTTP_PORT };
  return tls === undefined ? [http] : [http, { name: 'https', number: HTTPS_PORT }];
}

function probesOf({ readiness, liveness, startup }: CloudifyManagerProps) {
  return {
    readiness:
      readiness ??
      kplus.Probe.fromCommand(['/scripts/readiness-check.sh'], {
        initialDelaySeconds: Duration.seconds(60),
        periodSeconds: Duration.seconds(30),
        timeoutSeconds: Duration.seconds(10),
      }),
    liveness,
    startup: startup ?? (liveness === undefined ? undefined : untilBooted()),
  };
}

function untilBooted(): kplus.Probe {
  return kplus.Probe.fromTcpSocket({
    port: HTTP_PORT,
    periodSeconds: Duration.seconds(10),
    failureThreshold: 120,
  });
}

/** Uses a patch, because cdk8s-plus-27 names capabilities CAP_…, and container runtimes do not accept such names. */
function addSystemdCapability(deployment: kplus.Deployment, name: string): void {
  const container = `${podSpecPath(deployment)}/containers/0`;
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.test(`${container}/name`, name),
    JsonPatch.add(`${container}/securityContext/capabilities`, { add: ['SYS_ADMIN'] }),
    JsonPatch.add(`${container}/securityContext/seccompProfile`, { type: 'Unconfined' }),
  );
}

function mountForSystemd(
  scope: Construct,
  container: kplus.Container,
  { systemd, hostLocaltime = false }: CloudifyManagerProps,
): void {
  if (systemd?.hostCgroup ?? true) {
    const type = kplus.HostPathVolumeType.DIRECTORY;
    const path = '/sys/fs/cgroup';
    container.mount(path, kplus.Volume.fromHostPath(scope, 'Cgroup', 'cgroup', { path, type }), {
      readOnly: true,
    });
  }
  if (systemd?.runTmpfs ?? true) {
    const medium = kplus.EmptyDirMedium.MEMORY;
    container.mount('/run', kplus.Volume.fromEmptyDir(scope, 'Run', 'run', { medium }));
    container.mount('/run/lock', kplus.Volume.fromEmptyDir(scope, 'RunLock', 'run-lock', { medium }));
  }
  if (hostLocaltime) {
    const type = kplus.HostPathVolumeType.FILE;
    const path = '/etc/localtime';
    container.mount(path, kplus.Volume.fromHostPath(scope, 'Localtime', 'localtime', { path, type }), {
      readOnly: true,
    });
  }
}
