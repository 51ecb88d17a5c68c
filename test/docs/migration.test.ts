import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  KubernetesObject,
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1Job,
  V1Namespace,
  V1PersistentVolumeClaim,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
} from '@kubernetes/client-node';
import { type Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import {
  CloudifyApiToken,
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  CloudifySize,
  MultisiteInitJob,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { VERSION } from '../../src/version.ts';
import {
  allContainers,
  manifests,
  mistakesIn,
  newChart,
  ofKind,
  podSpec,
  theOnly,
} from '../src/manifests.ts';
import { headings, type Proofs, prove, rowsOf } from './migration.ts';
import { codes } from './tables.ts';

const NAMESPACE = 'onap';
const NAME = 'dcae-cloudify-manager';
const COMPONENTS = { namespaceName: 'dcae' };

/** A chart with the manager; the props may need the chart. */
function chartWith(props: CloudifyManagerProps | ((chart: Chart) => CloudifyManagerProps) = {}): Chart {
  const chart = newChart(NAMESPACE);
  new CloudifyManager(chart, 'Manager', typeof props === 'function' ? props(chart) : props);
  return chart;
}

function pod(chart: Chart) {
  return podSpec(chart, 'Deployment');
}

function deployment(chart: Chart): V1Deployment {
  return theOnly(chart, 'Deployment');
}

function manager(chart: Chart): V1Container {
  return container(chart, 'cloudify-manager');
}

function init(chart: Chart): V1Container {
  return container(chart, 'multisite-init');
}

function container(chart: Chart, name: string): V1Container {
  const found = allContainers(pod(chart)).find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`there is no container ${name}`);
  }
  return found;
}

/** The object of that kind and name, in that namespace. */
function named<T extends KubernetesObject>(
  chart: Chart,
  kind: string,
  name: string,
  namespace = NAMESPACE,
): T {
  const found = ofKind<T>(chart, kind).find(
    ({ metadata }) => metadata?.name === name && metadata.namespace === namespace,
  );
  if (found === undefined) {
    throw new Error(`there is no ${kind} ${namespace}/${name}`);
  }
  return found;
}

/** What a container has mounted at a path: the mount, and the source of its volume. */
function mountedAt(chart: Chart, path: string, of = manager(chart)) {
  const mount = of.volumeMounts?.find(({ mountPath }) => mountPath === path);
  if (mount === undefined) {
    return undefined;
  }
  const { name, ...source } = pod(chart).volumes?.find((volume) => volume.name === mount.name) ?? {
    name: '',
  };
  const { mountPath, name: _, ...how } = mount;
  return { ...how, ...source };
}

function tlsIn(chart: Chart): CloudifyManagerProps {
  return { tls: { secret: kplus.Secret.fromSecretName(chart, 'Certificates', 'certificates') } };
}

const resources = (cpu: string, memory: string) => ({ cpu, memory });

/** A size as the charts of Dublin had it. */
function sizeOf(times: number): CloudifySize {
  return CloudifySize.of({
    cpu: { request: kplus.Cpu.units(times), limit: kplus.Cpu.units(2 * times) },
    memory: { request: Size.gibibytes(times), limit: Size.gibibytes(2 * times) },
  });
}

const THE_INIT_CONTAINER: Proofs = {
  'flag `--namespace`, `-n`': () => {
    expect(init(chartWith()).args).toContain(`--namespace=${NAMESPACE}`);
    const open = newChart(undefined);
    new CloudifyManager(open, 'Manager');
    expect(init(open).args).toContain('--namespace=$(POD_NAMESPACE)');
  },
  'flag `--location`, `-l`': () => {
    expect(init(chartWith()).args).toContain('--location=central');
    expect(init(chartWith({ init: { location: 'berlin' } })).args).toContain('--location=berlin');
  },
  'flag `--user`, `-u`': () => {
    expect(init(chartWith()).args).toContain('--user=user00');
    expect(init(chartWith({ init: { user: 'berlin' } })).args).toContain('--user=berlin');
  },
  'flag `--configmap`, `-c`': () => {
    expect(init(chartWith()).args).toContain('--configmap=multisite-kubeconfig-configmap');
    const other = chartWith((chart) => ({
      configMap: kplus.ConfigMap.fromConfigMapName(chart, 'Sites', 'sites'),
    }));
    expect(init(other).args).toContain('--configmap=sites');
    const secret = chartWith((chart) => ({ secret: MultisiteKubeconfig.secret(chart, 'Sites') }));
    expect(init(secret).args).toContain('--secret=multisite-kubeconfig-secret');
  },
  'flag `--key`, `-k`': () => {
    expect(init(chartWith()).args).toContain('--key=kubeconfig');
    expect(init(chartWith({ init: { key: 'sites' } })).args).toContain('--key=sites');
  },
  'init container `<name>-multisite-init`': () => {
    expect(pod(chartWith()).initContainers?.map(({ name }) => name)).toEqual(['multisite-init']);
  },
  'a standalone Job': () => {
    const job = (credential: SiteCredential) => {
      const chart = newChart(NAMESPACE);
      const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
      new MultisiteInitJob(chart, 'Init', { configMap, credential });
      return chart;
    };
    const site = kplus.ServiceAccount.fromServiceAccountName(newChart(NAMESPACE), 'Site', 'site');
    const { spec } = theOnly<V1Job>(job(SiteCredential.requested(site)), 'Job');
    expect(spec?.template.spec?.containers[0]?.command).toEqual(['multisite-init']);
    expect(mistakesIn(job(SiteCredential.podIdentity()))).toEqual([
      expect.stringContaining('is invalid when that pod ends'),
    ]);
  },
  'image `python:3-alpine` with `pip install kubernetes`, unpinned': () => {
    const chart = chartWith();
    expect(init(chart).image).toBe(`ghcr.io/cdk8s-multisite/multisite:${VERSION}`);
    expect(init(chart).command).toEqual(['multisite-init']);
    const image = { repository: 'registry.example/multisite', tag: '1' };
    expect(init(chartWith({ init: { image } })).image).toBe('registry.example/multisite:1');
  },
  '`ca.crt` and `token` in `/var/run/secrets/kubernetes.io/serviceaccount`': () => {
    const chart = chartWith();
    const directory = '/var/run/secrets/kubernetes.io/serviceaccount';
    const holders = allContainers(pod(chart)).filter((one) => mountedAt(chart, directory, one));
    expect(holders.map(({ name }) => name)).toEqual(['multisite-init', 'multisite-init-refresh']);
    const { projected } = mountedAt(chart, directory, init(chart)) ?? {};
    const files = projected?.sources?.flatMap(({ serviceAccountToken, configMap }) => [
      serviceAccountToken?.path,
      configMap?.items?.[0]?.path,
    ]);
    expect(files).toEqual(expect.arrayContaining(['token', 'ca.crt']));
    expect(pod(chart).automountServiceAccountToken).toBe(false);
  },
  'reader at `/opt/onap/kube/kubeconfig`': () => {
    expect(mountedAt(chartWith(), '/opt/onap/kube')?.configMap?.name).toBe('multisite-kubeconfig-configmap');
    // The file is named like the key.
    expect(mountedAt(chartWith(), '/opt/onap/kube')?.configMap).not.toHaveProperty('items');
    expect(init(chartWith()).args).toContain('--key=kubeconfig');
    expect(mountedAt(chartWith({ kubeconfigDirectory: '/etc/sites' }), '/etc/sites')).toBeDefined();
  },
  'reader at `/etc/cloudify/.kube/config`': () => {
    expect(mountedAt(chartWith(), '/etc/cloudify/.kube')).toBeUndefined();
    expect(mountedAt(chartWith({ homeKubeconfig: true }), '/etc/cloudify/.kube')?.configMap).toEqual({
      name: 'multisite-kubeconfig-configmap',
      items: [{ key: 'kubeconfig', path: 'config' }],
      optional: true,
    });
  },
  'the ConfigMap mounted as a directory, so that updates arrive': () => {
    expect(mountedAt(chartWith(), '/opt/onap/kube')).not.toHaveProperty('subPath');
    const chart = newChart(NAMESPACE);
    const { container: cm, configMap } = new CloudifyManager(chart, 'Manager');
    const volume = kplus.Volume.fromConfigMap(chart, 'Sites', configMap as kplus.IConfigMap);
    cm.mount('/etc/sites', volume, { subPath: 'kubeconfig' });
    expect(mistakesIn(chart)).toEqual(expect.arrayContaining([expect.stringMatching(/subPath/)]));
  },
};

const THE_DEPLOYMENT: Proofs = {
  'labels `app`, `chart`, `release`, `heritage`': () => {
    const labels = { chart: 'cm-1', release: 'dev', heritage: 'Tiller', app: NAME };
    for (const { kind, metadata } of manifests(chartWith({ metadata: { labels } }))) {
      expect(metadata?.labels, kind).toMatchObject({
        ...labels,
        'app.kubernetes.io/name': 'cloudify-manager',
      });
    }
    for (const { kind, metadata } of manifests(chartWith())) {
      expect(metadata?.labels, kind).toEqual({
        'app.kubernetes.io/name': 'cloudify-manager',
        'app.kubernetes.io/instance': NAME,
        'app.kubernetes.io/part-of': 'cdk8s-multisite',
      });
    }
  },
  '1 replica': () => expect(deployment(chartWith()).spec?.replicas).toBe(1),
  'no strategy, so a rolling update': () => {
    expect(deployment(chartWith()).spec?.strategy).toEqual({ type: 'Recreate' });
  },
  'image `cm-container` 1.5.0 to 1.6.x': () => {
    const image = { repository: 'registry.example/onap/cm-container', tag: '1.6.2' };
    expect(manager(chartWith({ image })).image).toBe('registry.example/onap/cm-container:1.6.2');
  },
  'image `cm-container` 2.0.0 to 4.6.1, since 4.2.0 on Cloudify 5.1.2': () => {
    expect(manager(chartWith()).image).toBe(`ghcr.io/cdk8s-multisite/cloudify-manager:${VERSION}`);
  },
  'registry Secret `<ns>-docker-registry-key`': () => {
    expect(pod(chartWith())).not.toHaveProperty('imagePullSecrets');
    const chart = chartWith((scope) => ({
      dockerRegistryAuth: kplus.Secret.fromSecretName(scope, 'Registry', 'onap-docker-registry-key'),
    }));
    expect(pod(chart).imagePullSecrets).toEqual([{ name: 'onap-docker-registry-key' }]);
  },
  'port 80': () => expect(manager(chartWith()).ports).toEqual([{ name: 'http', containerPort: 80 }]),
  'port 443': () => {
    const chart = chartWith(tlsIn);
    expect(manager(chart).ports).toContainEqual({ name: 'https', containerPort: 443 });
    expect(theOnly<V1Service>(chart, 'Service').spec?.ports?.map(({ port }) => port)).toEqual([80, 443]);
  },
  '`privileged: true`': () => {
    expect(manager(chartWith()).securityContext?.privileged).toBe(true);
    expect(manager(chartWith({ systemd: { privileged: false } })).securityContext?.privileged).toBe(false);
  },
  '`docker run` with `SYS_ADMIN`, without seccomp, `--tmpfs /run /run/lock`': () => {
    expect(manager(chartWith({ systemd: { privileged: false } })).securityContext).toMatchObject({
      capabilities: { add: ['SYS_ADMIN'] },
      seccompProfile: { type: 'Unconfined' },
    });
    for (const path of ['/run', '/run/lock']) {
      expect(mountedAt(chartWith(), path)).toEqual({ emptyDir: { medium: 'Memory' } });
      expect(mountedAt(chartWith({ systemd: { runTmpfs: false } }), path)).toBeUndefined();
    }
  },
  'liveness by TCP, delay 10 s, period 10 s, off': () => {
    expect(manager(chartWith())).not.toHaveProperty('livenessProbe');
    expect(manager(chartWith())).not.toHaveProperty('startupProbe');
    const tenSeconds = Duration.seconds(10);
    const liveness = kplus.Probe.fromTcpSocket({
      port: 80,
      initialDelaySeconds: tenSeconds,
      periodSeconds: tenSeconds,
    });
    const { livenessProbe, startupProbe } = manager(chartWith({ liveness }));
    expect(livenessProbe).toMatchObject({
      tcpSocket: { port: 80 },
      initialDelaySeconds: 10,
      periodSeconds: 10,
      failureThreshold: 3,
    });
    expect(startupProbe).toMatchObject({ tcpSocket: { port: 80 }, periodSeconds: 10, failureThreshold: 120 });
  },
  'readiness by `/scripts/readiness-check.sh`, delay 60 s, period 10 s': () => {
    const readiness = kplus.Probe.fromCommand(['/scripts/readiness-check.sh'], {
      initialDelaySeconds: Duration.seconds(60),
      periodSeconds: Duration.seconds(10),
    });
    expect(manager(chartWith({ readiness })).readinessProbe).toMatchObject({
      exec: { command: ['/scripts/readiness-check.sh'] },
      initialDelaySeconds: 60,
      periodSeconds: 10,
    });
  },
  'readiness with delay 60 s, period 30 s, timeout 10 s': () => {
    expect(manager(chartWith()).readinessProbe).toMatchObject({
      exec: { command: ['/scripts/readiness-check.sh'] },
      initialDelaySeconds: 60,
      periodSeconds: 30,
      timeoutSeconds: 10,
    });
  },
  'flavor `small`: limits 2 CPU and 2Gi, requests 1 and 1Gi': () => {
    expect(manager(chartWith({ size: sizeOf(1) })).resources).toEqual({
      requests: resources('1', '1024Mi'),
      limits: resources('2', '2048Mi'),
    });
  },
  'flavor `large`: limits 4 CPU and 4Gi, requests 2 and 2Gi': () => {
    expect(manager(chartWith({ size: sizeOf(2) })).resources).toEqual({
      requests: resources('2', '2048Mi'),
      limits: resources('4', '4096Mi'),
    });
  },
  'flavor `small`, memory doubled': () => {
    for (const props of [{}, { size: CloudifySize.small() }]) {
      expect(manager(chartWith(props)).resources).toEqual({
        requests: resources('1', '2048Mi'),
        limits: resources('2', '4096Mi'),
      });
    }
  },
  'flavor `large`, memory doubled': () => {
    expect(manager(chartWith({ size: CloudifySize.large() })).resources).toEqual({
      requests: resources('2', '4096Mi'),
      limits: resources('4', '8192Mi'),
    });
  },
  'flavor `unlimited`': () => {
    expect(manager(chartWith({ size: CloudifySize.unlimited() })).resources ?? {}).toEqual({});
  },
  'the fixed `hostname`': () => {
    expect(pod(chartWith()).hostname).toBe(NAME);
    expect(pod(chartWith({ name: 'cm' })).hostname).toBe('cm');
  },
  'hostAliases: 127.0.0.1 is `dcae-cloudify-manager`': () => {
    expect(pod(chartWith()).hostAliases).toEqual([{ ip: '127.0.0.1', hostnames: [NAME] }]);
  },
  '`REQUESTS_CA_BUNDLE`': () => {
    expect(manager(chartWith())).not.toHaveProperty('env');
    const bundle = (caFile?: string) => {
      const chart = chartWith((scope) => ({
        tls: { secret: kplus.Secret.fromSecretName(scope, 'Certificates', 'certificates'), caFile },
      }));
      return manager(chart).env;
    };
    expect(bundle()).toEqual([{ name: 'REQUESTS_CA_BUNDLE', value: '/opt/onap/certs/cacert.pem' }]);
    expect(bundle('ca.crt')).toEqual([{ name: 'REQUESTS_CA_BUNDLE', value: '/opt/onap/certs/ca.crt' }]);
  },
  'init container that waits for other services': () => {
    const chart = newChart(NAMESPACE);
    const { deployment: workload } = new CloudifyManager(chart, 'Manager');
    workload.addInitContainer({ name: 'readiness', image: 'registry.example/readiness:1' });
    expect(pod(chart).initContainers?.map(({ name }) => name)).toEqual(['multisite-init', 'readiness']);
  },
  'init container `remove-lost-found`': () => {
    expect(mountedAt(chartWith(), '/cfy-persist')?.subPath).toBe('cfy-persist');
    const existing = chartWith((chart) => ({
      persistence: CloudifyPersistence.claim(
        kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'data'),
        { subPath: 'cfy-persist' },
      ),
    }));
    expect(mountedAt(existing, '/cfy-persist')?.subPath).toBe('cfy-persist');
  },
};

const WHAT_IS_MOUNTED: Proofs = {
  '`/opt/onap/config.txt`, read-only, by `subPath`': () => {
    const chart = chartWith();
    expect(mountedAt(chart, '/opt/onap/config.txt')).toEqual({
      readOnly: true,
      subPath: 'config.txt',
      configMap: { name: `${NAME}-config` },
    });
    const template = (consulAddress?: string) => deployment(chartWith({ consulAddress })).spec?.template;
    expect(template()).not.toEqual(template('consul:8500'));
  },
  "the kubeconfig's ConfigMap at `/opt/onap/kube`, read-only": () => {
    expect(mountedAt(chartWith(), '/opt/onap/kube')).toEqual({
      readOnly: true,
      configMap: { name: 'multisite-kubeconfig-configmap' },
    });
  },
  'Secret `dcae-token` at `/secret`, read-only': () => {
    const { readOnly, projected } = mountedAt(chartWith(), '/secret') ?? {};
    expect(readOnly).toBe(true);
    expect(projected?.sources).toContainEqual({
      serviceAccountToken: { path: 'token', expirationSeconds: expect.any(Number) },
    });
    const apiToken = CloudifyApiToken.longLived();
    expect(mountedAt(chartWith({ apiToken }), '/secret')).toEqual({
      readOnly: true,
      secret: { secretName: `${NAME}-token` },
    });
    expect(mountedAt(chartWith({ apiToken: CloudifyApiToken.none() }), '/secret')).toBeUndefined();
  },
  "the node's `/sys/fs/cgroup`, read-only": () => {
    expect(mountedAt(chartWith(), '/sys/fs/cgroup')).toEqual({
      readOnly: true,
      hostPath: { path: '/sys/fs/cgroup', type: 'Directory' },
    });
    const without = chartWith({ systemd: { hostCgroup: false } });
    expect(mountedAt(without, '/sys/fs/cgroup')).toBeUndefined();
  },
  "the node's `/etc/localtime`, read-only": () => {
    expect(mountedAt(chartWith(), '/etc/localtime')).toBeUndefined();
    expect(mountedAt(chartWith({ hostLocaltime: true }), '/etc/localtime')).toEqual({
      readOnly: true,
      hostPath: { path: '/etc/localtime', type: 'File' },
    });
  },
  'the claim at `/cfy-persist`': () => {
    expect(mountedAt(chartWith(), '/cfy-persist')?.persistentVolumeClaim?.claimName).toBe(`${NAME}-data`);
  },
  'TLS material at `/opt/onap/certs`': () => {
    expect(mountedAt(chartWith(), '/opt/onap/certs')).toBeUndefined();
    expect(mountedAt(chartWith(tlsIn), '/opt/onap/certs')).toEqual({
      readOnly: true,
      secret: { secretName: 'certificates' },
    });
  },
  'plugin configuration at `/plugin-configs`': () => {
    expect(mountedAt(chartWith(), '/plugin-configs')).toBeUndefined();
    const chart = chartWith((scope) => ({
      pluginConfigs: kplus.ConfigMap.fromConfigMapName(scope, 'Plugins', 'plugins'),
    }));
    expect(mountedAt(chart, '/plugin-configs')).toEqual({ readOnly: true, configMap: { name: 'plugins' } });
  },
  "the admin's password at `/opt/onap/cm-secrets`": () => {
    expect(mountedAt(chartWith(), '/opt/onap/cm-secrets')).toBeUndefined();
    const chart = chartWith((scope) => ({
      adminPassword: kplus.Secret.fromSecretName(scope, 'Admin', 'admin'),
    }));
    expect(mountedAt(chart, '/opt/onap/cm-secrets')).toEqual({
      readOnly: true,
      secret: { secretName: 'admin' },
    });
  },
};

function existingClaim(chart: Chart): CloudifyManagerProps {
  const claim = kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'data');
  return { persistence: CloudifyPersistence.claim(claim) };
}

const STORAGE: Proofs = {
  "PersistentVolume of class `manual`, on the node's `/dockerdata-nfs/<release>/dcae-cm/data`": () => {
    const path = '/dockerdata-nfs/dev/dcae-cm/data';
    const chart = chartWith({ persistence: CloudifyPersistence.hostPath(path) });
    expect(mountedAt(chart, '/cfy-persist')).toEqual({ hostPath: { path, type: 'DirectoryOrCreate' } });
    for (const one of [chart, chartWith()]) {
      expect(ofKind(one, 'PersistentVolume')).toEqual([]);
    }
    expect(ofKind(chart, 'PersistentVolumeClaim')).toEqual([]);
    const { spec } = theOnly<V1PersistentVolumeClaim>(chartWith(), 'PersistentVolumeClaim');
    expect(spec).not.toHaveProperty('storageClassName');
  },
  '4Gi, ReadWriteOnce': () => {
    const claim = (persistence?: CloudifyPersistence) =>
      theOnly<V1PersistentVolumeClaim>(chartWith({ persistence }), 'PersistentVolumeClaim').spec;
    expect(claim()).toMatchObject({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '4Gi' } },
    });
    const size = Size.gibibytes(8);
    expect(claim(CloudifyPersistence.storageClass({ className: 'fast', size }))).toMatchObject({
      storageClassName: 'fast',
      resources: { requests: { storage: '8Gi' } },
    });
  },
  'the claim selects its volume by label': () => {
    const { spec } = theOnly<V1PersistentVolumeClaim>(chartWith(), 'PersistentVolumeClaim');
    expect(spec).not.toHaveProperty('selector');
    expect(ofKind(chartWith(existingClaim), 'PersistentVolumeClaim')).toEqual([]);
  },
  '`persistence.enabled`, ignored': () => {
    expect(mountedAt(chartWith(), '/cfy-persist')).toBeDefined();
    expect(ofKind(chartWith(), 'PersistentVolumeClaim')).toHaveLength(1);
  },
  'emptyDir if persistence is off': () => {
    const chart = chartWith({ persistence: CloudifyPersistence.ephemeral() });
    expect(mountedAt(chart, '/cfy-persist')).toEqual({ emptyDir: {} });
    expect(ofKind(chart, 'PersistentVolumeClaim')).toEqual([]);
  },
  'reclaim policy `Retain`': () => {
    expect(JSON.stringify(manifests(chartWith()))).not.toMatch(/reclaim/i);
  },
  '`existingClaim`, which the Deployment ignored': () => {
    const chart = chartWith(existingClaim);
    expect(mountedAt(chart, '/cfy-persist')?.persistentVolumeClaim?.claimName).toBe('data');
    // Where the charts had the data: at the root of the volume.
    expect(mountedAt(chart, '/cfy-persist')).not.toHaveProperty('subPath');
    expect(ofKind(chart, 'PersistentVolumeClaim')).toEqual([]);
  },
};

function filebeat(chart: Chart, namespace = NAMESPACE): string | undefined {
  return named<V1ConfigMap>(chart, 'ConfigMap', `${NAME}-filebeat`, namespace).data?.['filebeat.yml'];
}

/** The rules that a role of the manager has for its components. */
function deployRights(chart: Chart) {
  return named<V1Role>(chart, 'Role', `${NAME}-deploy`, COMPONENTS.namespaceName).rules ?? [];
}

const CONFIG_MAPS_SECRETS_AND_RIGHTS: Proofs = {
  'ConfigMap with `config.txt`': () => {
    const text = (consulAddress?: string) =>
      named<V1ConfigMap>(chartWith({ consulAddress }), 'ConfigMap', `${NAME}-config`).data?.['config.txt'];
    expect(text()).toBe('[consul]\naddress=consul-server:8500\n');
    expect(text('consul.example:80')).toBe('[consul]\naddress=consul.example:80\n');
  },
  'the empty `multisite-kubeconfig-configmap`': () => {
    const configMap = named<V1ConfigMap>(chartWith(), 'ConfigMap', 'multisite-kubeconfig-configmap');
    expect(configMap.data ?? {}).toEqual({});
  },
  'ConfigMap of filebeat: 3 levels of `/var/log/onap`, `ignore_older` 48 h, `clean_inactive` 96 h': () => {
    expect(ofKind(chartWith(), 'ConfigMap').map(({ metadata }) => metadata?.name)).not.toContain(
      `${NAME}-filebeat`,
    );
    const chart = chartWith({ logShipping: {} });
    for (const part of [
      '/var/log/onap/*.log',
      '/var/log/onap/*/*.log',
      '/var/log/onap/*/*/*.log',
      'ignore_older: 48h',
      'clean_inactive: 96h',
    ]) {
      expect(filebeat(chart)).toContain(part);
    }
    expect(pod(chart).containers.map(({ name }) => name)).toContain('filebeat');
  },
  'Logstash at `log-ls.<ns>:5044`': () => {
    expect(filebeat(chartWith({ logShipping: {} }))).toContain('hosts: ["log-ls.onap:5044"]');
    const logstash = 'logstash.example:5045';
    expect(filebeat(chartWith({ logShipping: { logstash } }))).toContain(`hosts: ["${logstash}"]`);
  },
  'the filebeat ConfigMap copied into the component namespace': () => {
    const chart = chartWith({ logShipping: {}, components: COMPONENTS });
    expect(filebeat(chart, COMPONENTS.namespaceName)).toBe(filebeat(chart));
  },
  'Secret `dcae-token`, of type service-account-token, for ServiceAccount `default`': () => {
    expect(ofKind(chartWith(), 'Secret')).toEqual([]);
    const chart = chartWith({ apiToken: CloudifyApiToken.longLived() });
    const { type, metadata } = named<V1Secret>(chart, 'Secret', `${NAME}-token`);
    expect(type).toBe('kubernetes.io/service-account-token');
    expect(metadata?.annotations?.['kubernetes.io/service-account.name']).toBe(`${NAME}-site`);
  },
  'ServiceAccount `default`': () => {
    const chart = chartWith();
    expect(pod(chart).serviceAccountName).toBe(NAME);
    expect(init(chart).args).toContain(`--service-account=${NAME}-site`);
    const accounts = ofKind(chart, 'ServiceAccount').map(({ metadata }) => metadata?.name);
    expect(accounts).toEqual([NAME, `${NAME}-site`]);
  },
  'ServiceAccount with a `create` role': () => {
    const chart = chartWith({ components: COMPONENTS });
    expect(deployRights(chart)).toContainEqual(
      expect.objectContaining({
        verbs: expect.arrayContaining(['create']),
        resources: expect.arrayContaining(['deployments']),
      }),
    );
    expect(
      named<V1RoleBinding>(chart, 'RoleBinding', `${NAME}-deploy`, COMPONENTS.namespaceName).subjects,
    ).toEqual([
      expect.objectContaining({ kind: 'ServiceAccount', name: `${NAME}-site`, namespace: NAMESPACE }),
    ]);
    for (const { metadata } of ofKind<V1RoleBinding>(chartWith(), 'RoleBinding')) {
      expect(metadata?.name).toBe(`${NAME}-multisite-init`);
    }
    const given = chartWith((scope) => ({
      components: { ...COMPONENTS, role: kplus.ClusterRole.fromClusterRoleName(scope, 'Edit', 'edit') },
      clusterRole: kplus.ClusterRole.fromClusterRoleName(scope, 'View', 'view'),
    }));
    expect(
      named<V1RoleBinding>(given, 'RoleBinding', `${NAME}-deploy`, COMPONENTS.namespaceName).roleRef,
    ).toMatchObject({ kind: 'ClusterRole', name: 'edit' });
    expect(theOnly<V1RoleBinding>(given, 'ClusterRoleBinding')).toMatchObject({
      roleRef: { name: 'view' },
      subjects: [{ name: `${NAME}-site` }],
    });
  },
  'cleanup Job as a Helm hook `pre-delete`': () => {
    for (const chart of [chartWith(), chartWith({ components: COMPONENTS, logShipping: {} })]) {
      expect(ofKind(chart, 'Job')).toEqual([]);
      expect(JSON.stringify(manifests(chart))).not.toContain('helm.sh/hook');
    }
  },
};

function service(chart: Chart, name: string, namespace?: string): V1Service['spec'] {
  return named<V1Service>(chart, 'Service', name, namespace).spec;
}

const CONSUL = { consul: 'consul-server.onap.svc.cluster.local' };

const SERVICES_AND_NAMESPACES: Proofs = {
  'Service `dcae-cloudify-manager`, ClusterIP, 80 to 80': () => {
    const chart = chartWith();
    expect(service(chart, NAME)).toMatchObject({
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 80 }],
    });
    expect(deployment(chart).spec?.template.metadata?.labels).toMatchObject(
      service(chart, NAME)?.selector ?? {},
    );
    expect(service(chartWith({ name: 'cm' }), 'cm')).toBeDefined();
  },
  'NodePort, by the prefix 302': () => {
    const ports = (chart: Chart) =>
      service(chart, NAME)?.ports?.map(({ port, nodePort }) => [port, nodePort]);
    expect(ports(chartWith())).toEqual([[80, undefined]]);
    const chart = chartWith({ nodePort: 30280 });
    expect(service(chart, NAME)?.type).toBe('NodePort');
    expect(ports(chart)).toEqual([[80, 30280]]);
    expect(ports(chartWith((scope) => ({ ...tlsIn(scope), nodePort: 30281 })))).toEqual([
      [80, undefined],
      [443, 30281],
    ]);
  },
  'ExternalName `consul`': () => {
    expect(ofKind(chartWith(), 'Service')).toHaveLength(1);
    expect(service(chartWith({ aliases: CONSUL }), 'consul')).toMatchObject({
      type: 'ExternalName',
      externalName: CONSUL.consul,
    });
  },
  'ExternalName `consul` in the component namespace': () => {
    const chart = chartWith({ aliases: CONSUL, components: COMPONENTS });
    expect(service(chart, 'consul', COMPONENTS.namespaceName)).toMatchObject({
      type: 'ExternalName',
      externalName: CONSUL.consul,
    });
  },
  'ExternalName of the manager in the component namespace': () => {
    expect(service(chartWith({ components: COMPONENTS }), NAME, COMPONENTS.namespaceName)).toMatchObject({
      type: 'ExternalName',
      externalName: `${NAME}.${NAMESPACE}.svc.cluster.local`,
    });
  },
  'component namespace': () => {
    expect(ofKind(chartWith(), 'Namespace')).toEqual([]);
    const chart = chartWith({ components: COMPONENTS });
    expect(theOnly<V1Namespace>(chart, 'Namespace').metadata?.name).toBe(COMPONENTS.namespaceName);
    const exists = chartWith({ components: { ...COMPONENTS, createNamespace: false } });
    expect(ofKind(exists, 'Namespace')).toEqual([]);
    expect(mistakesIn(chartWith({ components: { namespaceName: NAMESPACE } }))).toEqual(
      expect.arrayContaining([expect.stringContaining("is the manager's own")]),
    );
  },
};

const RENDERED = {
  'The init container': THE_INIT_CONTAINER,
  'The Deployment': THE_DEPLOYMENT,
  'What is mounted': WHAT_IS_MOUNTED,
  Storage: STORAGE,
  'ConfigMaps, Secrets and rights': CONFIG_MAPS_SECRETS_AND_RIGHTS,
  'Services and namespaces': SERVICES_AND_NAMESPACES,
};

const PROVED_ELSEWHERE = [
  // By migration.cluster.test.ts, since it takes an API server to see what the program does.
  ...['What the init container does', 'Defects'],
  // By migration-image.test.ts.
  ...['The image', 'Defects of the image'],
];

prove(RENDERED);

test('every table of what the originals had is proved', async () => {
  expect((await headings()).sort()).toEqual([...Object.keys(RENDERED), ...PROVED_ELSEWHERE].sort());
});

test('what the column "here" names is what the constructs have', async () => {
  const declared = await declaredNames();
  const rows = (await Promise.all((await headings()).map(rowsOf))).flat();
  const paths = rows
    .flatMap(({ here }) => codes(here))
    // Not flags, paths, objects of Kubernetes and values of the Helm chart.
    .filter((code) => /^[A-Za-z]\w+(\.\w+)*(: \w+)?$/.test(code) && !OTHERS.includes(code));
  expect(paths.length).toBeGreaterThan(50);
  const unknown = paths.filter((path) =>
    path
      .replace(/: .*/, '')
      .split('.')
      .some((name) => !declared.has(name)),
  );
  expect(unknown).toEqual([]);
});

/** Names in code that are none of the constructs'. */
const OTHERS = ['Recreate', 'subPath', 'resourceVersion', 'cleanup.enabled', 'BASE_IMAGE'];

/** The members of every class and interface of the constructs, and the classes. */
async function declaredNames(): Promise<Set<string>> {
  const names = new Set(['addInitContainer', 'labels', 'manager']);
  for await (const file of glob('src/*.ts', { cwd: join(import.meta.dirname, '../..') })) {
    const source = await readFile(join(import.meta.dirname, '../..', file), 'utf8');
    const declaration = /(?:readonly |public static |export class )(\w+)/g;
    for (const [, name = ''] of source.matchAll(declaration)) {
      names.add(name);
    }
  }
  return names;
}
