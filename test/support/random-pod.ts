import type {
  V1Container,
  V1LifecycleHandler,
  V1Pod,
  V1PodSecurityContext,
  V1PodSpec,
  V1SecurityContext,
  V1Volume,
} from '@kubernetes/client-node';
import fc from 'fast-check';

type Source = Omit<V1Volume, 'name'>;

/** The first far more often than each of the others, so that many pods have one thing wrong, and many none. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** Every field of these, each left out most of the time. */
const profiles = {
  seccompProfile: mostly<V1SecurityContext['seccompProfile']>(
    undefined,
    { type: 'RuntimeDefault' },
    { type: 'Localhost', localhostProfile: 'app' },
    { type: 'Unconfined' },
  ),
  appArmorProfile: mostly<V1SecurityContext['appArmorProfile']>(
    undefined,
    { type: 'RuntimeDefault' },
    { type: 'Localhost', localhostProfile: 'app' },
    { type: 'Unconfined' },
  ),
  seLinuxOptions: mostly<V1SecurityContext['seLinuxOptions']>(
    undefined,
    { level: 's0' },
    { type: '', user: '', role: '' },
    { type: 'container_t' },
    { type: 'container_init_t' },
    { type: 'container_kvm_t' },
    { type: 'container_engine_t' },
    { type: 'container_logreader_t' },
    { type: 'spc_t' },
    { user: 'system_u' },
    { role: 'sysadm_r' },
  ),
  runAsUser: mostly<number | undefined>(undefined, 0, 1000),
};

const CAPABILITIES = (
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID ' +
  'SYS_CHROOT NET_RAW SYS_ADMIN kill ALL'
).split(' ');

const capabilities = fc.oneof(
  { weight: 12, arbitrary: fc.constant<V1SecurityContext['capabilities']>({ drop: ['ALL'] }) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        add: fc.subarray(CAPABILITIES, { maxLength: 2 }),
        drop: mostly(['ALL'], [], ['KILL'], ['KILL', 'ALL'], ['all']),
      },
      { requiredKeys: [] },
    ),
  },
);

const containerSecurity: fc.Arbitrary<V1SecurityContext> = fc.record({
  ...profiles,
  allowPrivilegeEscalation: mostly<boolean | undefined>(false, true, undefined),
  capabilities,
  privileged: mostly<boolean | undefined>(undefined, false, true),
  procMount: fc.constantFrom(undefined, undefined, undefined, 'Default', 'Unmasked'),
  runAsNonRoot: mostly<boolean | undefined>(undefined, false, true),
  windowsOptions: mostly<V1SecurityContext['windowsOptions']>(undefined, { hostProcess: false }),
});

const SYSCTLS = (
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports ' +
  'net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.ipv4.tcp_fin_timeout ' +
  'net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time net.ipv4.tcp_rmem ' +
  'net.ipv4.tcp_syncookies net.ipv4.tcp_wmem net.ipv4.tcp_mem kernel.msgmax'
).split(' ');

const sysctls = fc.oneof(
  { weight: 3, arbitrary: fc.constant<V1PodSecurityContext['sysctls']>([]) },
  {
    weight: 1,
    arbitrary: fc
      .subarray(SYSCTLS, { minLength: 1, maxLength: 2 })
      .map((names) => names.map((name) => ({ name, value: '1' }))),
  },
);

const podSecurity: fc.Arbitrary<V1PodSecurityContext> = fc.record({
  ...profiles,
  runAsNonRoot: mostly<boolean | undefined>(true, false, undefined),
  seccompProfile: mostly<V1SecurityContext['seccompProfile']>(
    { type: 'RuntimeDefault' },
    { type: 'Localhost', localhostProfile: 'app' },
    { type: 'Unconfined' },
    undefined,
  ),
  sysctls,
});

const handler = mostly<V1LifecycleHandler | undefined>(
  undefined,
  { httpGet: { port: 80 } },
  { httpGet: { port: 80, host: '' } },
  { httpGet: { port: 80, host: '10.0.0.1' } },
  { tcpSocket: { port: 80 } },
  { tcpSocket: { port: 80, host: 'elsewhere' } },
);

/** What of an init container only a sidecar may have. */
const handlers = fc.record({
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: fc.record({ postStart: handler, preStop: handler }),
});

/** Ports are left to {@link assembled}, since no two containers may have the same. */
const container = fc.record({
  securityContext: mostly<fc.Arbitrary<V1SecurityContext | undefined>>(
    containerSecurity,
    fc.constant(undefined),
  ).chain((securityContext) => securityContext),
  handlers,
  hostPort: mostly<'none' | 'zero' | 'same'>('none', 'zero', 'same'),
});

const SOURCES: readonly Source[] = [
  {},
  { configMap: { name: 'x' } },
  { csi: { driver: 'x' } },
  { downwardAPI: {} },
  { emptyDir: {} },
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  },
  { image: { reference: 'x' } },
  { persistentVolumeClaim: { claimName: 'x' } },
  { projected: { sources: [{ configMap: { name: 'x' } }] } },
  { secret: { secretName: 'x' } },
];

const HOST_PATH: Source = { hostPath: { path: '/x' } };

const OTHER_SOURCES: readonly Source[] = [
  { awsElasticBlockStore: { volumeID: 'x' } },
  { azureDisk: { diskName: 'x', diskURI: 'https://blob/x' } },
  { azureFile: { secretName: 'x', shareName: 'x' } },
  { cephfs: { monitors: ['x'] } },
  { cinder: { volumeID: 'x' } },
  { fc: { targetWWNs: ['x'], lun: 1 } },
  { flexVolume: { driver: 'x/y' } },
  { flocker: { datasetName: 'x' } },
  { gcePersistentDisk: { pdName: 'x' } },
  { gitRepo: { repository: 'x' } },
  { glusterfs: { endpoints: 'x', path: 'x' } },
  { iscsi: { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:x', lun: 1 } },
  { nfs: { server: 'x', path: '/x' } },
  { photonPersistentDisk: { pdID: 'x' } },
  { portworxVolume: { volumeID: 'x' } },
  { quobyte: { registry: 'x:1', volume: 'x' } },
  { rbd: { monitors: ['x'], image: 'x' } },
  { scaleIO: { gateway: 'x', system: 'x', volumeName: 'x', secretRef: { name: 'x' } } },
  { storageos: { volumeName: 'x' } },
  { vsphereVolume: { volumePath: 'x' } },
];

const volumes = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...SOURCES) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_SOURCES) },
    { weight: 1, arbitrary: fc.constant(HOST_PATH) },
  ),
  { maxLength: 2 },
);

const ingredients = fc.record({
  containers: fc.array(container, { minLength: 1, maxLength: 2 }),
  initContainers: fc.array(container, { maxLength: 1 }),
  sidecars: fc.array(container, { maxLength: 1 }),
  securityContext: podSecurity,
  hostProcess: mostly<'nowhere' | 'pod' | 'containers'>('nowhere', 'pod', 'containers'),
  volumes,
  appArmor: mostly<string | undefined>(undefined, '', 'runtime/default', 'localhost/app', 'unconfined'),
  os: mostly<'linux' | 'windows' | undefined>(undefined, 'linux', 'windows'),
  host: fc.record<Pick<V1PodSpec, 'hostNetwork' | 'hostPID' | 'hostIPC'>>({
    hostNetwork: mostly<boolean | undefined>(undefined, false, true),
    hostPID: mostly<boolean | undefined>(undefined, false, true),
    hostIPC: mostly<boolean | undefined>(undefined, false, true),
  }),
  hostUsers: fc.constantFrom(undefined, undefined, true, false),
});

type Ingredients = typeof ingredients extends fc.Arbitrary<infer T> ? T : never;
type Ingredient = typeof container extends fc.Arbitrary<infer T> ? T : never;

/** The pod of these ingredients, less what the API server takes from no pod at all, whatever the level. */
function assembled(given: Ingredients): V1Pod & { spec: V1PodSpec } {
  const { os } = given;
  const hostProcess = os === 'linux' ? 'nowhere' : given.hostProcess;
  const hostUsers = os === 'windows' || hostProcess !== 'nowhere' ? undefined : given.hostUsers;
  const host = hostOf({ ...given, hostProcess, hostUsers });
  const settled = { ...given, hostProcess, hostUsers, host };

  const containers = given.containers.map((made, index) =>
    containerOf(`app-${index}`, 8000 + index, made, settled),
  );
  const initContainers = [
    ...given.initContainers.map((made, index) =>
      withoutHandlers(containerOf(`init-${index}`, 8010, made, settled)),
    ),
    ...given.sidecars.map((made) => ({
      ...containerOf('sidecar', 8020, made, settled),
      restartPolicy: 'Always',
    })),
  ];
  const securityContext = podSecurityOf(settled);
  const spec: V1PodSpec = {
    ...host,
    hostUsers,
    os: os && { name: os },
    securityContext,
    containers,
    initContainers,
    volumes: given.volumes.map((source, index) => ({ name: `volume-${index}`, ...source })),
  };
  // A field and an annotation that contradict each other are refused.
  const hasField = securityContext.appArmorProfile ?? containers[0]?.securityContext?.appArmorProfile;
  const annotations: Record<string, string> =
    given.appArmor === undefined || hasField
      ? {}
      : { 'container.apparmor.security.beta.kubernetes.io/app-0': given.appArmor };
  return { metadata: { annotations }, spec };
}

function hostOf({ host, hostProcess, hostUsers, os }: Ingredients): Ingredients['host'] {
  if (hostProcess !== 'nowhere') {
    return { ...(os !== 'windows' && host), hostNetwork: true };
  }
  if (hostUsers === false) {
    return {};
  }
  return os === 'windows' ? { hostNetwork: host.hostNetwork } : host;
}

function podSecurityOf({ securityContext, os, hostProcess, host }: Ingredients): V1PodSecurityContext {
  const windowsOptions = hostProcess === 'pod' ? { hostProcess: true } : undefined;
  if (os === 'windows') {
    return { runAsNonRoot: securityContext.runAsNonRoot, windowsOptions };
  }
  const sysctls = host.hostNetwork || host.hostIPC ? [] : securityContext.sysctls;
  return { ...securityContext, sysctls, windowsOptions };
}

function containerOf(name: string, port: number, made: Ingredient, settled: Ingredients): V1Container {
  // With the network of the host a port is the host's, said or not.
  const hostPort = { none: undefined, zero: 0, same: port }[made.hostPort];
  const ports = settled.host.hostNetwork ? [] : [{ containerPort: port, hostPort }];
  const securityContext = containerSecurityOf(made.securityContext, settled);
  return { name, image: 'app', ports, securityContext, ...made.handlers };
}

function containerSecurityOf(
  made: V1SecurityContext | undefined,
  { os, hostProcess, hostUsers }: Ingredients,
): V1SecurityContext | undefined {
  const windowsOptions =
    hostProcess === 'containers'
      ? { hostProcess: true }
      : os === 'linux' || hostProcess === 'pod'
        ? undefined
        : made?.windowsOptions;
  if (made === undefined) {
    return windowsOptions && { windowsOptions };
  }
  if (os === 'windows') {
    return { runAsNonRoot: made.runAsNonRoot, windowsOptions };
  }
  const { allowPrivilegeEscalation, procMount } = made;
  return {
    ...made,
    allowPrivilegeEscalation: made.privileged ? undefined : allowPrivilegeEscalation,
    procMount: hostUsers === false ? procMount : procMount && 'Default',
    windowsOptions,
  };
}

function withoutHandlers({ name, image, ports, securityContext }: V1Container): V1Container {
  return { name, image, ports, securityContext };
}

/** A pod that the API server takes, if the level of its namespace does. */
export const randomPod: fc.Arbitrary<V1Pod & { spec: V1PodSpec }> = ingredients.map(assembled);
