import {
  type Allowed,
  containersOf,
  inContainers,
  inPod,
  inPodAndContainers,
  mustBe,
  type RenderedPod,
  type RenderedPodSpec,
  unsetOr,
  valuesAt,
} from './pod-fields';

/** A level of the Pod Security Standards. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Whether a label names a level. */
export function isPodSecurityLevel(level: string | undefined): level is PodSecurityLevel {
  return level !== undefined && Object.hasOwn(CHECKS, level);
}

/** The fields of a pod that are wrong, each with a hint. */
type Check = (pod: RenderedPod) => string[];

/**
 * The fields of a pod that a level forbids, each with a hint. Empty if the level admits the pod.
 *
 * The levels come from https://kubernetes.io/docs/concepts/security/pod-security-standards/. Kubernetes 1.35 changed
 * them last. A test compares them with the API server.
 */
export function checkLevel(pod: RenderedPod, level: PodSecurityLevel): string[] {
  return CHECKS[level].flatMap((check) => check(pod));
}

const inUserNamespace = (spec: RenderedPodSpec) => spec.hostUsers === false;
const onWindows = (spec: RenderedPodSpec) => spec.os?.name === 'windows';

function unless(isExempt: (spec: RenderedPodSpec) => boolean, check: Check): Check {
  return (pod) => (isExempt(pod.spec) ? [] : check(pod));
}

const HANDLERS = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle.postStart',
  'lifecycle.preStop',
];

const LOOSE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const PROFILES = ['RuntimeDefault', 'Localhost'];

const NOT_ROOT: Allowed = { allows: (user) => user !== 0, hint: 'leave it out, or give another user' };

/** The checks that `baseline` and `restricted` have in common. */
const COMMON: readonly Check[] = [
  ...['hostNetwork', 'hostPID', 'hostIPC'].map((field) => inPod(field, unsetOr(false))),
  inContainers('securityContext.privileged', unsetOr(false)),
  inContainers('ports[*].hostPort', unsetOr(0)),
  ...HANDLERS.flatMap((handler) => [
    inContainers(`${handler}.httpGet.host`, unsetOr('')),
    inContainers(`${handler}.tcpSocket.host`, unsetOr('')),
  ]),
  inPodAndContainers('securityContext.appArmorProfile.type', unsetOr(...PROFILES)),
  appArmorAnnotations,
  inPodAndContainers('securityContext.seLinuxOptions.type', unsetOr(...SELINUX_TYPES)),
  inPodAndContainers('securityContext.seLinuxOptions.user', unsetOr('')),
  inPodAndContainers('securityContext.seLinuxOptions.role', unsetOr('')),
  inPodAndContainers('securityContext.windowsOptions.hostProcess', unsetOr(false)),
  inPod('securityContext.sysctls[*].name', unsetOr(...SAFE_SYSCTLS)),
];

/** The checks of `baseline` that are stricter in `restricted`. */
const BASELINE: readonly Check[] = [
  inContainers('securityContext.capabilities.add[*]', unsetOr(...LOOSE_CAPABILITIES)),
  unless(inUserNamespace, inContainers('securityContext.procMount', unsetOr('Default'))),
  inPodAndContainers('securityContext.seccompProfile.type', unsetOr(...PROFILES)),
  hostPathVolumes,
];

const RESTRICTED: readonly Check[] = [
  unless(onWindows, inContainers('securityContext.allowPrivilegeEscalation', mustBe(false))),
  unless(onWindows, inContainers('securityContext.capabilities.add[*]', unsetOr('NET_BIND_SERVICE'))),
  unless(onWindows, capabilitiesNotDropped),
  unless(onWindows, inPodAndContainers('securityContext.seccompProfile.type', mustBe(...PROFILES))),
  unless(inUserNamespace, inPodAndContainers('securityContext.runAsNonRoot', mustBe(true))),
  unless(inUserNamespace, inPodAndContainers('securityContext.runAsUser', NOT_ROOT)),
  inContainers('securityContext.procMount', unsetOr('Default')),
  restrictedVolumes,
];

const CHECKS: Readonly<Record<PodSecurityLevel, readonly Check[]>> = {
  privileged: [],
  baseline: [...COMMON, ...BASELINE],
  restricted: [...COMMON, ...RESTRICTED],
};

function appArmorAnnotations({ metadata }: RenderedPod): string[] {
  return Object.entries(metadata?.annotations ?? {})
    .filter(([name]) => name.startsWith('container.apparmor.security.beta.kubernetes.io/'))
    .filter(([, profile]) => !/^$|^runtime\/default$|^localhost\//.test(profile))
    .map(([name, profile]) => {
      const hint = 'leave it out, or give "runtime/default" or "localhost/…"';
      return `the pod: annotation ${name} is ${JSON.stringify(profile)}: ${hint}`;
    });
}

function capabilitiesNotDropped({ spec }: RenderedPod): string[] {
  const field = 'securityContext.capabilities.drop';
  return containersOf(spec)
    .filter((container) => !valuesAt(container, `${field}[*]`).some(({ value }) => value === 'ALL'))
    .map(({ name }) => `container ${name}: ${field} has no "ALL": add it`);
}

function hostPathVolumes(pod: RenderedPod): string[] {
  return volumeTypes(pod)
    .filter(({ type }) => type === 'hostPath')
    .map(({ name }) => `volume ${name} is a hostPath: use a volume of another type`);
}

function restrictedVolumes(pod: RenderedPod): string[] {
  return volumeTypes(pod)
    .filter(({ type }) => !RESTRICTED_VOLUMES.includes(type))
    .map(({ name, type }) => `volume ${name} is of type ${type}: use ${RESTRICTED_VOLUMES.join(' or ')}`);
}

/** The type of a volume is the name of its one field besides `name`. A volume without such a field is an emptyDir. */
function volumeTypes({ spec }: RenderedPod): { name: string; type: string }[] {
  return (spec.volumes ?? []).flatMap(({ name, ...source }) =>
    Object.entries(source)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([type]) => ({ name, type })),
  );
}
